"""An export of the original's DynamoDB table: the same exchanges as of its file."""

import gzip
import json
from pathlib import Path

import pytest

from prosa.drivers.sql import Database
from prosa.interactions import ForeignFile, InteractionStatus, import_table
from prosa.interactions.store import InteractionStore

ASKED = {
    "interaction_id": {"S": "id-1"},
    "user_id": {"S": "ana"},
    "prompt": {"S": "Olá"},
    "timestamp": {"S": "2026-01-15T10:30:00.123456+00:00"},
    "trace_id": {"S": ""},
    "response": {"S": "Oi"},
    "model": {"S": "google/gemini-2.5-flash"},
    "tokens": {"S": "12"},
    "latency_ms": {"N": "340"},
}
FAILED = {**ASKED, "interaction_id": {"S": "id-2"}, "response": {"NULL": True}, "model": {"S": "error"}, "error": {"S": "boom"}}
BROKEN = {"interaction_id": {"S": "id-3"}}


@pytest.mark.contract("S32")
@pytest.mark.parametrize("form", ["lines", "packed", "scan"])
async def test_items_are_taken_over_in_every_form(tmp_path: Path, database: Database, form: str) -> None:
    file = tmp_path / "table.json"
    items = [ASKED, FAILED, BROKEN]
    text = (
        json.dumps({"Items": items, "Count": 3}, indent=4)
        if form == "scan"
        else "\n".join(json.dumps({"Item": one}) for one in items)
    )
    file.write_bytes(gzip.compress(text.encode()) if form == "packed" else text.encode())
    report = await import_table(file, "settings-1", database)
    assert (report.found, report.imported, report.refused, report.failed, report.users) == (3, 2, 1, 1, 1)
    again = await import_table(file, "settings-1", database)
    assert (again.imported, again.present) == (0, 2)
    found = [item for item, _ in await InteractionStore(database).newest("settings-1", "ana", 10, None)]
    assert {item.id: item.status for item in found} == {"id-1": InteractionStatus.COMPLETED, "id-2": InteractionStatus.FAILED}
    first = next(item for item in found if item.id == "id-1")
    assert (first.tokens, first.latency_ms, first.response, first.prompt) == (12, 340, "Oi", "Olá")


@pytest.mark.attack("L8")
@pytest.mark.parametrize("content", [b"", b"[]", b"no json", b'{"Item":'])
async def test_what_is_no_export_is_refused(tmp_path: Path, database: Database, content: bytes) -> None:
    file = tmp_path / "table.json"
    file.write_bytes(content)
    with pytest.raises(ForeignFile):
        await import_table(file, "settings-1", database)
