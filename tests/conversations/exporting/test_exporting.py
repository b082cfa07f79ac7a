"""Exports over real databases: what is in them, and what never is."""

import io
import json
import re
from pathlib import Path

import docx
import pytest

from prosa.conversations import ConversationNotFound, Face
from prosa.conversations.exporting import (
    ExportNotReady,
    ExportRefused,
    ExportStarter,
    ExportTooLarge,
    ExportWish,
    Format,
)
from prosa.conversations.exporting.bundling import Sources
from prosa.conversations.exporting.kind import ExportKind
from prosa.conversations.exporting.reading import ExportReading
from prosa.conversations.exporting.setting import Setter
from prosa.conversations.exporting.store import ExportStore
from prosa.conversations.exporting.typesetting.blocks import Blocks
from prosa.drivers.children import Bounds
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.runs import RunNotFound, RunState
from tests.conversations.carrier import SPACE, a_carrier, message, unzipped
from tests.databases import a_database, database

__all__ = ["database"]

RICH = r"""# Olá

| ação | valor |
|---|---|
| `x` | $a^2$ |

```typst
#import "@preview/evil:1.0.0"
#read("/etc/passwd")
```

😀 🚀 $$\frac{1}{2}$$ #eval("1+1") [here](https://example.org) [there](javascript:alert(1))
"""


@pytest.mark.contract("C44")
async def test_json_holds_all_branches_and_the_chosen_path(database: Database, tmp_path: Path) -> None:
    async with a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk("Burros", "one", "two")
        first, second = await carrier.conversations.items_of(SPACE, id)
        [other] = await carrier.conversations.add_items(SPACE, id, [message("two, again", "assistant")], parent=first.id)
        found = await carrier.json(id)
        assert (found["format"], found["version"]) == ("prosa.conversations", 1)
        [conversation] = found["conversations"]
        assert conversation["title"] == "Burros" and conversation["head"] == other.id
        assert conversation["metadata"] == {"topic": "x"}
        links = [(item["id"], item["parent"]) for item in conversation["items"]]
        assert links == [(first.id, None), (second.id, first.id), (other.id, first.id)]
        text = (await carrier.direct(id, Format.MARKDOWN)).decode()
        assert "two, again" in text and "\ntwo\n" not in text


async def test_all_is_one_file_oldest_first_and_nobody_elses(database: Database, tmp_path: Path) -> None:
    async with a_carrier(database, tmp_path) as carrier:
        ids = [await carrier.talk(f"title {number}", "hello") for number in range(3)]
        await carrier.talk("foreign", "canary-of-ben", space="ben")
        found = await carrier.json()
        assert [conversation["id"] for conversation in found["conversations"]] == [f"conv_{id}" for id in ids]
        assert "canary-of-ben" not in json.dumps(found)
        with pytest.raises(ConversationNotFound):
            await carrier.direct(ids[0], Format.JSON, space="ben")
        with pytest.raises(ConversationNotFound):
            await carrier.exports.start(ExportStarter("ben"), ExportWish(format=Format.JSON, ids=(ids[0],)))
        with pytest.raises(ExportRefused):
            await carrier.exports.start(ExportStarter(SPACE), ExportWish(format=Format.JSON, ids=()))


async def test_a_run_tells_how_far_it_is_and_takes_its_file_along(database: Database, tmp_path: Path) -> None:
    async with a_carrier(database, tmp_path) as carrier:
        for number in range(3):
            await carrier.talk(f"t{number}", "hello")
        run = await carrier.finished(await carrier.exports.start(ExportStarter(SPACE), ExportWish(format=Format.MARKDOWN)))
        events = [json.loads(event.data) for event in await carrier.runs.read(run)]
        assert [event["sequence_number"] for event in events] == list(range(len(events)))
        assert events[0]["type"] == "export.started" and events[-1]["type"] == "export.completed"
        assert any(event["type"] == "export.progress" and event["of"] == 3 for event in events)
        assert events[-1]["export"]["conversations"] == 3
        file = await carrier.exports.made(SPACE, run.id)
        assert file.expires_at is not None
        with pytest.raises(RunNotFound):
            await carrier.exports.made("ben", run.id)
        await carrier.runs.delete(SPACE, run.id)
        assert await carrier.rows("files") == []
        await carrier.files.clear()
        assert await carrier.blobs.names() == []


async def test_several_documents_travel_in_a_zip_with_the_files_they_name(database: Database, tmp_path: Path) -> None:
    async with a_carrier(database, tmp_path) as carrier:
        file = await carrier.file("nota ção.txt", b"attached-words")
        part = {"type": "input_file", "file_id": f"file-{file.id}"}
        gone = {"type": "input_file", "file_id": f"file-{'0' * 32}"}
        first = await carrier.conversations.create(
            SPACE, b"{}", [message("see", "user", part, gone)], face=Face(title="../a/b: c?")
        )
        second = await carrier.talk("../a/b: c?", "hello")
        wish = ExportWish(format=Format.MARKDOWN, ids=(first.id, second), attachments=True)
        members = unzipped(await carrier.exported(wish))
        assert sorted(members) == sorted(["a b c.md", "a b c - 2.md", f"files/{file.id}/nota ção.txt", "files.json"])
        assert members[f"files/{file.id}/nota ção.txt"] == b"attached-words"
        [listed] = json.loads(members["files.json"])
        assert listed["id"] == f"file-{file.id}" and listed["sha256"] == file.sha256


