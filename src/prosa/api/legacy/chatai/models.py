"""C's answers on people (contracts: chatai, §2)."""

import math
from typing import Any

from pydantic import BaseModel, Field

from prosa.identity import Account, Caller, Role, TokenPair
from prosa.kit.ids import short_form

# What its client reads a person's role from: "administrador" and "analista" in any position that stands here.
POSITIONS = {Role.ADMIN: "Administrador", Role.ANALYST: "Analista", Role.USER: "Usuário"}


class LoginBody(BaseModel):
    """A sign-in; `email` is taken for `username` too."""

    username: str = Field(description="The e-mail address.", examples=["maria@exemplo.br"])
    password: str = Field(examples=["uma frase que só eu sei"])


class RefreshBody(BaseModel):
    """A refresh; without `refresh_token` the Authorization field's access token counts."""

    refresh_token: str | None = None


class Person(BaseModel):
    """Who signed in."""

    id: str = Field(description="24 hexadecimal digits.", examples=["64a1b2c3d4e5f6789a0b1c2e"])
    name: str = Field(examples=["Maria Silva"])
    email: str = Field(examples=["maria@exemplo.br"])
    setor: str = Field(examples=["Análise"])
    cargo: str = Field(description="The position; where there is none, that of the role.", examples=["Analista Sênior"])


class SignedIn(BaseModel):
    """Tokens and the person."""

    token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"])
    refresh_token: str | None = Field(default=None, description="Good for one `POST /api/refresh`.")
    user: Person


class Me(Person):
    """The token's claims, and what the server knows of the person."""

    user: str = Field(description="The e-mail address.", examples=["maria@exemplo.br"])
    user_id: str = Field(examples=["64a1b2c3d4e5f6789a0b1c2e"])
    exp: int | None = Field(default=None, description="When the token ends, in seconds since 1970.", examples=[1795266340])


class Failure(BaseModel):
    """Every error of this dialect."""

    message: str = Field(examples=["Could not verify"])


REASONS: dict[int, str] = {
    400: "The body is no JSON, or a field is missing: the message names it.",
    401: "`Could not verify`, `Token is missing!`, `Token has expired!` or `Token is invalid!`",
    403: "The credential isn't good for this.",
    404: "`Talk not found or access denied`: unknown, deleted, another's or malformed.",
    413: "The body is too large.",
    415: "The body doesn't call itself JSON.",
    422: "A value is of the wrong kind.",
    429: "Too many attempts; `Retry-After` says how long to wait.",
    502: "The model gave no answer.",
    503: "The server is too busy, or its database is away.",
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    return {status: {"model": Failure, "description": REASONS[status]} for status in statuses}


def body_of(model: type[BaseModel], required: bool = True) -> dict[str, Any]:
    """What FastAPI takes as `openapi_extra` of a route that reads its body itself."""
    return {"requestBody": {"required": required, "content": {"application/json": {"schema": model.model_json_schema()}}}}


def person(account: Account) -> dict[str, object]:
    """An account as this dialect shows it."""
    return {
        "id": short_form(account.id),
        "name": account.name,
        "email": account.email,
        "setor": account.profile.sector or "",
        "cargo": account.profile.position or POSITIONS[account.role],
    }


def signed_in(account: Account, pair: TokenPair) -> dict[str, object]:
    """The answer of a sign-in, or of a refresh, where a new refresh token isn't always given."""
    refresh = {"refresh_token": pair.refresh} if pair.refresh is not None else {}
    return {"token": pair.access, **refresh, "user": person(account)}


def me(account: Account, caller: Caller) -> dict[str, object]:
    """Who calls; without `exp` for a key that doesn't end."""
    ends = {"exp": int(caller.expires_at)} if math.isfinite(caller.expires_at) else {}
    return {"user": account.email, "user_id": short_form(account.id), **ends, **person(account)}
