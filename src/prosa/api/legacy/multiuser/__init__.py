"""System M: the multi-user chatbot with memory, as its page speaks with it (contracts of multiuser)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.multiuser.errors import MultiuserDialect
from prosa.api.legacy.multiuser.settings import MultiuserSettings

if TYPE_CHECKING:
    from fastapi import APIRouter

# All of the contract's paths; `/history/{id}` and `/conversation/{id}` are beginnings.
PATHS: Final = ("/register", "/login", "/session", "/chat")
BEGINNINGS: Final = ("/history", "/conversation")
_METHODS: Final = {"/history": ("GET",), "/conversation": ("GET", "PUT")}


def takes(method: str, path: str) -> bool:
    """Whether this is a call of the contract's: pages at the same addresses belong to others."""
    if path in PATHS:
        return method == "POST"
    beginning, _, rest = path[1:].partition("/")
    return bool(rest) and method in _METHODS.get(f"/{beginning}", ())


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from fastapi import APIRouter

    from prosa.api.legacy.multiuser import conversations, routes

    return APIRouter(routes=[*routes.router.routes, *conversations.router.routes])


__all__ = ["BEGINNINGS", "PATHS", "MultiuserDialect", "MultiuserSettings", "served", "takes"]
