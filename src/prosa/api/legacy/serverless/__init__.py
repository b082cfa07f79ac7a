"""System S: one question, one answer, kept (contracts of serverless)."""

from typing import Final

from prosa.api.legacy.serverless.errors import ServerlessDialect
from prosa.api.legacy.serverless.routes import router

PATHS: Final = ("/v1/chat", "/v1/interactions", "/v1/health", "/v1/ready")

__all__ = ["PATHS", "ServerlessDialect", "router"]
