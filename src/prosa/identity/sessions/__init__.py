"""Sessions of browsers: opaque, kept by the server, each listed and ended by its owner."""

from prosa.identity.sessions.errors import SessionNotFound, SignInOutdated
from prosa.identity.sessions.models import Session, SessionPage, SessionQuery
from prosa.identity.sessions.service import SessionService
from prosa.identity.sessions.text import session_digest, session_digests

__all__ = [
    "Session",
    "SessionNotFound",
    "SessionPage",
    "SessionQuery",
    "SessionService",
    "SignInOutdated",
    "session_digest",
    "session_digests",
]
