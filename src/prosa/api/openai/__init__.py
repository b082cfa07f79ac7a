"""The OpenAI-compatible API."""

from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.hot import described, hot_routes
from prosa.api.openai.models import router

__all__ = ["OpenAIDialect", "described", "hot_routes", "router"]
