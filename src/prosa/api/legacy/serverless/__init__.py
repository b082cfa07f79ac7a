"""System S: one question, one answer, kept (contracts of serverless)."""

from prosa.api.legacy.serverless.errors import ServerlessDialect
from prosa.api.legacy.serverless.routes import router

__all__ = ["ServerlessDialect", "router"]
