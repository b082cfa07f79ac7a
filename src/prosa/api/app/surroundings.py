"""What the app's handlers depend on, found where the application factory and the edge put it."""

from typing import Annotated

from fastapi import Depends, Request

from prosa.administration import Actor, Administration
from prosa.api.access import Public
from prosa.api.app.cursors import Cursors
from prosa.api.app.tags import Tags
from prosa.api.edge import Exchange, charge
from prosa.api.scope import administration_of, exchange_of
from prosa.identity import Caller, Door, IdentityParts, Permission, Reach, Role, bucket_of


async def people_of(request: Request) -> IdentityParts:
    """Accounts and their credentials."""
    people: IdentityParts = request.app.state.parts.identity
    return people


TheExchange = Annotated[Exchange, Depends(exchange_of)]
People = Annotated[IdentityParts, Depends(people_of)]
TheAdministration = Annotated[Administration, Depends(administration_of)]


async def let_in(_public: Public, exchange: TheExchange) -> None:
    """Let anybody in, as often as an address may come without a credential. Raises RateLimited, LimiterUnavailable."""
    charge(exchange, f"app|{bucket_of(exchange.client)}", exchange.parts.usage.anonymous_per_minute, Door.APP)


Anybody = Annotated[None, Depends(let_in)]


def own(caller: Caller) -> Reach:
    """The caller's own things, whatever else it may see."""
    return Reach(caller.account_id or "")


def actor_of(caller: Caller) -> Actor:
    """Who changes something, as it is written down."""
    return Actor(caller.account_id, caller.key_id)


def check_grant(caller: Caller, role: Role) -> None:
    """Raises PermissionDenied for a caller who may add people, but no administrators."""
    if role is Role.ADMIN:
        caller.require(Permission.GRANT_ADMIN)


def within(reach: Reach, account_id: str) -> Reach:
    """The things of one account, as far as the reach goes: nothing where it doesn't."""
    return Reach(account_id if reach.account_id in (None, account_id) else "")


def cursors_of(people: IdentityParts | Administration, caller: Caller, *scope: str | None) -> Cursors:
    """The cursors that this caller is given of a list with these filters."""
    return Cursors(people.keyring, caller.space, *scope)


def tags_of(people: IdentityParts | Administration, caller: Caller) -> Tags:
    """The entity tags that this caller is given."""
    return Tags(people.keyring, caller.space)
