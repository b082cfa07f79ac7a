"""Assistants over both databases: what is written at one moment, what is kept, and whose it is."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import msgspec
import pytest

from prosa.assistants import (
    AssistantNotFound,
    AssistantService,
    Audience,
    Definition,
    Draft,
    GranteeKind,
    GrantWish,
    Query,
    erase_assistants,
    inherit_assistants,
)
from prosa.assistants.desk import MOST_VERSIONS
from prosa.assistants.errors import AssistantChanged, AssistantNotYours, TooManyAssistants
from prosa.identity import OPERATOR, Caller, CallerKind, Role
from prosa.kit.ids import new_object_id
from prosa.kit.moments import stored
from tests.api.app.house import House, house
from tests.databases import KINDS, an_address, environment


@dataclass
class Place:
    """A server's assistants, two people, and their database."""

    home: House
    assistants: AssistantService
    ana: Caller
    bia: Caller

    async def rows(self, sql: str, *values: object) -> list[tuple[object, ...]]:
        """What a table holds."""
        return [tuple(row) for row in await self.home.prosa.system.people.database.fetch(sql, *values)]

    async def names(self, caller: Caller, **query: object) -> list[str | None]:
        """The names on a page."""
        wish = Query(**query)  # type: ignore[arg-type]  # the test names fields of Query
        return [each.definition.name for each in (await self.assistants.list(caller, wish)).assistants]


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    with an_address(request.param) as address:
        async with house(environment(address)) as home:
            ana, bia = [(await home.person(name)).account for name in ("ana", "bia")]
            callers = [Caller(CallerKind.SESSION, each.id, "", "", account_id=each.id, role=Role.USER) for each in (ana, bia)]
            yield Place(home, home.prosa.system.features.assistants, *callers)


def draft(name: str, **fields: object) -> Draft:
    """An assistant to be."""
    return Draft(Definition(model="mock", name=name), **fields)  # type: ignore[arg-type]  # likewise


async def test_writers_at_one_moment_lose_nothing(place: Place) -> None:
    assistants, ana = place.assistants, place.ana
    id = new_object_id()
    made = await asyncio.gather(*(assistants.create(ana, draft("one", id=id)) for _ in range(4)))
    assert {each.id for each in made} == {id} and {each.version for each in made} == {1}
    shown = made[0].shown

    def another(number: int) -> "asyncio.Future[object]":
        def edit(now: Definition) -> Definition:
            return msgspec.structs.replace(now, metadata={**now.metadata, str(number): "x"})

        return asyncio.ensure_future(assistants.change(ana, shown, edit))

    await asyncio.gather(*(another(number) for number in range(6)))
    found = await assistants.usable(ana, shown)
    assert (found.version, len(found.definition.metadata)) == (7, 6)
    assert [row[0] for row in await place.rows("SELECT number FROM assistant_versions ORDER BY number")] == list(range(1, 8))
    # Two who share it from the same state: one of them wins, whole.
    wishes = [[GrantWish(GranteeKind.ROLE, role)] for role in ("analyst", "admin")]
    puts = (assistants.sharings.put(ana, shown, Audience.CHOSEN, wish, found.state) for wish in wishes)
    outcomes = await asyncio.gather(*puts, return_exceptions=True)
    assert sorted(isinstance(each, AssistantChanged) for each in outcomes) == [False, True]
    assert len(await place.rows("SELECT * FROM assistant_grants")) == 1


