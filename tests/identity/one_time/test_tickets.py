"""Tickets: one request, to one path, within a minute, in the name of the credential that asked for it."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from prosa.identity.models import Caller, CallerKind
from prosa.identity.one_time import Ticket, TicketNotGiven
from prosa.kit.errors import BadRequest
from tests.databases import KINDS
from tests.identity.credentials import World, a_world

PATH = "/api/v1/files/file_1/content"


@pytest.fixture(params=KINDS)
async def world(request: pytest.FixtureRequest) -> AsyncIterator[World]:
    async with a_world(request.param) as made:
        yield made


async def test_a_ticket_is_good_for_one_request_to_its_path(world: World) -> None:
    ana = await world.person()
    text = await world.tickets.issue(ana.signed_in("1" * 32), PATH)
    assert await world.tickets.use(text, PATH) == Ticket(ana.id, CallerKind.SESSION, "1" * 32, PATH)
    assert await world.tickets.use(text, PATH) is None


async def test_of_twenty_who_use_a_ticket_at_once_one_is_let_through(world: World) -> None:
    ana = await world.person()
    text = await world.tickets.issue(ana.signed_in(), PATH)
    used = await asyncio.gather(*(world.tickets.use(text, PATH) for _ in range(20)))
    assert sum(ticket is not None for ticket in used) == 1


async def test_a_ticket_shown_at_another_path_is_spent(world: World) -> None:
    ana = await world.person()
    text = await world.tickets.issue(ana.signed_in(), PATH)
    assert await world.tickets.use(text, PATH + "/") is None
    assert await world.tickets.use(text, PATH) is None


async def test_a_ticket_is_too_old_after_a_minute(world: World) -> None:
    ana = await world.person()
    first, second = [await world.tickets.issue(ana.signed_in(), PATH) for _ in range(2)]
    world.clock.seconds += 59.9
    assert await world.tickets.use(first, PATH)
    world.clock.seconds += 0.1
    assert await world.tickets.use(second, PATH) is None


@pytest.mark.attack("C5")
async def test_the_ticket_is_nowhere_in_the_database(world: World) -> None:
    ana = await world.person()
    text = await world.tickets.issue(ana.signed_in(), PATH)
    assert text not in await world.text_of("one_time_tokens")


@pytest.mark.parametrize("kind", [CallerKind.TICKET, CallerKind.LOCAL, CallerKind.VISITOR])
async def test_a_ticket_is_given_to_people_and_what_acts_for_them_alone(world: World, kind: CallerKind) -> None:
    ana = await world.person()
    caller = Caller(kind, ana.id, "shown", "192.0.2.7", account_id=ana.id, credential_id="2" * 32)
    with pytest.raises(TicketNotGiven):
        await world.tickets.issue(caller, PATH)
    with pytest.raises(TicketNotGiven):  # a key of the settings belongs to nobody who could be suspended
        await world.tickets.issue(Caller(CallerKind.KEY, "settings-1", "settings-1", "192.0.2.7"), PATH)


@pytest.mark.parametrize("path", ["", "x", "https://evil.example/", "/a?b=c", "/a#b", "/a\n", "/\x00", "/" + "a" * 2000])
async def test_a_ticket_names_a_path_and_nothing_else(world: World, path: str) -> None:
    ana = await world.person()
    with pytest.raises(BadRequest) as refused:
        await world.tickets.issue(ana.signed_in(), path)
    assert refused.value.param == "path"
