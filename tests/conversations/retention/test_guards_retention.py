"""What a purge leaves alone, past what the tests of the whole purge go through."""

from pathlib import Path

from prosa.drivers.sql import Database
from tests.conversations.desk import SPACE, a_desk
from tests.conversations.retention.test_purge import Yard
from tests.databases import database
from tests.files.filing import pieces

__all__ = ["database"]


async def test_a_file_that_was_stored_for_its_own_sake_stays(database: Database, tmp_path: Path) -> None:
    async with a_desk(database) as desk:
        yard = Yard(desk, tmp_path)
        await yard.steadiness.look()
        async with yard.files.upload(SPACE) as upload:
            await upload.receive("cases.jsonl", None, pieces(b"{}\n"))
            kept = (await upload.keep("evals")).id
        given = await yard.file("given.txt")
        await yard.trash(await yard.conversation(f"see file-{kept} and file-{given}"))
        await yard.live(31)
        await yard.emptied()
        assert await yard.rows("items") == 0
        assert (await yard.there(kept), await yard.there(given)) == (True, False)
