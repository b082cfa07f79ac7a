"""System C: the chat backend of an industrial observatory, as its web client speaks with it (contracts of ChatAI)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.chatai.errors import ChataiDialect

if TYPE_CHECKING:
    from fastapi import APIRouter

# All of the contract's paths, also those whose routes come later: an error there is told as C's client reads it.
PATHS: Final = (
    *("/api/login", "/api/me", "/api/refresh", "/api/talk-user", "/api/talk", "/api/messages-by-talk", "/api/message"),
    *("/api/chat/stream", "/api/conversations"),
)


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from prosa.api.legacy.chatai.routes import router

    return router


__all__ = ["PATHS", "ChataiDialect", "served"]
