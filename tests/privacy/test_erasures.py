"""The list of erasures: only ever added to, whole after a fault, doubled where the operator wants it."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from prosa.privacy import ErasureList, ErasuresUnwritable
from prosa.privacy.erasures import line_of

ANA, BIA, CAIO = ("a" * 32, "b" * 32, "c" * 32)


def test_who_is_added_is_read_again_and_never_twice(tmp_path: Path) -> None:
    erasures = ErasureList(tmp_path / "data" / "erasures.jsonl")
    assert not erasures.read().found
    erasures.begin()
    assert erasures.read().found and not erasures.read().ids
    erasures.add([line_of(ANA, 1), line_of(BIA, 2_000_000, asked=True)])
    erasures.add([line_of(ANA, 3), line_of(BIA, 4)])
    erasures.add([line_of(ANA, 5, asked=True)])
    found = erasures.read()
    assert found.ids == found.asked == {ANA, BIA}
    text = (tmp_path / "data" / "erasures.jsonl").read_text()
    assert text.count("\n") == 4 and f'"{BIA}","at":"1970-01-01T00:00:02Z","asked":true' in text
    assert (tmp_path / "data" / "erasures.jsonl").stat().st_mode & 0o777 == 0o600


def test_a_line_that_was_cut_off_harms_no_other(tmp_path: Path) -> None:
    path = tmp_path / "erasures.jsonl"
    ErasureList(path).add([line_of(ANA, 1)])
    with path.open("ab") as file:
        file.write(b'{"id":"bbbb')
    ErasureList(path).add([line_of(CAIO, 1)])
    assert ErasureList(path).read().ids == {ANA, CAIO}


def test_the_copy_catches_up_when_it_can_be_written_again(tmp_path: Path) -> None:
    away = tmp_path / "away"
    away.write_text("no folder yet")
    erasures = ErasureList(tmp_path / "erasures.jsonl", away / "erasures.jsonl")
    erasures.add([line_of(ANA, 1)])
    failed = erasures.copy_failed
    assert failed
    away.unlink()
    erasures.add([line_of(BIA, 1)])
    assert not erasures.copy_failed
    assert ErasureList(away / "erasures.jsonl").read().ids == {ANA, BIA}


def test_who_loses_the_list_still_has_its_copy_and_those_of_others(tmp_path: Path) -> None:
    ErasureList(tmp_path / "one", tmp_path / "copy").add([line_of(ANA, 1)])
    ErasureList(tmp_path / "elsewhere").add([line_of(BIA, 1, asked=True)])
    (tmp_path / "one").unlink()
    found = ErasureList(tmp_path / "one", tmp_path / "copy").read(tmp_path / "elsewhere", tmp_path / "nowhere")
    assert found.ids == {ANA, BIA} and found.asked == {BIA} and found.found


def test_many_who_add_at_once_lose_nobody(tmp_path: Path) -> None:
    ids = [f"{number:032x}" for number in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda id: ErasureList(tmp_path / "list").add([line_of(id, 1)]), ids))
    assert ErasureList(tmp_path / "list").read().ids == set(ids)
    assert (tmp_path / "list").read_bytes().count(b"\n") == 41


def test_where_it_cannot_be_written_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ErasuresUnwritable):
        ErasureList(tmp_path / "file" / "erasures.jsonl").add([line_of(ANA, 1)])
    assert os.listdir(tmp_path) == ["file"]
