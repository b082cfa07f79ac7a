"""A small embedding model that runs on this machine, in a process of its own: for trials without any provider."""
