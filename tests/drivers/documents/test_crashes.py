"""A process that dies while it reads leaves nothing behind."""

import asyncio
import gc
import logging
import os
import signal
import tempfile
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import pytest

from prosa.drivers.documents import TooLarge, Unreadable, extract
from tests.drivers.documents.documents import XLSX, pieces, sheets

FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'


def children() -> set[int]:
    """Processes that we started and that are there, dead ones too."""
    found = set()
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError, ProcessLookupError):  # a thread that has just ended
            found |= {int(each) for each in (task / "children").read_text().split()}
    return found


def left() -> tuple[set[int], int, list[str]]:
    """Children, open files, temporary files (of ours: the reader can make none)."""
    gc.collect()
    return children(), len(os.listdir("/proc/self/fd")), os.listdir(tempfile.gettempdir())


async def killed(before: set[int]) -> None:
    """A document whose reader is killed while it listens."""

    async def told() -> AsyncIterator[bytes]:
        yield b"x" * 1_000
        for child in children() - before:
            os.kill(child, signal.SIGKILL)
        await asyncio.sleep(0)
        yield b"y" * 1_000

    with pytest.raises(Unreadable):
        await extract("a.txt", "text/plain", told())


async def aborted() -> None:
    """One whose reader asks for more memory than there is."""
    with pytest.raises(TooLarge):
        await extract("a.xlsx", XLSX, pieces(sheets(cells=FAR)))


async def crashed(times: int) -> None:
    """Nothing is left, but for what the first time left open for good."""
    before = children()
    await aborted()
    first = left()
    for number in range(times):
        await (killed(before) if number % 2 else aborted())
    for _ in range(100):
        if left() == first:
            break
        await asyncio.sleep(0.05)
    assert left() == first and first[0] == before


@pytest.fixture
def quiet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    """Temporary files of our own, and no line for each of a thousand deaths."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    caplog.set_level(logging.ERROR, "prosa.children")


@pytest.mark.attack("F14")
@pytest.mark.usefixtures("quiet")
async def test_a_reader_that_crashes_leaves_nothing_behind() -> None:
    await crashed(6)
