"""Signed tokens and the sign-in that they belong to."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec


class Dialect(StrEnum):
    """Whose programs the token is for; it stands in the token as its audience."""

    CHATAI = "chatai"
    MULTIUSER = "multiuser"


class TokenType(StrEnum):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"
    COOKIE = "cookie"  # of M's page, for the few calls to which it sends no token


class Person(Protocol):
    """An account, as far as its tokens need to know: what they say of it is read when they are made."""

    @property
    def id(self) -> str: ...


class Claims(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a token says, under RFC 7519's names, and prosa's own `fam` and `gen`. Moments in whole seconds since 1970.

    `subject` is M's integer as a string (M23), or C's 24 digits; `user`, `user_id` and `name` are there for C alone.
    """

    issuer: str = msgspec.field(name="iss")
    dialect: Dialect = msgspec.field(name="aud")
    type: TokenType = msgspec.field(name="typ")
    family: str = msgspec.field(name="fam")
    generation: int = msgspec.field(name="gen")
    subject: str = msgspec.field(name="sub")
    issued_at: int = msgspec.field(name="iat")
    expires_at: int = msgspec.field(name="exp")
    id: str = msgspec.field(name="jti")
    not_before: int | None = msgspec.field(name="nbf", default=None)
    user: str | None = None  # the e-mail address
    user_id: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What a sign-in, or a refresh, gives. `refresh` is None where the dialect knows none, or an access token was refreshed;
    `cookie` is M's alone, as good for as long as `access`, for less."""

    access: str = field(repr=False)
    refresh: str | None = field(repr=False)
    expires_at: datetime  # of the access token
    account_id: str
    cookie: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Family:
    """One sign-in of a program: its tokens live and end together."""

    id: str
    account_id: str
    dialect: Dialect
    generation: int  # of the refresh token that is good now
    rotated_at: datetime
    created_at: datetime
    expires_at: datetime
    address: str
    agent: str
