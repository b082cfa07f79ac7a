"""The app's own API: accounts, keys, sessions and invitations, for the web app and for whoever integrates prosa."""

from typing import TYPE_CHECKING, Any

from prosa.api.app.changes_socket import ChangeSockets
from prosa.api.app.problems import AppDialect
from prosa.api.app.runs_socket import RunSockets

if TYPE_CHECKING:
    from fastapi import APIRouter


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from prosa.api.app.routes import router

    return router


def describe(document: dict[str, Any]) -> None:
    """Say in the finished API document what the framework can't: that errors are problem documents, and what the cookie is."""
    from prosa.api.app.documents import describe

    describe(document)


__all__ = ["AppDialect", "ChangeSockets", "RunSockets", "describe", "served"]
