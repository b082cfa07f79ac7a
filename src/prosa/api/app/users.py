"""`/api/v1/users`: people, for admins."""

from contextlib import suppress
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import Field

from prosa.api.access import needs
from prosa.api.app.account_models import (
    USER,
    NewUser,
    User,
    UserChanges,
    WholeUser,
    changes_of,
    profile_of,
    user_shown,
    whole_user_shown,
)
from prosa.api.app.documents import problems
from prosa.api.app.paths import UserId
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, Cursor, IfMatch, Limit, ListOf, bare
from prosa.api.app.surroundings import People, TheExchange, check_grant, cursors_of, tags_of
from prosa.api.scope import privacy_of
from prosa.identity import Account, AccountNotFound, AccountQuery, AccountStatus, Caller, NewAccount, Permission, Role
from prosa.privacy import PersonalData

router = APIRouter(prefix="/api/v1/users", tags=["People"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_USERS)]
Writer = Annotated[Caller, needs(Permission.WRITE_USERS)]
Privacy = Annotated[PersonalData, Depends(privacy_of)]


class UserQuery(Body):
    """Which people, and how many of them."""

    search: Annotated[str, Field(max_length=200, description="In names and e-mail addresses.", examples=["ana"])] | None = None
    role: Role | None = None
    status: AccountStatus | None = None
    limit: Limit = 50
    cursor: Cursor = None


@router.get("", operation_id="listUsers", responses=problems(401, 403))
async def list_users(caller: Reader, query: Annotated[UserQuery, Query()], people: People) -> ListOf[User]:
    """People, those who came first first."""
    cursors = cursors_of(people, caller, "users", query.search, query.role, query.status)
    asked = AccountQuery(query.limit, cursors.number(query.cursor), query.search, query.role, query.status)
    page = await people.accounts.list(caller.reach(Permission.READ_USERS), asked)
    return ListOf(data=[user_shown(account) for account in page.items], next_cursor=cursors.give(page.next))


@router.post("", operation_id="createUser", status_code=201, responses=problems(401, 403, 409, 413))
async def create_user(caller: Writer, body: NewUser, people: People, exchange: TheExchange, response: Response) -> User:
    """Add somebody. Only a signed-in administrator adds another one; a key can't."""
    check_grant(caller, body.role)
    wish = NewAccount(
        email=body.email,
        password=body.password,
        name=body.name,
        username=body.username,
        role=body.role,
        language=body.language,
        time_zone=body.time_zone,
        profile=profile_of(body.profile),
        id=exchange.object_id,
    )
    account = await _before(caller, people, exchange)
    if account is None:
        account = await people.accounts.create(caller.reach(Permission.WRITE_USERS), wish)
    response.headers["location"] = f"{router.prefix}/{USER}{account.id}"
    response.headers["etag"] = tags_of(people, caller).of(account.id, account.version)
    return user_shown(account)


async def _before(caller: Caller, people: People, exchange: TheExchange) -> Account | None:
    """Whom an earlier attempt of this request added already."""
    if not exchange.repeated:
        return None
    with suppress(AccountNotFound):
        return await people.accounts.get(caller.reach(Permission.WRITE_USERS), exchange.object_id or "")
    return None


@router.get("/{user_id}", operation_id="getUser", responses=TAGGED | problems(401, 403, 404))
async def get_user(caller: Reader, user_id: UserId, people: People, response: Response) -> WholeUser:
    """Somebody, with their whole profile."""
    account = await people.accounts.get(caller.reach(Permission.READ_USERS), bare(user_id, USER))
    response.headers["etag"] = tags_of(people, caller).of(account.id, account.version)
    return whole_user_shown(account)


@router.patch("/{user_id}", operation_id="changeUser", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428))
async def change_user(
    caller: Writer, user_id: UserId, body: UserChanges, people: People, response: Response, if_match: IfMatch = None
) -> WholeUser:
    """Change somebody's name, role or profile. They may edit at the same moment, so `If-Match` is asked for."""
    check_grant(caller, body.role)
    tags, reach = tags_of(people, caller), caller.reach(Permission.WRITE_USERS)
    before = await people.accounts.get(reach, bare(user_id, USER))
    tags.demand(if_match, before.id, before.version)
    await people.accounts.change(reach, before.id, changes_of(body), tags.version(if_match, before.version))
    account = await people.accounts.get(reach, before.id)
    response.headers["etag"] = tags.of(account.id, account.version)
    return whole_user_shown(account)


@router.delete("/{user_id}", operation_id="deleteUser", status_code=204, responses=problems(401, 403, 404, 409))
async def delete_user(caller: Writer, user_id: UserId, privacy: Privacy) -> None:
    """Delete somebody's account: everything of it ends at once, and what it stored is erased."""
    await privacy.erase(bare(user_id, USER), caller.reach(Permission.WRITE_USERS), asked=False)
