"""Each bound of an import by itself, past those that would refuse the same a step before or after."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prosa.conversations.importing import archive as archives
from prosa.conversations.importing import reading
from prosa.conversations.importing import uploaded as uploads
from prosa.conversations.importing.identities import Identities
from prosa.conversations.importing.models import Draft, DraftItem, Fault, Frame, Refusal
from prosa.conversations.importing.planting import MANY, Soil, planted
from prosa.conversations.importing.reading import frames
from tests.conversations.carrier import Carrier, a_carrier, zipped
from tests.conversations.importing import exports_of_others as others
from tests.databases import a_database

CHATS = json.dumps(others.claude()).encode()


@pytest.fixture
async def carrier(tmp_path: Path) -> AsyncIterator[Carrier]:
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as made:
        yield made


async def code_of(carrier: Carrier, data: bytes) -> str:
    """The code with which a file is refused."""
    report = await carrier.imported(data)
    assert report["error"] is not None and await carrier.rows("conversations") == []
    return str(report["error"]["code"])


@pytest.mark.attack("L8")
async def test_a_zip_as_a_whole_and_its_list_of_files_are_bounded(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    padded = zipped({"conversations.json": CHATS, "padding.txt": b"x" * 100_000})
    listed = zipped({"conversations.json": CHATS, "files.json": json.dumps([{"id": "a", "path": "b"}] * 9).encode()})
    monkeypatch.setattr(uploads, "_MANIFEST_BYTES", 100)
    assert await code_of(carrier, listed) == "import_too_large"
    monkeypatch.setattr(archives, "MOST_UNPACKED", 90_000)
    assert await code_of(carrier, padded) == "import_too_large"


def read(value: object) -> list[Frame]:
    """What a document becomes."""
    return list(frames([json.dumps(value).encode()]))


@pytest.mark.attack("F4")
def test_conversations_and_the_messages_of_one_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    one = others.claude()[0]
    monkeypatch.setattr(reading, "MOST_CONVERSATIONS", 1)
    assert isinstance(read([one])[-1], Refusal) is False
    last = read([one, one])[-1]
    assert isinstance(last, Refusal) and last.too_large
    monkeypatch.setattr(reading, "MOST_ITEMS_EACH", 1)
    assert isinstance(read([one])[0], Fault)


def test_what_comes_by_and_by_is_hidden_and_no_moment_lies_ahead() -> None:
    now, ahead = 1_700_000_000_000_000, 4_000_000_000_000_000
    soil = Soil(Identities("ana", "d"), {}, now)
    items = [DraftItem(str(number), None, b'{"type":"message"}', ahead) for number in range(MANY + 1)]
    few = Draft("", "prosa", "a", created_at=ahead, updated_at=ahead, pinned_at=ahead, items=items[:1])
    conversation, _, rows = planted(few, soil)
    assert conversation.deleted_at is None
    assert conversation.created_at == conversation.updated_at == conversation.pinned_at == now / 1e6
    assert all(now in row and ahead not in row for _, row in rows)
    conversation, front, _ = planted(Draft("", "prosa", "a", items=items), soil)
    assert conversation.deleted_at == now / 1e6 and front[0][1][-1] == now
