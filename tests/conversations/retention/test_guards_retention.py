"""What a purge leaves alone, past what the tests of the whole purge go through."""

from pathlib import Path

from prosa.conversations import Attachment, Face, Margin, with_margin
from prosa.drivers.sql import Database
from tests.conversations.desk import SPACE, a_desk, message
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


async def test_a_file_that_another_thread_a_store_or_an_assistant_holds_stays(database: Database, tmp_path: Path) -> None:
    async with a_desk(database) as desk:
        yard = Yard(desk, tmp_path)
        await yard.steadiness.look()
        files = [await yard.file(f"{number}.txt") for number in range(4)]
        _, held, stored, known = files
        beside = Margin(attachments=[Attachment(f"file-{file}", []) for file in files])
        made = await desk.conversations.create(SPACE, items=[with_margin(message("see"), beside)])
        resources = b'{"code_interpreter":{"file_ids":["file-' + held.encode() + b'"]}}'
        await desk.conversations.create(SPACE, face=Face(tool_resources=resources))
        await yard.write(
            "INSERT INTO vector_store_files (store_id, file_id, space, filename, status, batch_id, attributes, chunk_tokens,"
            " overlap_tokens, usage_bytes, created_at) VALUES ('s', :file, :space, 'x', 'completed', 'b', '{}', 800, 400, 0, 0)",
            file=stored,
            space=SPACE,
        )
        await yard.write(
            "INSERT INTO assistant_versions (assistant_id, number, space, created_at, body, size)"
            " VALUES ('a', 1, :space, 0, :body, 0)",
            space=SPACE,
            body=f'{{"file_ids":["{known}"]}}',
        )
        await yard.trash(made.id)
        await yard.live(31)
        await yard.emptied()
        assert [await yard.there(file) for file in files] == [False, True, True, True]
