"""What `make ui-check` and its neighbours do with `ui/`: its lock, types, lint, tests, sizes, and rules of the house."""
