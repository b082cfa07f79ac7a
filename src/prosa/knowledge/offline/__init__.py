"""A small embedding model that runs on this machine, in a process of its own: for trials without any provider."""

from prosa.knowledge.offline.transport import BASE_URL, NAME, OfflineTransport

__all__ = ["BASE_URL", "NAME", "OfflineTransport"]
