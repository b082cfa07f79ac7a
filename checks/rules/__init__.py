"""One module a rule: its docstring gives the reason, its `find` the breaches."""
