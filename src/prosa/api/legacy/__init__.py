"""The contracts of the systems that prosa replaces, each for itself."""
