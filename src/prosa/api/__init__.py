"""HTTP dialects; the only place, beside web and boot, that knows a web framework."""
