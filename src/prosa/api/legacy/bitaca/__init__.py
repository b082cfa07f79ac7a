"""System B: a public site's chatbot (contracts of Bitaca)."""

from prosa.api.legacy.bitaca.errors import BitacaDialect
from prosa.api.legacy.bitaca.hot import hot_routes
from prosa.api.legacy.bitaca.settings import BitacaSettings

__all__ = ["BitacaDialect", "BitacaSettings", "hot_routes"]
