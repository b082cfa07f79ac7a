"""Files that mean harm: refused with a clear word, in bounded memory, with nothing written."""

import io
import json
import resource
import struct
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from prosa.conversations.importing import Importer
from prosa.conversations.importing import archive as archives
from tests.conversations.carrier import SPACE, Carrier, a_carrier, pieces, zipped
from tests.conversations.importing import exports_of_others as others
from tests.databases import a_database

CHATS = json.dumps(others.claude()).encode()


@pytest.fixture
async def carrier(tmp_path: Path) -> AsyncIterator[Carrier]:
    async with a_database("sqlite") as database, a_carrier(database, tmp_path) as made:
        yield made


async def refused(carrier: Carrier, data: bytes) -> str:
    """The code with which a file is refused; nothing is written then."""
    report = await carrier.imported(data)
    assert report["error"] is not None and report["written"] == 0
    assert await carrier.rows("conversations") == [] and await carrier.rows("items") == []
    assert [row for row in await carrier.rows("files") if "user_data" in row] == []
    return str(report["error"]["code"])


def lying(data: bytes, members: int, length: int) -> bytes:
    """A zip whose end tells of another list."""
    place = data.rfind(b"PK\x05\x06")
    return data[: place + 8] + struct.pack("<2HI", members, members, length) + data[place + 16 :]


def overlapping(count: int) -> bytes:
    """A zip whose members are all the same piece of it."""
    made = zipped({"conversations.json": CHATS})
    place = made.rfind(b"PK\x05\x06")
    start = struct.unpack_from("<I", made, place + 16)[0]
    entry = made[start:place]
    listed = entry * count
    end = struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, count, count, len(listed), start, 0)
    return made[:start] + listed + end


def encrypted() -> bytes:
    """A zip that says that its member is."""
    made = bytearray(zipped({"conversations.json": CHATS}))
    made[6] |= 1
    place = made.rfind(b"PK\x01\x02")
    made[place + 8] |= 1
    return bytes(made)


@pytest.mark.attack("L8", "F4")
async def test_zips_that_become_far_more_than_they_are(carrier: Carrier, monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = zipped({"conversations.json": b'[{"a":"' + b"x" * (64 << 20) + b'"}]'})
    assert len(bomb) < 1 << 18
    assert await refused(carrier, bomb) == "import_too_large"
    assert await refused(carrier, overlapping(500)) == "import_unreadable"
    assert await refused(carrier, lying(zipped({"conversations.json": CHATS}), 60_000, 46)) == "import_too_large"
    assert await refused(carrier, lying(zipped({"conversations.json": CHATS}), 1, 1 << 30)) == "import_too_large"
    monkeypatch.setattr(archives, "MOST_MEMBERS", 50)
    many = zipped([(f"files/{number}.json", b"") for number in range(60)])
    assert await refused(carrier, many) == "import_too_large"


@pytest.mark.attack("L8")
@pytest.mark.parametrize(
    "data",
    [
        encrypted(),
        zipped({"conversations.json": CHATS})[:-40],
        zipped({"conversations.json": CHATS})[:30] + b"\0" * 40 + zipped({"conversations.json": CHATS})[70:],
        zipped({"readme.txt": b"x"}),
        zipped({"conversations.json": CHATS}, zipfile.ZIP_BZIP2),
        zipped({"conversations.json": zipped({"conversations.json": CHATS})}),
        b"PK\x03\x04",
        b"PK\x05\x06" + b"\0" * 18,
        b"[1]",
    ],
)
async def test_what_is_damaged_or_of_another_kind(carrier: Carrier, data: bytes) -> None:
    assert await refused(carrier, data) == "import_unreadable"


@pytest.mark.attack("F1", "F4")
async def test_names_in_a_zip_are_only_names(carrier: Carrier) -> None:
    part = {"type": "input_file", "file_id": "file-x"}
    message = {"type": "message", "role": "user", "content": [part]}
    own = {"format": "prosa.conversations", "version": 1, "conversations": [{"items": [{"id": "a", "item": message}]}]}
    listed = [{"id": "file-x", "path": "../../etc/passwd", "name": "../../../etc/cron.d/evil.txt"}]
    members = {
        "conversations.json": json.dumps(own).encode(),
        "files.json": json.dumps(listed).encode(),
        "../../etc/passwd": b"mine",
    }
    report = await carrier.imported(zipped(members))
    assert (report["written"], report["files"]) == (1, 1)
    from prosa.files import FileQuery

    [file] = (await carrier.files.list(SPACE, FileQuery())).files
    assert file.filename == "evil.txt" and b"".join([piece async for piece in carrier.files.content(file)]) == b"mine"


@pytest.mark.slow
@pytest.mark.attack("L8", "F4")
@pytest.mark.parametrize("count", [6_000_000, pytest.param(10_000_000, marks=pytest.mark.faults)])
async def test_millions_of_items_cost_no_memory_here(carrier: Carrier, count: int) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    async def coming() -> AsyncIterator[bytes]:
        yield b'[{"mapping":{"a":{}'
        for _ in range(count // 100_000):
            yield b',"":{}' * 100_000
        yield b"}}," + CHATS[1:]

    importer = Importer(SPACE)
    file = await carrier.imports.keep(importer, "many.json", coming())
    run = await carrier.finished(await carrier.imports.start(importer, file, dry_run=False))
    report = json.loads(run.result or "")
    assert (report["problem_count"], report["written"]) == (1, 2)
    assert "larger than" in report["problems"][0]["reason"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 << 10
    endless = b"[" + b"{}," * 200_000 + b"{}]"
    assert (await carrier.imported(endless))["error"]["code"] == "import_too_large"


async def test_a_zip_is_read_where_it_lies(carrier: Carrier) -> None:
    large = zipped({"a/conversations-000.json": CHATS, "a/conversations-001.json": CHATS, "filler": b"\0" * 3_000_000}, 0)
    report = await carrier.imported(large)
    assert report["written"] == 4
    assert io.BytesIO(large).read(2) == b"PK"
    assert [piece async for piece in pieces(b"")] == []
