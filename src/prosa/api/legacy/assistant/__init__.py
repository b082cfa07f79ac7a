"""System A: an assistants backend, as its document promises it to people who write scripts (contracts: assistant, §2)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.assistant.errors import AssistantDialect

if TYPE_CHECKING:
    from fastapi import APIRouter

PATHS: Final = ("/api/chat", "/api/assistants", "/api/upload")
BEGINNINGS: Final = ("/api/user/api-keys",)


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from fastapi import APIRouter

    from prosa.api.legacy.assistant import assistants, chat, keys, uploads

    # Side by side in one router: what is included in another one is not among its routes, where permissions are looked for.
    return APIRouter(routes=[route for part in (chat, assistants, uploads, keys) for route in part.router.routes])


__all__ = ["BEGINNINGS", "PATHS", "AssistantDialect", "served"]
