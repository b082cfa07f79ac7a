"""Vectors of texts: asked of the configured provider, and kept by content."""

from prosa.knowledge.embedding.embedder import Embedder

__all__ = ["Embedder"]
