"""A session: one browser, signed in."""

from dataclasses import dataclass
from datetime import datetime

Position = tuple[int, str]
"""Where a page ends: the moment of the sign-in in microseconds since 1970, and the session's id."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as its owner sees it. It ends at `expires_at`, or when it isn't used for a while, or when it is ended."""

    id: str
    account_id: str
    created_at: datetime
    last_used_at: datetime  # to the minute
    expires_at: datetime
    address: str  # of its last use
    agent: str  # the browser's name at sign-in
    is_link: bool = False  # no browser, but a lasting link by which one can be signed in: `agent` says what it is for


@dataclass(frozen=True, slots=True)
class SessionQuery:
    """A page of sessions, newest sign-in first. `account_id` narrows what the reach allows to one account."""

    account_id: str | None = None
    limit: int = 50
    after: Position | None = None


@dataclass(frozen=True, slots=True)
class SessionPage:
    """Sessions, and where the next page begins; None: this was the last."""

    items: tuple[Session, ...]
    next: Position | None