async def test_the_newest_versions_are_kept_and_a_space_has_its_bounds(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    assistants, ana = place.assistants, place.ana
    made = await assistants.create(ana, draft("0"))
    for number in range(1, 6):
        monkeypatch.setattr("prosa.assistants.desk.MOST_VERSIONS", 3)
        await assistants.change(ana, made.shown, lambda now, name=str(number): msgspec.structs.replace(now, name=name))  # type: ignore[misc]  # a default of a lambda
    lines, more = await assistants.versions.list(ana, made.shown, 10)
    assert [line.number for line in lines] == [6, 5, 4] and more is None and MOST_VERSIONS == 100
    assert await assistants.pinned(made.id, 3) is None
    monkeypatch.setattr("prosa.assistants.desk.MOST", 2)
    await assistants.create(ana, draft("second"))
    with pytest.raises(TooManyAssistants):
        await assistants.create(ana, draft("third"))
    monkeypatch.setattr("prosa.assistants.desk.MOST_HELD", 200)
    with pytest.raises(TooManyAssistants):
        await assistants.change(ana, made.shown, lambda now: msgspec.structs.replace(now, instructions="x" * 100))
    await assistants.create(place.bia, draft("of another space"))


async def test_lists_and_searches_are_the_same_on_both_databases(place: Place) -> None:
    assistants, ana, bia = place.assistants, place.ana, place.bia
    for number, name in enumerate(("Locação", "Ação 100%", "casa_1", "nul\0l")):
        await assistants.create(ana, draft(name, created_at=1_000.0 + number))
    theirs = await assistants.create(bia, draft("Da Bia", created_at=500.0))
    await assistants.sharings.put(bia, theirs.shown, Audience.CHOSEN, [GrantWish(GranteeKind.PERSON, f"user_{ana.space}")])
    assert await place.names(ana) == ["nul\0l", "casa_1", "Ação 100%", "Locação", "Da Bia"]
    assert await place.names(ana, own=True, newest_first=False, limit=2) == ["Locação", "Ação 100%"]
    assert await place.names(ana, search="acao") == ["Ação 100%", "Locação"]
    assert await place.names(ana, search="0%") == ["Ação 100%"] and await place.names(ana, search="a_1") == ["casa_1"]
    [edge] = (await assistants.list(ana, Query(search="casa"))).assistants
    behind = (stored(edge.created_at), edge.id)
    assert await place.names(ana, after=behind, limit=2) == ["Ação 100%", "Locação"]
    assert await place.names(ana, before=behind, newest_first=False, limit=1) == ["Ação 100%"]
    assert await place.names(bia) == ["Da Bia"]


async def test_an_id_that_came_along_is_good_for_who_may_use_it(place: Place) -> None:
    assistants, ana, bia = place.assistants, place.ana, place.bia
    brought = await assistants.create(ana, draft("from elsewhere", foreign="asst_abc123"))
    assert brought.shown == "asst_abc123" and (await assistants.usable(ana, "asst_abc123")).id == brought.id
    assert (await assistants.usable(ana, f"asst_{brought.id}")).shown == "asst_abc123"
    with pytest.raises(AssistantNotFound):
        await assistants.usable(bia, "asst_abc123")
    own = await assistants.create(bia, draft("the same elsewhere", foreign="asst_abc123"))
    await assistants.sharings.put(ana, brought.shown, Audience.EVERYONE, [])
    assert (await assistants.usable(bia, "asst_abc123")).id == own.id  # one's own comes first
    with pytest.raises(AssistantNotYours):
        await assistants.delete(bia, f"asst_{brought.id}")
    await assistants.delete(bia, "asst_abc123")
    assert (await assistants.usable(bia, "asst_abc123")).id == brought.id


async def test_what_a_suspended_owner_shared_is_closed_until_they_are_back(place: Place) -> None:
    assistants, ana, bia = place.assistants, place.ana, place.bia
    one = await assistants.create(ana, draft("of Ana", foreign="asst_abc123"))
    await assistants.sharings.put(ana, one.shown, Audience.EVERYONE, [])
    accounts = place.home.prosa.system.people.identity.accounts
    await accounts.suspend(OPERATOR, ana.space)
    for id in (one.shown, f"asst_{one.id}"):
        with pytest.raises(AssistantNotFound):
            await assistants.usable(bia, id)
    assert await place.names(bia) == [] and await place.names(ana) == ["of Ana"]
    await accounts.restore(OPERATOR, ana.space)
    assert (await assistants.usable(bia, "asst_abc123")).id == one.id and await place.names(bia) == ["of Ana"]


async def test_assistants_change_hands_with_their_owner_and_go_with_them(place: Place) -> None:
    assistants, ana, bia = place.assistants, place.ana, place.bia
    hers = await assistants.create(bia, draft("of Bia"))
    await assistants.sharings.put(bia, hers.shown, Audience.CHOSEN, [GrantWish(GranteeKind.PERSON, f"user_{ana.space}", True)])
    await assistants.change(ana, hers.shown, lambda now: msgspec.structs.replace(now, description="by Ana"))
    mine = await assistants.create(ana, draft("of Ana"))
    await assistants.sharings.put(ana, mine.shown, Audience.CHOSEN, [GrantWish(GranteeKind.PERSON, f"user_{bia.space}")])
    database = place.home.prosa.system.people.database
    async with database.writing() as connection:
        await inherit_assistants(connection, ana.space, "another")
    assert await place.rows("SELECT space FROM assistants WHERE id = $1", mine.id) == [("another",)]
    assert [row[0] for row in await place.rows("SELECT author FROM assistant_versions WHERE number = 2")] == ["another"]
    async with database.writing() as connection:
        await inherit_assistants(connection, "another", ana.space)
    async with database.writing() as connection:
        await erase_assistants(connection, ana.space)
    assert await place.names(bia) == ["of Bia"] and await place.rows("SELECT * FROM assistant_grants") == []
    authors = await place.rows("SELECT author FROM assistant_versions ORDER BY number")
    assert authors == [(bia.space,), (None,)]  # what she wrote for another stays, without her name