@pytest.mark.attack("E5")
@pytest.mark.contract("C44")
async def test_pdf_shows_what_was_said_and_runs_nothing_of_it(tmp_path: Path) -> None:
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk('#panic("no") ' + "x" * 300, RICH, RICH.replace("#", "$"))
        made = await carrier.direct(id, Format.PDF)
        assert made.startswith(b"%PDF-1.7")
        # What is packed holds any three letters some time.
        objects = re.sub(rb"\bstream\r?\n.*?endstream", b"", made, flags=re.DOTALL)
        assert b"javascript" not in objects.lower() and b"/JS" not in objects and b"/Catalog" in objects
        word = docx.Document(io.BytesIO(await carrier.direct(id, Format.DOCX, language="pt")))
        text = "\n".join(paragraph.text for paragraph in word.paragraphs)
        assert '#eval("1+1")' in text and "😀 🚀" in text and "Você" in text and '#read("/etc/passwd")' in text
        assert [cell.text for cell in word.tables[0].rows[1].cells] == ["x", "$a^2$"]


async def test_a_document_names_the_assistant(tmp_path: Path) -> None:
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk("t", "hello", face=Face(title="t", settings=b'{"assistant":"asst_ana"}'))
        word = docx.Document(io.BytesIO(await carrier.direct(id, Format.DOCX, language="pt")))
        assert " · Assistente asst_ana · Exportada " in word.paragraphs[1].text
        assert '\nassistant: "asst_ana"\n' in (await carrier.direct(id, Format.MARKDOWN)).decode()


async def test_formulas_that_no_picture_can_be_made_of_cost_no_document(tmp_path: Path) -> None:
    odd = (r"${}$", r"$\\int_0^1 x^2 dx$", r"$\frac{1}$", "$$\n$$", r"$\undefined{x}$", r"$\\$")
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk("formulas", *[f"before {formula} after" for formula in odd])
        assert (await carrier.direct(id, Format.PDF)).startswith(b"%PDF-1.7")


async def test_a_long_conversation_is_set_in_volumes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from prosa.conversations.exporting import bundling, service, setting

    for module in (bundling, service, setting):
        monkeypatch.setattr(module, "ENTRIES", 3)
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk("long", *[f"word {number}" for number in range(8)])
        with pytest.raises(ExportTooLarge):
            await carrier.direct(id, Format.DOCX)
        members = unzipped(await carrier.exported(ExportWish(format=Format.DOCX, ids=(id,))))
        assert sorted(members) == ["long (1).docx", "long (2).docx", "long (3).docx"]


async def test_what_an_import_found_deleted_and_summaries_are_in_no_export(database: Database, tmp_path: Path) -> None:
    async with a_carrier(database, tmp_path) as carrier:
        id = await carrier.talk("t", "one", "hidden-words", "three")
        items = await carrier.conversations.items_of(SPACE, id)
        async with database.writing() as connection:
            from prosa.conversations.exporting.store import ITEMS

            await connection.execute(ITEMS.update().where(ITEMS.c.id == items[1].id).values(deleted_at=1))
        [conversation] = (await carrier.json(id))["conversations"]
        links = [(item["id"], item["parent"]) for item in conversation["items"]]
        assert links == [(items[0].id, None), (items[2].id, items[0].id)]
        assert b"hidden-words" not in await carrier.direct(id, Format.MARKDOWN)
        assert await ExportStore(database).size(SPACE, id) != (0, 0)


async def test_a_document_that_can_not_be_made_is_left_out_and_told(tmp_path: Path) -> None:
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as carrier:
        ids = tuple([await carrier.talk(title, "hello") for title in ("one", "two")])
        sources = Sources(ExportReading(database), carrier.files, Setter(Bounds(seconds=30.0, memory=1 << 20)))
        carrier.runs.kinds["export"] = ExportKind(sources, SystemClock())
        run = await carrier.finished(await carrier.exports.start(ExportStarter(SPACE), ExportWish(format=Format.PDF, ids=ids)))
        result = json.loads(run.result or "")
        assert run.state is RunState.COMPLETED and len(result["left_out"]) == 2 and "“one”" in result["left_out"][0]
        alone = await carrier.exports.start(ExportStarter(SPACE), ExportWish(format=Format.PDF, ids=ids[:1]))
        failed = await carrier.finished(alone)
        assert failed.state is RunState.FAILED and json.loads(failed.result or "")["error"]["code"] == "document_failed"
        with pytest.raises(ExportNotReady):
            await carrier.exports.made(SPACE, failed.id)


def test_of_too_many_pieces_the_source_is_shown() -> None:
    few, many = Blocks(5), Blocks()
    assert [block.kind for block in few.of("- a\n- b")] == ["code"] and [block.kind for block in many.of("- a\n- b")] == ["list"]
    assert few.of("* " * 50_000)[0].kind == "code"
