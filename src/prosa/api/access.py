"""How FastAPI's routes declare what they ask of a caller: `Annotated[Caller, needs(Permission.READ_ME)]`, or `Public`."""

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from prosa.api.edge import Access, claim_repeat, guard
from prosa.api.scope import exchange_of
from prosa.identity import Caller, Door, Permission


class Needs:
    """A dependency that lets the caller in or says why not; the route's permission can be read off it."""

    def __init__(self, permission: Permission, door: Door, *, claims: bool = True, narrow: bool = False) -> None:
        """`claims` False: the handler asks itself whether the request is a repetition, once its body has streamed by.
        `narrow`: see Access."""
        self.permission = permission
        self.door = door
        self.claims = claims
        self.narrow = narrow

    async def __call__(self, request: Request) -> Caller:
        """Who calls. Raises what the guard raises."""
        access = Access(self.permission, self.door, hidden=bool(request.path_params), narrow=self.narrow)
        exchange = await exchange_of(request)
        caller = await guard(exchange, access)
        if exchange.repeat is not None and self.claims:
            await claim_repeat(exchange)
        return caller


class Nothing:
    """A dependency that says: this route is for everybody, known or not."""

    async def __call__(self, request: Request) -> None:
        """Nothing is asked. Raises what a repeated request raises."""
        exchange = await exchange_of(request)
        if exchange.repeat is not None:
            await claim_repeat(exchange)


def needs(
    permission: Permission, door: Door = Door.APP, *, claims: bool = True, narrow: bool = False
) -> Any:  # as FastAPI's own Depends
    """What a handler's `caller` parameter is annotated with; see Needs."""
    return Depends(Needs(permission, door, claims=claims, narrow=narrow))


OPEN = Depends(Nothing())
Public = Annotated[None, OPEN]


class UndeclaredRoute(RuntimeError):
    """A route says nothing, or two things, of what it asks of its caller; the application isn't built with it."""

    def __init__(self, route: APIRoute) -> None:
        super().__init__(
            f"{sorted(route.methods or ())} {route.path}: declare one of needs(Permission.…) and Public in its signature"
        )


def permission_of(route: APIRoute) -> Permission | None:
    """What the route declares; None where it is for everybody. Raises UndeclaredRoute."""
    found = [call for call in _calls(route.dependant) if isinstance(call, Needs | Nothing)]
    if len(found) != 1:
        raise UndeclaredRoute(route)
    return found[0].permission if isinstance(found[0], Needs) else None


def _calls(dependant: Dependant) -> Iterator[object]:
    for inner in dependant.dependencies:
        yield inner.call
        yield from _calls(inner)
