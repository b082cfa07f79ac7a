"""What was deleted leaves no word in the index's files; and the index is made again wherever its items go."""

import asyncio
import gzip
from pathlib import Path

import pytest

from prosa.conversations import Face
from prosa.conversations.searching import SearchChecks
from prosa.drivers import archive
from prosa.drivers.sql import Database
from tests.conversations.searching.library import SPACE, Library, a_library, message
from tests.databases import KINDS, an_address

CANARY = "xilofonista"


async def nothing(space: str, id: str) -> None:
    """Ends no run."""


async def leaves(library: Library) -> bytes:
    """All that the index keeps, and the deleted pages of its tables, as the database has them."""
    if library.database.kind == "sqlite":
        rows = await library.database.fetch("SELECT block FROM search_words_data")
        rows += await library.database.fetch("SELECT CAST(words AS BLOB) FROM search_entries")
        return b"\n".join(bytes(row[0]) for row in rows if isinstance(row[0], bytes))
    (place,) = await library.database.fetch(
        "SELECT current_setting('data_directory') || '/' || pg_relation_filepath('search_entries_words')"
    )
    async with library.database.writing() as connection:
        await connection.exec_driver_sql("CHECKPOINT")
    return await asyncio.to_thread(Path(str(place[0])).read_bytes)


@pytest.mark.attack("N1")
async def test_no_word_of_what_is_deleted_stays_in_the_index(library: Library) -> None:
    for number in range(40):
        await library.keep(f"conversa comum número {number} sobre nada", title=f"Assunto {number}")
    gone = await library.keep(f"aqui toca uma {CANARY} famosa", title=f"A {CANARY}")
    edited = await library.conversations.create(SPACE, b"{}", [message("fica")], face=Face(title=f"Uma {CANARY}"))
    await library.indexer.look()
    assert await library.ids(CANARY) == {gone, edited.id}
    assert CANARY.encode() in await leaves(library)
    await library.conversations.delete(SPACE, gone, nothing)
    await library.change("UPDATE conversations SET title = 'Outra' WHERE title NOT LIKE 'Assunto%'")
    assert await library.indexer.settle()
    await library.indexer.scrub()
    assert CANARY[:8].encode() not in await leaves(library)
    assert len(await library.ids("conversa comum")) == 40
    async with library.database.reading() as connection:
        assert await SearchChecks().look(connection) == []
    assert await library.database.fetch("SELECT stale_since FROM search_turn") == [(None,)]


async def test_the_file_itself_holds_no_word_of_it_either() -> None:
    with an_address("sqlite") as address:
        database = Database(address)
        async with a_library(database) as library:
            gone = await library.keep(f"aqui toca uma {CANARY} famosa")
            for number in range(20):
                await library.keep(f"conversa comum {number}")
            await library.conversations.delete(SPACE, gone, nothing)
            await library.indexer.settle()
            await library.indexer.scrub()
        await database.aclose()
        assert address.path is not None
        assert CANARY[:8].encode() not in address.path.read_bytes()


async def test_a_new_index_is_equal_to_the_one_that_was_kept_up(library: Library) -> None:
    kept = await library.keep("uma frase qualquer", "outra", title="Frases")
    before = await _entries(library)
    await library.change("DELETE FROM search_entries")
    assert await library.indexer.rebuild() == 3
    assert not await library.ids("frase")
    assert await library.indexer.settle()
    assert await library.ids("frases") == {kept}
    assert await _entries(library) == before
    async with library.database.reading() as connection:
        assert await SearchChecks().look(connection) == []


async def _entries(library: Library) -> list[tuple[object, ...]]:
    words = "words" if library.database.kind == "sqlite" else "CAST(words AS TEXT)"
    columns = f"space, conversation_id, item, part, role, created_at, {words}"
    return await library.database.fetch(f"SELECT {columns} FROM search_entries ORDER BY item, conversation_id, part")


async def test_what_is_restored_or_moved_is_found_there_again(library: Library, tmp_path: Path) -> None:
    own, other = sorted(KINDS, key=lambda kind: kind != library.database.kind)
    kept = await library.keep("uma mudança de casa", title="Mudanças")
    file = tmp_path / "backup.tar.gz"
    made = await archive.backup(library.database.address, file, 1.0, archive.BackupOptions())
    assert not [table.name for table in made.manifest.tables if table.name.startswith("search")]
    assert b"search_words" not in gzip.decompress(file.read_bytes())
    with an_address(own, migrated=False) as restored, an_address(other, migrated=False) as moved:
        await archive.restore(archive.Archive.checked(file), restored, 2.0, archive.RestoreOptions(tmp_path))
        await archive.copy(library.database.address, moved)
        for address in (restored, moved):
            database = Database(address)
            async with a_library(database) as there:
                assert await there.indexer.look()
                assert await there.ids("mudancas") == {kept}
                verdict = await archive.verify(address, archive.VerifyOptions(checks=(SearchChecks(),)))
                assert verdict.findings == ()
            await database.aclose()
