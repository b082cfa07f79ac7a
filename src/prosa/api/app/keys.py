"""`/api/v1/keys`: one's own API keys. Programs can't manage them: who steals a key must not be able to make another."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from prosa.api.access import needs
from prosa.api.app.cursors import Moment
from prosa.api.app.documents import problems
from prosa.api.app.key_models import (
    KEY,
    Key,
    KeyEdit,
    KeyWish,
    MadeKey,
    Rotation,
    key_changes,
    key_shown,
    made_key_shown,
    new_key,
)
from prosa.api.app.paths import KeyId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Cursor, IfMatch, Limit, ListOf, Proof, bare
from prosa.api.app.surroundings import People, TheExchange, cursors_of, own, tags_of
from prosa.identity import Caller, KeyQuery, Permission

router = APIRouter(prefix="/api/v1/keys", tags=["My API keys"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_KEYS)]
Writer = Annotated[Caller, needs(Permission.WRITE_KEYS)]
Ended = Annotated[bool, Query(description="Revoked and expired ones too.")]


def key_query(limit: int, after: Moment | None, ended: bool) -> KeyQuery:
    """A page of keys."""
    return KeyQuery(limit=limit, after=after, ended=ended)


@router.get("", operation_id="listKeys", responses=problems(401, 403))
async def list_keys(
    caller: Reader, people: People, ended: Ended = False, limit: Limit = 50, cursor: Cursor = None
) -> ListOf[Key]:
    """One's own keys, newest first."""
    cursors = cursors_of(people, caller, "keys", str(ended))
    page = await people.keys.list(own(caller), key_query(limit, cursors.moment(cursor), ended))
    return ListOf(data=[key_shown(key) for key in page.items], next_cursor=cursors.give(page.next))


@router.post("", operation_id="createKey", status_code=201, responses=problems(401, 403, 409, 413))
async def create_key(caller: Writer, body: KeyWish, people: People, exchange: TheExchange, response: Response) -> MadeKey:
    """Make a key. Its text is in this answer and nowhere else."""
    await people.accounts.prove(caller.account_id or "", body.current_password)
    key, text = await people.keys.create(caller, new_key(body, caller.account_id or ""), exchange.object_id)
    response.headers["location"] = f"{router.prefix}/{KEY}{key.id}"
    return made_key_shown(key, text)


@router.get("/{key_id}", operation_id="getKey", responses=TAGGED | problems(401, 403, 404))
async def get_key(caller: Reader, key_id: KeyId, people: People, response: Response) -> Key:
    """One of one's keys, ended or not."""
    key = await people.keys.get(own(caller), bare(key_id, KEY))
    response.headers["etag"] = tags_of(people, caller).of(key.id, key.version)
    return key_shown(key)


@router.patch("/{key_id}", operation_id="changeKey", responses=TAGGED | problems(401, 403, 404, 409, 412, 413))
async def change_key(
    caller: Writer, key_id: KeyId, body: KeyEdit, people: People, response: Response, if_match: IfMatch = None
) -> Key:
    """Change what a key is called and good for."""
    await people.accounts.prove(caller.account_id or "", body.current_password)
    tags = tags_of(people, caller)
    before = await people.keys.get(own(caller), bare(key_id, KEY))
    tags.check(if_match, before.id, before.version)
    key = await people.keys.change(caller, before.id, key_changes(body), tags.version(if_match, before.version))
    response.headers["etag"] = tags.of(key.id, key.version)
    return key_shown(key)


@router.delete("/{key_id}", operation_id="revokeKey", status_code=204, responses=problems(401, 403, 404, 413))
async def revoke_key(caller: Writer, key_id: KeyId, body: Proof, people: People) -> None:
    """Revoke a key: it stops working within a second, everywhere."""
    await people.accounts.prove(caller.account_id or "", body.current_password)
    await people.keys.revoke(own(caller), bare(key_id, KEY))


@router.post("/{key_id}/rotation", operation_id="rotateKey", status_code=201, responses=problems(401, 403, 404, 409, 413))
async def rotate_key(caller: Writer, key_id: KeyId, body: Rotation, people: People, exchange: TheExchange) -> MadeKey:
    """Make a key that takes this one's place; this one stays good for a while."""
    await people.accounts.prove(caller.account_id or "", body.current_password)
    key, text = await people.keys.rotate(caller, bare(key_id, KEY), body.overlap_seconds, exchange.object_id)
    return made_key_shown(key, text)
