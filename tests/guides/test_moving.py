"""The guides for who comes from the Assistants API: each block of code in them runs as it stands, one after the other."""

import asyncio
import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal
from tests.serving import serving

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
THREAD = "pathlib.Path('threads.txt').write_text(thread.id)\n"


def blocks(name: str) -> list[tuple[str, str]]:
    """Each block's language and code."""
    return [(found[1], found[2]) for found in BLOCK.finditer((GUIDES / name).read_text(encoding="utf-8"))]


async def ran(code: str, folder: Path, place: Path) -> str:
    """What the code prints beside a server over the data of `folder`, run in `place`."""
    async with serving(QUIET, folder) as base:
        told = code.replace("http://localhost:3000", base).replace("prosa_sk_…", "any")
        command = [sys.executable, "-W", "ignore", "-c", told]
        env = {"PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
        done = await asyncio.to_thread(subprocess.run, command, cwd=place, env=env, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    return str(done.stdout)


def ids_of(folder: Path, names: Sequence[str]) -> list[str]:
    return [(folder / "saved" / f"{name}.jsonl").read_text().split('"id":"')[1].split('"')[0] for name in names]


@pytest.mark.contract("A01")
def test_an_application_moves_in_with_what_it_saved(terminal: Terminal, tmp_path: Path) -> None:
    (change, saving, moving, going_on) = blocks("moving-from-assistants.md")
    assert [each[0] for each in (change, saving, moving, going_on)] == ["python", "python", "sh", "python"]
    place = tmp_path / "place"
    place.mkdir()
    first = "import pathlib\n" + change[1] + THREAD + "client.files.create(file=('a.txt', b'Burros.'), purpose='user_data')\n"
    printed = asyncio.run(ran(first + saving[1] + saving[1], tmp_path / "elsewhere", place))
    assert printed.startswith("completed ")
    thread, assistant = ids_of(place, ["threads", "assistants"])
    (place / "saved").rename(terminal.folder / "saved")
    for line in moving[1].splitlines():
        _, *words = line.split("#")[0].replace(" --owner ana@example.com", "").split()
        told = terminal.works(*words)
    for line in (
        "1  assistants added",
        "1  threads added",
        "2  messages added",
        "1  runs added",
        "1  files added",
        "6  records have",
    ):
        assert line in told, told
    begin = change[1].split("assistant = ")[0]
    code = begin + going_on[1].replace('"thread_…", "asst_…"', f'"{thread}", "{assistant}"')
    assert asyncio.run(ran(code, terminal.folder, place)).startswith("completed ")


@pytest.mark.contract("A01")
def test_an_application_moves_on_to_responses_call_by_call(tmp_path: Path) -> None:
    code = [each for language, each in blocks("moving-to-responses.md") if language == "python"]
    assert len(code) == 8
    printed = asyncio.run(ran("\n".join(code), tmp_path, tmp_path)).splitlines()
    assert len(printed) >= 4 and "clear" in "\n".join(printed) and "file_search_call" in printed[-1], printed
