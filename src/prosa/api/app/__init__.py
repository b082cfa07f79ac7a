"""The app's own API: accounts, keys, sessions and invitations, for the web app and for whoever integrates prosa."""

from typing import TYPE_CHECKING

from prosa.api.app.problems import AppDialect

if TYPE_CHECKING:
    from fastapi import APIRouter


def served() -> "APIRouter":
    """The routes that the framework serves; loaded with it."""
    from prosa.api.app.routes import router

    return router


__all__ = ["AppDialect", "served"]
