"""`GET /v1/me`: which credential a program holds, and what it may do with it."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.openai.documents import ErrorEnvelope
from prosa.identity import Account, ApiKey, Caller, CallerKind, Door, IdentityParts, Permission, Reach, Role, Scope

router = APIRouter(tags=["OpenAI-compatible"])


class HeldKey(BaseModel):
    """The key of the request. Those of the server's settings have a name only."""

    id: str | None = Field(examples=["key_7b6821146d1743da97c764a12dd4ed93"])
    name: str = Field(examples=["my laptop"])
    scopes: list[Scope] | None = Field(examples=[["read", "write"]])
    models: list[str] | None = Field(description="The only models that it may call; null: every one.", examples=[None])
    expires_at: datetime | None = Field(examples=[None])


class Owner(BaseModel):
    """The person for whom the credential acts."""

    id: str = Field(examples=["user_7b6821146d1743da97c764a12dd4ed93"])
    email: str = Field(examples=["ana@example.com"])
    name: str = Field(examples=["Ana Lima"])
    role: Role


class Me(BaseModel):
    """Who calls, and what it may do now."""

    object: Literal["me"] = "me"
    kind: CallerKind
    key: HeldKey | None = Field(description="null for what is no key.")
    user: Owner | None = Field(description="null where nobody stands behind it: keys of the settings, callers without a key.")
    permissions: list[Permission] = Field(examples=[["models:call", "models:read"]])


async def identity_of(request: Request) -> IdentityParts:
    """Accounts and their credentials."""
    parts: IdentityParts = request.app.state.parts.identity
    return parts


@router.get(
    "/v1/me",
    operation_id="retrieveMe",
    summary="Retrieve the caller",
    responses={
        401: {"model": ErrorEnvelope, "description": "The key is missing or not valid."},
        403: {"model": ErrorEnvelope, "description": "The key was not made for reading."},
    },
)
async def retrieve_me(
    caller: Annotated[Caller, needs(Permission.READ_ME, Door.OPENAI)], identity: Annotated[IdentityParts, Depends(identity_of)]
) -> Me:
    """Which key this is, whose it is, and what it may do."""
    account, key = None, None
    if caller.account_id is not None:
        own = Reach(caller.account_id)
        account = await identity.accounts.get(own, caller.account_id)
        if caller.kind is CallerKind.KEY:
            key = await identity.keys.get(own, caller.credential_id or "")
    return Me(kind=caller.kind, key=_held(caller, key), user=_owner(account), permissions=sorted(caller.permissions))


def _held(caller: Caller, key: ApiKey | None) -> HeldKey | None:
    if key is not None:
        models = None if key.models is None else list(key.models)
        scopes = [scope for scope in Scope if scope in key.scopes]
        return HeldKey(id=f"key_{key.id}", name=key.name, scopes=scopes, models=models, expires_at=key.expires_at)
    if caller.kind is CallerKind.KEY:
        return HeldKey(id=None, name=caller.key_id, scopes=None, models=None, expires_at=None)
    return None


def _owner(account: Account | None) -> Owner | None:
    if account is None:
        return None
    return Owner(id=f"user_{account.id}", email=account.email, name=account.name, role=account.role)
