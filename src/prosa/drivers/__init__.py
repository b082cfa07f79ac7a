"""Connections outward: the network, the database, logs and metrics."""
