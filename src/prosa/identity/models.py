"""Who calls, and by which signs it is known."""

from enum import StrEnum

import msgspec


class CallerKind(StrEnum):
    """The kinds of caller that exist today; sessions and stored keys join them."""

    KEY = "key"  # an API key of the settings
    LOCAL = "local"  # anonymous on loopback while no key and no account exists: owns what it stores
    VISITOR = "visitor"  # anonymous, admitted by dialect (B's site visitors, S without keys)


class Door(StrEnum):
    """The dialects that let callers in, each with rules of its own. The values are the names in `PROSA_ANONYMOUS`."""

    OPENAI = "openai"
    BITACA = "bitaca"
    SERVERLESS = "serverless"


class OriginKind(StrEnum):
    """What the request's `Origin` says about the page behind it."""

    NONE = "none"  # no page, or a browser's own-site GET
    OWN = "own"  # a page that this server served
    ALLOWED = "allowed"  # configured
    FOREIGN = "foreign"  # anything else, `null` and malformed ones too


class Caller(msgspec.Struct, frozen=True):
    """The one identity of a request. `space` owns what it stores, `key_id` is safe to log, `address` is the resolved client's."""

    kind: CallerKind
    space: str
    key_id: str
    address: str
    scopes: frozenset[str] = frozenset({"read", "write"})


class Signs(msgspec.Struct, frozen=True):
    """What a request shows of its caller. `credentials` are header names with raw values, empty ones left out."""

    credentials: tuple[tuple[bytes, bytes], ...]
    address: str  # the resolved client, "" when unknown (a socket file)
    loopback: bool  # the peer is on this machine, nobody forwarded the call, and its Host is a name of this machine
    origin: OriginKind
