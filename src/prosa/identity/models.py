"""Who calls, and by which signs it is known."""

from dataclasses import dataclass, field
from enum import StrEnum
from math import inf

import msgspec

from prosa.identity.errors import PermissionDenied
from prosa.identity.permissions import OF_PROGRAM, Permission, Role


class CallerKind(StrEnum):
    """The kinds of caller."""

    KEY = "key"  # an API key, of the settings or of a person
    SESSION = "session"  # a browser's cookie
    TOKEN = "token"  # noqa: S105  # a word, not a password: a signed token of C's or M's dialect
    TICKET = "ticket"  # one use, for one address: sockets and downloads, which can't send a header
    LOCAL = "local"  # anonymous on loopback while no key and no account exists: owns what it stores
    VISITOR = "visitor"  # anonymous, admitted by dialect (B's site visitors, S without keys)


class Door(StrEnum):
    """The dialects that let callers in, each with rules of its own. The values are the names in `PROSA_ANONYMOUS`."""

    OPENAI = "openai"
    BITACA = "bitaca"
    SERVERLESS = "serverless"
    APP = "app"  # /api/v1
    CHATAI = "chatai"
    MULTIUSER = "multiuser"
    ASSISTANT = "assistant"


class OriginKind(StrEnum):
    """What the request's `Origin` says about the page behind it."""

    NONE = "none"  # no page, or a browser's own-site GET
    OWN = "own"  # a page that this server served
    ALLOWED = "allowed"  # configured
    FOREIGN = "foreign"  # anything else, `null` and malformed ones too


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose things a store may touch: one account's, or everybody's (None). The first argument of every store method.

    It comes of a caller (`Caller.reach`), or it is OPERATOR: the command line, and the server's own housekeeping.
    """

    account_id: str | None


OPERATOR = Reach(None)


class Caller(msgspec.Struct, frozen=True):
    """The one identity of a request. `space` owns what it stores, `key_id` is safe to log, `address` is the resolved client's.

    `account_id` and `credential_id` (of the session, key or token family) are there for people and what acts for them.
    """

    kind: CallerKind
    space: str
    key_id: str
    address: str
    permissions: frozenset[Permission] = OF_PROGRAM
    account_id: str | None = None
    credential_id: str | None = None
    role: Role | None = None
    models: frozenset[str] | None = None  # the only models that the key may name; None: every one
    expires_at: float = inf  # seconds since 1970

    def may(self, permission: Permission) -> bool:
        """Whether the caller has this permission now."""
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Raises PermissionDenied without it: for what depends on a value of the request, beyond what the route declares."""
        if permission not in self.permissions:
            raise PermissionDenied(permission)

    def reach(self, everybody: Permission) -> Reach:
        """Everybody's things for who has the permission `everybody`, else the caller's own; for who has no account, nobody's."""
        return OPERATOR if everybody in self.permissions else Reach(self.account_id or "")


class Signs(msgspec.Struct, frozen=True):
    """What a request shows of its caller. `credentials` are header names with raw values, empty ones left out."""

    credentials: tuple[tuple[bytes, bytes], ...]
    address: str  # the resolved client, "" when unknown (a socket file)
    loopback: bool  # the peer is on this machine, nobody forwarded the call, and its Host is a name of this machine
    origin: OriginKind
    session: str | None = None  # the session cookie's value
    ticket: str | None = None  # the query's `ticket`, where the route takes one
    path: str = ""
    proven: bool = True  # a browser's request that changes something shows that our own page sent it
    narrow: str | None = None  # the cookie of M's page, where the route is one of the few that take it
    own_site: bool = True  # no page of another origin made the browser send this


@dataclass(frozen=True, slots=True)
class Device:
    """Where a sign-in comes from: the resolved address, the browser's or program's name, the cookie of a known device."""

    address: str
    agent: str = ""  # User-Agent, cut to 200 characters, printable
    cookie: str | None = field(default=None, repr=False)  # the value of `prosa_device`
