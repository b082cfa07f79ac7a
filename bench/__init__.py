"""Measures prosa, the direct call and other gateways side by side; see docs/guides/benchmarks.md."""
