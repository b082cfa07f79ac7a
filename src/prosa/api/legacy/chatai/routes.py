"""`/api/login`, `/api/me` and `/api/refresh`."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Response

from prosa.api.access import Public, needs
from prosa.api.devices import program_of
from prosa.api.edge import Exchange
from prosa.api.legacy.chatai.bodies import read_login, read_refresh
from prosa.api.legacy.chatai.models import LoginBody, Me, RefreshBody, SignedIn, body_of, failures, me, signed_in
from prosa.api.scope import exchange_of, identity_of
from prosa.identity import Caller, Door, IdentityParts, LoginKind, Permission, Reach, SignIn, TokenDialect, UnknownKey

router = APIRouter(tags=["ChatAI (C)"])

TheExchange = Annotated[Exchange, Depends(exchange_of)]
Identity = Annotated[IdentityParts, Depends(identity_of)]
Reader = Annotated[Caller, needs(Permission.READ_ME, Door.CHATAI)]


@router.post(
    "/api/login",
    operation_id="chataiLogin",
    summary="Sign in by e-mail and password",
    response_model=SignedIn,
    responses=failures(400, 401, 413, 415, 429, 503),
    openapi_extra=body_of(LoginBody),
)
async def login(_public: Public, exchange: TheExchange, identity: Identity) -> Response:
    """Give out an access token, good for 24 hours, and a refresh token, good for 7 days (both settable).

    A wrong password, an unknown person and a missing field get the same 401.
    """
    asked = await read_login(exchange)
    device = program_of(exchange)
    signed = await identity.accounts.sign_in(SignIn(asked.email, asked.password, device, LoginKind.EMAIL))
    pair = await identity.tokens.issue(signed.account, TokenDialect.CHATAI, device, signed.proved_at)
    return _json(signed_in(signed.account, pair))


@router.get("/api/me", operation_id="chataiMe", summary="Who is signed in", response_model=Me, responses=failures(401, 429, 503))
async def who(caller: Reader, identity: Identity) -> Response:
    """The person behind the token; never the password, its hash or the CPF."""
    if caller.account_id is None:
        raise UnknownKey  # a key of the settings is nobody's
    return _json(me(await identity.accounts.get(Reach(caller.account_id), caller.account_id), caller))


@router.post(
    "/api/refresh",
    operation_id="chataiRefresh",
    summary="Stay signed in",
    response_model=SignedIn,
    responses=failures(400, 401, 413, 415, 429, 503),
    openapi_extra=body_of(RefreshBody, required=False),
)
async def refresh(_public: Public, exchange: TheExchange, identity: Identity) -> Response:
    """Give out a new access token for a refresh token, or for an access token until 7 days after its sign-in.

    A refresh token is good once: it is answered with its successor, and who comes with an old one ends the sign-in.
    """
    pair = await identity.tokens.refresh(await read_refresh(exchange), TokenDialect.CHATAI)
    return _json(signed_in(await identity.accounts.get(Reach(pair.account_id), pair.account_id), pair))


def _json(document: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
