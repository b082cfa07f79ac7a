"""Providers: a vendor is a row; the mock is a product feature."""

from prosa.gateway.providers.registry import REGISTRY, ProviderRow, configured

__all__ = ["REGISTRY", "ProviderRow", "configured"]
