"""Documents, set in a process of their own: what people and models wrote goes in as data and never as code."""
