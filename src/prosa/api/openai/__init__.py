"""The OpenAI-compatible API."""

from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.hot import described, hot_routes, served

__all__ = ["OpenAIDialect", "described", "hot_routes", "served"]
