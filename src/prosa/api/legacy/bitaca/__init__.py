"""System B: a public site's chatbot (contracts of Bitaca)."""

from prosa.api.legacy.bitaca.errors import BitacaDialect
from prosa.api.legacy.bitaca.hot import described, hot_routes
from prosa.api.legacy.bitaca.settings import BitacaSettings

__all__ = ["BitacaDialect", "BitacaSettings", "described", "hot_routes"]
