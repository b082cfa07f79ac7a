"""Objects of a file, in whatever layout; what is no such file is refused, and nothing is held that needn't be."""

import gzip
import json
import tracemalloc
from pathlib import Path

import pytest

from prosa.drivers.foreign import ForeignFile, documents

SOME: list[dict[str, object]] = [{"a": 'tex{t}"\\', "b": [1, {"c": "é😀"}]}, {"d": {}}, {"e": "\\\\"}]


def found(file: Path) -> list[object]:
    return [document.fields for document in documents(file)]


@pytest.mark.parametrize("indent", [None, 1, 4])
@pytest.mark.parametrize("array", [True, False])
def test_lines_arrays_and_pretty_ones_read_the_same(tmp_path: Path, indent: int | None, array: bool) -> None:
    texts = [json.dumps(one, indent=indent, ensure_ascii=bool(indent)) for one in SOME]
    text = "[" + ",\n".join(texts) + "]\n" if array else "\n".join(texts)
    file = tmp_path / "some.json"
    file.write_text("\ufeff" + text, encoding="utf-8")
    assert found(file) == SOME
    file.write_bytes(gzip.compress(text.encode()))
    assert found(file) == SOME


def test_borders_of_what_is_read_at_once_are_no_borders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "some.json"
    file.write_text("\n".join(json.dumps(one) for one in SOME))
    for size in range(1, 12):
        monkeypatch.setattr("prosa.drivers.foreign.json_stream._CHUNK", size)
        assert found(file) == SOME


def test_an_object_that_is_no_json_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    file = tmp_path / "some.json"
    file.write_bytes(b'{"a":1}\n{"b":tru}\n{"c":"\xff"}\n{"d":4}')
    assert found(file) == [{"a": 1}, None, None, {"d": 4}]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"PK\x03\x04 a zip", "no list of JSON objects"),
        (b'"text"', "no list of JSON objects"),
        (b'{"a":1}}', "no list of JSON objects"),
        (b'{"a":1', "cut off"),
        (b'{"a":"' + b"x" * 10, "cut off"),
        (b'{"a":' * 101, "nested deeper than 100"),
        (gzip.compress(b'{"a":1}' * 1000, mtime=0)[:40], "cut off"),
        (gzip.compress(b'{"a":1}' * 100_000, mtime=0)[:60] + b"\x00" * 40, "damaged|cut off"),
    ],
)
@pytest.mark.attack("L8")
def test_what_is_no_such_file_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    file = tmp_path / "some.json"
    file.write_bytes(content)
    with pytest.raises(ForeignFile, match=reason):
        found(file)
    with pytest.raises(ForeignFile):
        found(tmp_path / "nowhere")


@pytest.mark.attack("L8")
def test_a_bomb_is_read_in_bounded_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.drivers.foreign.json_stream.LONGEST", 1024 * 1024)
    file = tmp_path / "bomb.json.gz"
    with gzip.open(file, "wb", compresslevel=1) as packed:
        packed.write(b'{"a":"')
        for _ in range(40):
            packed.write(b"x" * 1024 * 1024)
    tracemalloc.start()
    with pytest.raises(ForeignFile, match="larger than"):
        found(file)
    assert tracemalloc.get_traced_memory()[1] < 8 * 1024 * 1024
    tracemalloc.stop()
