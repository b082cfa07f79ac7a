"""System C: the chat backend of an industrial observatory, as its web client speaks with it (contracts of ChatAI)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.chatai.asking import Talkers
from prosa.api.legacy.chatai.errors import ChataiDialect
from prosa.api.legacy.chatai.live import LiveSockets
from prosa.api.legacy.chatai.settings import ChataiSettings

if TYPE_CHECKING:
    from fastapi import APIRouter

# All of the contract's paths, also those whose routes come later: an error there is told as C's client reads it.
PATHS: Final = (
    *("/api/login", "/api/me", "/api/refresh", "/api/talk-user", "/api/talk", "/api/messages-by-talk", "/api/message"),
    *("/api/chat/stream", "/api/conversations", "/api/ws"),
)


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from fastapi import APIRouter

    from prosa.api.legacy.chatai import routes, stream, talks

    # Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
    return APIRouter(routes=[route for part in (routes, talks, stream) for route in part.router.routes])


__all__ = ["PATHS", "ChataiDialect", "ChataiSettings", "LiveSockets", "Talkers", "served"]
