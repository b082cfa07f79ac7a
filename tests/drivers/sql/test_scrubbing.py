"""What was deleted is gone from SQLite's files, while others read and write."""

import asyncio
import shutil
from pathlib import Path

from prosa.drivers.journal import Journal, Statement
from prosa.drivers.sql import Database, compact, scrub
from tests.databases import migrated_file

ADD = Statement(
    "INSERT INTO items (id, space, made, position, type, body, created_at) VALUES ($1, 'ana', FALSE, 1, 'reasoning', $2, 1)"
)
MOVE = Statement("UPDATE items SET run_id = $1")  # rows grow, and are moved between pages
DELETE = Statement("DELETE FROM items WHERE body LIKE $1")


async def _found(folder: Path, text: str) -> bool:
    """In a process of its own: who closes the file in this one lets go of SQLite's locks."""
    process = await asyncio.create_subprocess_exec("grep", "-rqa", text, str(folder))
    return await process.wait() == 0


async def test_deleted_rows_leave_nothing_in_pages_and_log_while_others_are_at_it(tmp_path: Path) -> None:
    shutil.copy(migrated_file(), tmp_path / "prosa.db")
    database, other = Database(tmp_path / "prosa.db"), Database(tmp_path / "prosa.db")
    journal, elsewhere = Journal(database), Journal(other)
    texts = [f"{'goes' if number % 3 else 'stays'} {'x' * (number * 37 % 1500)}" for number in range(600)]
    await asyncio.gather(*(journal.append(ADD, (f"{number:032x}", text)) for number, text in enumerate(texts)))
    await journal.append(MOVE, ("r" * 32,))
    await journal.append(DELETE, ("goes%",))
    assert await _found(tmp_path, "goes x")

    async def write() -> None:
        for number in range(60):
            await elsewhere.append(ADD, (f"f{number:031x}", "of somebody else"))
            await asyncio.sleep(0.01)

    writing = asyncio.create_task(write())
    assert await compact(database) and await scrub(database)
    await writing
    assert not await _found(tmp_path, "goes x") and await _found(tmp_path, "stays x")
    assert (await database.fetch("SELECT count(*) FROM items"))[0][0] == 260
    assert (await database.fetch("PRAGMA integrity_check"))[0][0] == "ok"
    assert not await compact(database, most=1)
    for part in (journal, elsewhere, database, other):
        await part.aclose()
