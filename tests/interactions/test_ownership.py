"""Exchanges change hands with their owner, and go with it: in the store, and through the whole product."""

from datetime import UTC, datetime

import pytest

from prosa.drivers.sql import Database
from prosa.identity import OPERATOR, Scope
from prosa.interactions import Interaction, erase_interactions, inherit_interactions
from prosa.interactions.store import InteractionStore
from tests.api.app.house import CODE, House, house

NOON = datetime(2026, 1, 15, 12, tzinfo=UTC)
QUESTION = {"userId": "ana", "prompt": "Olá!"}


async def held(database: Database) -> list[tuple[object, ...]]:
    return await database.fetch("SELECT space, interaction_id FROM interactions ORDER BY number")


async def three(database: Database) -> None:
    await database.open()
    for space, name in (("local", "one"), ("bia", "two"), ("local", "three")):
        await InteractionStore(database).add(Interaction(id=name, space=space, user_id="ana", prompt="Olá!", asked_at=NOON))


async def test_one_space_is_handed_over_and_no_other(database: Database) -> None:
    await three(database)
    async with database.writing() as connection:
        await inherit_interactions(connection, "local", "ana")
    assert await held(database) == [("ana", "one"), ("bia", "two"), ("ana", "three")]


@pytest.mark.attack("A16")
async def test_one_space_is_erased_and_no_other(database: Database) -> None:
    await three(database)
    async with database.writing() as connection:
        await erase_interactions(connection, "local")
    assert await held(database) == [("bia", "two")]


def stored_by(home: House) -> Database:
    return home.prosa.system.people.database


@pytest.mark.contract("A17")
async def test_the_first_admin_finds_what_was_asked_on_this_machine_before_there_was_anybody() -> None:
    async with house() as home:
        browser = await home.browser()
        asked = await browser.post("/v1/chat", json=QUESTION)
        assert asked.status_code == 200
        wish = {"email": "root@example.com", "password": "um burro verde canta", "code": CODE}
        assert (await browser.post("/api/v1/auth/register", json=wish)).status_code == 202
        accounts = home.prosa.system.people.identity.accounts
        admin = await accounts.by_email(OPERATOR, "root@example.com")
        assert admin is not None
        assert await held(stored_by(home)) == [(admin.id, asked.json()["id"])]


@pytest.mark.attack("A16")
@pytest.mark.contract("A17")
async def test_what_a_person_stored_goes_with_their_account() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        for person in (ana, bia):
            program = await home.program(await home.key(person, Scope.READ, Scope.WRITE))
            assert (await program.post("/v1/chat", json=QUESTION)).status_code == 200
            assert len((await program.get("/v1/interactions?userId=ana")).json()["data"]) == 1
        await home.prosa.system.people.identity.accounts.delete(OPERATOR, ana.account.id)
        assert [space for space, _ in await held(stored_by(home))] == [bia.account.id]
