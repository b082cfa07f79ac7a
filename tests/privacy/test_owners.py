"""What one person stored goes, or changes hands, in all tables at once, and nothing of anybody else's with it."""

from prosa.answers import inherit_approvals
from prosa.assistants import inherit_assistants
from prosa.boot.people import ERASERS
from prosa.conversations import inherit_conversations, inherit_memory, inherit_shares, inherit_shelf
from prosa.drivers.sql import Database
from prosa.events import inherit_changes
from prosa.files import inherit_files
from prosa.identity import inherit_repeats
from prosa.interactions import inherit_interactions
from prosa.knowledge import inherit_stores
from prosa.privacy import REGISTRY
from prosa.prompts import inherit_prompts
from prosa.runs import inherit_runs
from prosa.usage import inherit_usage
from tests.privacy.canaries import plant

ANA, BIA, EVA = "a" * 32, "b" * 32, "e" * 32
HEIRS = (
    *(inherit_interactions, inherit_runs, inherit_files, inherit_conversations, inherit_shelf),
    *(inherit_shares, inherit_repeats, inherit_changes, inherit_memory, inherit_usage),
    *(inherit_assistants, inherit_stores, inherit_prompts, inherit_approvals),
)


async def filled(database: Database) -> None:
    """Rows of two people in every table, and the account of a third."""
    await database.open()
    async with database.writing() as connection:
        for number, id in enumerate((ANA, BIA, EVA), 1):
            await connection.exec_driver_sql(
                "INSERT INTO accounts (id, number, email, email_key, name, role, status, created_at, updated_at, version,"
                f" failures) VALUES ('{id}', {number}, '{id}', '{id}', 'x', 'user', 'active', 1, 1, 1, 0)"
            )
    await plant(database, ANA)
    await plant(database, BIA, "outra")


async def counted(database: Database, owner: str) -> dict[str, int]:
    """Rows of each table."""
    from prosa.privacy import store

    async with database.reading() as connection:
        return {entry.table: await store.count_of(connection, entry, [owner]) for entry in REGISTRY.personal}


async def test_who_is_erased_leaves_nothing_and_takes_nothing_of_others_along(database: Database) -> None:
    await filled(database)
    before = await counted(database, BIA)
    async with database.writing() as connection:
        for eraser in ERASERS:
            await eraser(connection, ANA)
    erased = {entry.table for entry in REGISTRY.erased}
    left = {table for table, count in (await counted(database, ANA)).items() if count and table in erased}
    assert left <= {"sessions", "token_families", "one_time_tokens", "known_devices"}, "which go with the account itself"
    assert await counted(database, BIA) == before
    assert await database.fetch("SELECT name FROM api_keys WHERE account_id = $1 AND name <> id", ANA) == []


async def test_what_an_heir_gets_is_one_persons(database: Database) -> None:
    await filled(database)
    ana, bia = await counted(database, ANA), await counted(database, BIA)
    async with database.writing() as connection:
        for heir in HEIRS:
            await heir(connection, ANA, EVA)
    assert await counted(database, BIA) == bia
    got = await counted(database, EVA)
    of_spaces = {entry.table for entry in REGISTRY.personal if entry.owners == ("space",)}
    assert {table: got[table] for table in of_spaces} == {table: ana[table] for table in of_spaces}
