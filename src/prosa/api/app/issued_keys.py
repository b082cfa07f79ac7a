"""`/api/v1/issued-keys`: everybody's API keys, for admins who are signed in. They are revoked as their owner's."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.account_models import EXAMPLE_USER, USER
from prosa.api.app.documents import problems
from prosa.api.app.key_models import Key, key_shown
from prosa.api.app.keys import Ended, key_query
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Cursor, Limit, ListOf
from prosa.api.app.surroundings import People, cursors_of
from prosa.identity import Account, AccountNotFound, AccountStatus, Caller, IdentityParts, Permission, Reach

router = APIRouter(prefix="/api/v1/issued-keys", tags=["People"], route_class=AppRoute)


class KeyOwner(BaseModel):
    """Whose a key is."""

    id: str = Field(examples=[EXAMPLE_USER])
    name: str = Field(examples=["Ana Lima"])
    email: str = Field(examples=["ana@example.com"])
    status: AccountStatus


class IssuedKey(Key):
    """A key with its owner."""

    owner: KeyOwner


@router.get("", operation_id="listIssuedKeys", responses=problems(401, 403))
async def list_issued_keys(
    caller: Annotated[Caller, needs(Permission.READ_EVERY_KEY)],
    people: People,
    ended: Ended = False,
    limit: Limit = 50,
    cursor: Cursor = None,
) -> ListOf[IssuedKey]:
    """Everybody's keys, newest first."""
    reach = caller.reach(Permission.READ_EVERY_KEY)
    cursors = cursors_of(people, caller, "issued-keys", str(ended))
    page = await people.keys.list(reach, key_query(limit, cursors.moment(cursor), ended))
    owners = {account_id: await _owner(people, reach, account_id) for account_id in {key.account_id for key in page.items}}
    shown = [
        IssuedKey(**key_shown(key).model_dump(), owner=owner)
        for key in page.items
        if (owner := owners[key.account_id]) is not None
    ]
    return ListOf(data=shown, next_cursor=cursors.give(page.next))


async def _owner(people: IdentityParts, reach: Reach, account_id: str) -> KeyOwner | None:
    """The owner; None where the account was deleted at this moment, and its keys with it."""
    try:
        account: Account = await people.accounts.get(reach, account_id)
    except AccountNotFound:
        return None
    return KeyOwner(id=USER + account.id, name=account.name, email=account.email, status=account.status)
