"""Vectors of texts: asked of the configured provider, and kept by content."""

from prosa.knowledge.embedding.embedder import Embedder, Purpose
from prosa.knowledge.embedding.errors import EmbeddingUnusable

__all__ = ["Embedder", "EmbeddingUnusable", "Purpose"]
