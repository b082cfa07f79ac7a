"""House rules as small programs: `python -m checks` runs them, each with its reason and its own test."""
