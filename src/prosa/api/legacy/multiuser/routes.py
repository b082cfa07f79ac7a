"""`POST /register` and `POST /login`; the pages at the same addresses belong to the web app (mission, decision 17)."""

from typing import Annotated

import msgspec
from fastapi import APIRouter, Depends, Response

from prosa.api.access import Public
from prosa.api.devices import program_of
from prosa.api.edge import Exchange, page_cookies
from prosa.api.legacy.multiuser.bodies import read, read_registration
from prosa.api.legacy.multiuser.models import LoginBody, RegisterBody, Registered, SignedIn, body_of, failures
from prosa.api.scope import exchange_of, identity_of
from prosa.identity import IdentityParts, LoginKind, Registration, SignIn, TokenDialect

router = APIRouter(tags=["Multiuser (M)"])

TheExchange = Annotated[Exchange, Depends(exchange_of)]
Identity = Annotated[IdentityParts, Depends(identity_of)]


@router.post(
    "/register",
    operation_id="multiuserRegister",
    summary="Make an account",
    response_model=Registered,
    responses=failures(400, 403, 413, 429, 503),
    openapi_extra=body_of(RegisterBody),
)
async def register(_public: Public, exchange: TheExchange, identity: Identity) -> Response:
    """Make an account with a name for signing in. Errors that a person can correct are one Portuguese sentence."""
    asked = await read_registration(exchange)
    new = Registration(email=asked.email, password=asked.password, name=asked.username, username=asked.username)
    account = await identity.accounts.register(new, program_of(exchange))
    return _json({"username": account.username, "email": account.email})


@router.post(
    "/login",
    operation_id="multiuserLogin",
    summary="Sign in by name and password",
    response_model=SignedIn,
    responses=failures(401, 413, 429, 503),
    openapi_extra=body_of(LoginBody),
)
async def login(_public: Public, exchange: TheExchange, identity: Identity) -> Response:
    """Give out an access token, good for 24 hours (`MULTIUSER_TOKEN_MINUTES`).

    Two cookies come along, which are good for reading and naming one's conversations and for nothing else: the page sends no
    token there.
    """
    asked = await read(LoginBody, exchange)
    device = program_of(exchange)
    signed = await identity.accounts.sign_in(SignIn(asked.username, asked.password, device, LoginKind.USERNAME))
    pair = await identity.tokens.issue(signed.account, TokenDialect.MULTIUSER, device, signed.proved_at)
    account = signed.account
    body = {"access_token": pair.access, "token_type": "bearer", "user_id": account.number, "username": account.username}
    answer = _json(body)
    left = max(0, round(pair.expires_at.timestamp() - exchange.parts.clock.now()))
    answer.raw_headers += page_cookies(exchange, pair.cookie or "", left)
    return answer


def _json(document: dict[str, object]) -> Response:
    return Response(msgspec.json.encode(document), media_type="application/json")
