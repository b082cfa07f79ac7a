"""The OpenAI-compatible API."""

from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.hot import hot_routes
from prosa.api.openai.models import router

__all__ = ["OpenAIDialect", "hot_routes", "router"]
