"""Lasting sign-in links, by which another system lets its people in here; they come by an import alone."""

from prosa.identity.links.errors import LinkRefused
from prosa.identity.links.service import LinkParts, LinkService

__all__ = ["LinkParts", "LinkRefused", "LinkService"]
