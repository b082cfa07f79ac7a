"""`/api/user/api-keys`: "Perfil → Minhas API Keys" for programs that sign in as a person (A18). Keys can't make keys."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Path, Response
from msgspec import Meta, Struct

from prosa.api.access import needs
from prosa.api.edge import Exchange
from prosa.api.legacy.assistant.documents import failures, read
from prosa.api.legacy.assistant.errors import Missing
from prosa.api.scope import exchange_of, identity_of
from prosa.identity import ApiKey, Caller, Door, IdentityParts, KeyQuery, KeyStatus, NewKey, Permission, Reach, Scope
from prosa.kit.errors import BadRequest
from prosa.kit.ids import without_prefix

KEY: Final = "key_"
_MOST: Final = 100
# A key of the original has one permission, and each includes those before it.
SCOPES: Final = {
    "read": frozenset({Scope.READ}),
    "write": frozenset({Scope.READ, Scope.WRITE}),
    "admin": frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}),
}

router = APIRouter(tags=["Assistants (A)"])

Reader = Annotated[Caller, needs(Permission.READ_KEYS, Door.ASSISTANT)]
Writer = Annotated[Caller, needs(Permission.WRITE_KEYS, Door.ASSISTANT)]
People = Annotated[IdentityParts, Depends(identity_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
KeyId = Annotated[str, Path(description="The key's id.", examples=["key_0194b1a1f4e27d3aa4b5c6d7e8f90a1b"])]


class _Wish(Struct):
    name: Annotated[str, Meta(max_length=200)]
    description: str | None = None
    permissions: str = "read"
    expires_days: Annotated[int, Meta(ge=1, le=3650)] | None = None
    current_password: str = ""


class _Toggle(Struct):
    is_active: bool


@router.get(
    "/api/user/api-keys", operation_id="keysOfA", summary="One's API keys", response_model=None, responses=failures(401, 403)
)
async def list_keys(caller: Reader, people: People) -> Response:
    """One's own keys, newest first, without their texts."""
    page = await people.keys.list(_own(caller), KeyQuery(limit=_MOST))
    return _json({"api_keys": [_shown(key) for key in page.items]})


@router.post(
    "/api/user/api-keys",
    operation_id="newKeyOfA",
    summary="Make an API key",
    response_model=None,
    responses=failures(400, 401, 403),
)
async def make_key(caller: Writer, people: People, exchange: TheExchange) -> Response:
    """Make a key; its text is in this answer and nowhere else. Asks for the password anew, as the app does."""
    raw = await exchange.body()
    wish = read(raw, _Wish, ())
    if not wish.name.strip():
        raise Missing("Nome da API key é obrigatório")
    if wish.permissions not in SCOPES:
        raise BadRequest("Permissões inválidas. Use: read, write, admin", param="permissions")
    if not wish.current_password:
        raise Missing("Confirme sua senha: envie current_password")
    account_id = caller.account_id or ""
    await people.accounts.prove(account_id, wish.current_password)
    ends = None if wish.expires_days is None else datetime.now(UTC) + timedelta(days=wish.expires_days)
    new = NewKey(account_id, wish.name.strip(), SCOPES[wish.permissions], expires_at=ends)
    key, text = await people.keys.create(caller, new, exchange.object_id)
    return _json({"message": "API key criada com sucesso", "api_key": text, "key_id": KEY + key.id}, 201)


@router.put(
    "/api/user/api-keys/{key_id}/toggle",
    operation_id="toggleKeyOfA",
    summary="Switch an API key off",
    response_model=None,
    responses=failures(400, 401, 403, 404),
)
async def toggle_key(caller: Writer, key_id: KeyId, people: People, exchange: TheExchange) -> Response:
    """Switch a key off, for good: what is switched off can't come back, and another key is soon made."""
    key = await people.keys.get(_own(caller), _bare(key_id))
    wish = read(await exchange.body(), _Toggle, ())
    if not wish.is_active:
        await people.keys.revoke(_own(caller), key.id)
        return _json({"success": True, "message": "Chave de API desativada com sucesso"})
    if key.status(datetime.now(UTC)) is not KeyStatus.ACTIVE:
        raise BadRequest("Uma chave desativada não volta: crie outra", param="is_active")
    return _json({"success": True, "message": "Chave de API ativada com sucesso"})


@router.delete(
    "/api/user/api-keys/{key_id}",
    operation_id="deleteKeyOfA",
    summary="Revoke an API key",
    response_model=None,
    responses=failures(401, 403, 404),
)
async def delete_key(caller: Writer, key_id: KeyId, people: People) -> Response:
    """Revoke a key: it stops working within a second, everywhere."""
    await people.keys.revoke(_own(caller), _bare(key_id))
    return _json({"message": "Chave de API removida com sucesso"})


def _own(caller: Caller) -> Reach:
    return Reach(caller.account_id or "")


def _bare(id: str) -> str:
    return without_prefix(id, KEY) or ""


def _shown(key: ApiKey) -> dict[str, Any]:
    widest = [name for name, scopes in SCOPES.items() if scopes <= key.scopes] or ["read"]
    return {
        "id": KEY + key.id,
        "key_name": key.name,
        "permissions": widest[-1],
        "is_active": key.status(datetime.now(UTC)) is KeyStatus.ACTIVE,
        "created_at": int(key.created_at.timestamp()),
        "last_used": None if key.last_used_at is None else int(key.last_used_at.timestamp()),
        "expires_at": None if key.expires_at is None else int(key.expires_at.timestamp()),
        "description": None,
        "api_key_preview": f"{key.hint}…",
    }


def _json(document: dict[str, Any], status: int = 200) -> Response:
    return Response(msgspec.json.encode(document), status, media_type="application/json")
