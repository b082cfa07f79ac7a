"""The OpenAI-compatible API."""

from prosa.api.openai.errors import OpenAIDialect
from prosa.api.openai.hot import described, hot_routes, served
from prosa.api.openai.responses import Responses
from prosa.api.openai.responses_socket import ResponseSockets
from prosa.api.openai.stored_chat import StoredChat
from prosa.api.openai.thread_calls import ThreadCalls

__all__ = ["OpenAIDialect", "ResponseSockets", "Responses", "StoredChat", "ThreadCalls", "described", "hot_routes", "served"]
