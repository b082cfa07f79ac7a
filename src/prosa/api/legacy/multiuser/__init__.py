"""System M: the multi-user chatbot with memory, as its page speaks with it (contracts of multiuser)."""

from typing import TYPE_CHECKING, Final

from prosa.api.legacy.multiuser.errors import MultiuserDialect

if TYPE_CHECKING:
    from fastapi import APIRouter

# All of the contract's paths, also those whose routes come later. `/history/{id}` and `/conversation/{id}` are beginnings.
PATHS: Final = ("/register", "/login", "/session", "/chat")
BEGINNINGS: Final = ("/history", "/conversation")


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from prosa.api.legacy.multiuser.routes import router

    return router


__all__ = ["BEGINNINGS", "PATHS", "MultiuserDialect", "served"]
