"""System S: one question, one answer, kept (contracts of serverless)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.serverless.errors import ServerlessDialect

if TYPE_CHECKING:
    from fastapi import APIRouter

PATHS: Final = ("/v1/chat", "/v1/interactions", "/v1/health", "/v1/ready")


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from prosa.api.legacy.serverless.routes import router

    return router


__all__ = ["PATHS", "ServerlessDialect", "served"]
