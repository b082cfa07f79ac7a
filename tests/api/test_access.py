"""A route that forgets to say what it asks of its caller is never served."""

from typing import Annotated

import pytest
from fastapi import APIRouter, Depends

from prosa.api.access import Public, UndeclaredRoute, needs, permission_of
from prosa.api.application import check_declared
from prosa.api.routers import ROUTERS
from prosa.identity import Caller, Permission

Reader = Annotated[Caller, needs(Permission.READ_ME)]
Writer = Annotated[Caller, needs(Permission.WRITE_ME)]


async def of_nobody() -> None:
    """Asks nothing, and doesn't say so."""


async def of_two(_reader: Reader, _writer: Writer) -> None:
    """Asks two things."""


async def of_both(_public: Public, _reader: Reader) -> None:
    """Is for everybody, and not."""


async def who(_reader: Reader) -> None:
    """Asks through another dependency."""


async def of_a_dependency(_who: Annotated[None, Depends(who)]) -> None:
    """Declares by what it depends on."""


@pytest.mark.attack("A1")
@pytest.mark.parametrize("handler", [of_nobody, of_two, of_both])
def test_a_route_that_declares_nothing_or_two_things_fails_the_build(handler: object) -> None:
    router = APIRouter()
    router.add_api_route("/things", handler)  # type: ignore[arg-type]  # any handler
    with pytest.raises(UndeclaredRoute) as refused:
        check_declared(router)
    assert "/things" in str(refused.value)


def test_what_a_route_declares_is_found_however_deep_it_stands() -> None:
    router = APIRouter()
    router.add_api_route("/things", of_a_dependency)
    check_declared(router)
    assert permission_of(router.routes[0]) is Permission.READ_ME  # type: ignore[arg-type]  # it is the route just added


@pytest.mark.attack("A1")
def test_every_route_that_is_served_has_been_judged() -> None:
    assert sum(len(router.routes) for router in ROUTERS) > 30
    for router in ROUTERS:
        check_declared(router)
