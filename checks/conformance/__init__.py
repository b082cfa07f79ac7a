"""Public suites for the APIs that prosa speaks, run against a prosa that is started for them."""
