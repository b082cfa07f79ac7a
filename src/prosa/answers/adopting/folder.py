"""The folder that was saved: lists of objects as the vendor's API gave them, and the files' contents.

    assistants.jsonl  threads.jsonl  messages.jsonl  runs.jsonl  run_steps.jsonl  files.jsonl  files/<id>
    vector_stores.jsonl  vector_store_files.jsonl

Each list may be lines, a JSON list, or pages as the API answers them (`{"object": "list", "data": […]}`), packed or not; and
what belongs to a thread or a store may stand in one file for each: `messages/<thread id>.jsonl`.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

from prosa.drivers.foreign import ForeignFile, documents

Fields = dict[str, object]
_ENDINGS: Final = (".jsonl", ".json", ".ndjson")
_PACKED: Final = ".gz"
_NESTED: Final = {"messages": "thread_id", "runs": "thread_id", "run_steps": "run_id", "vector_store_files": "vector_store_id"}
_CONTENTS: Final = "files"
_ID: Final = re.compile(r"file-[0-9A-Za-z]{6,64}")


class Record(NamedTuple):
    """An object of a list, and where it stands. `fields` None: it can't be read, or nothing further of its file can, which `why`
    tells."""

    where: str
    fields: Fields | None
    why: str = "it is no JSON"


class Folder:
    """Read in bounded memory, believed nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._contents: dict[str, str] | None = None  # by id: names within the folder of contents

    def records(self, kind: str) -> Iterator[Record]:
        """Every object of a kind: "assistants", "messages", …"""
        for file in self._files(kind):
            parent = _stem(file.name) if file.parent != self._path else None
            try:
                for document in documents(file):
                    where = f"{file.relative_to(self._path)}, object {document.number}"
                    if document.fields is None:
                        yield Record(where, None)
                    for fields in _each(document.fields or {}):
                        if parent is not None:
                            fields.setdefault(_NESTED[kind], parent)
                        yield Record(where, fields)
            except ForeignFile as error:
                yield Record(str(file.relative_to(self._path)), None, f"{error.message} What came before was read.")

    def content(self, id: str, name: str, size: int | None) -> Path | None:
        """A file's content: `files/<id>`, with any ending; or by the file's own name, where it is as long as it was. No links."""
        if self._contents is None:
            self._contents = dict(self._saved())
        found = self._contents.get(id)
        if found is not None:
            return self._path / _CONTENTS / found
        own = self._path / _CONTENTS / name
        is_name = bool(name) and name not in (".", "..") and not set(name) & {"/", "\\", "\0"} and len(name.encode()) <= 255
        return own if is_name and size and _is_file(own) and own.stat().st_size == size else None

    def _files(self, kind: str) -> Iterator[Path]:
        for ending in _ENDINGS:
            for name in (kind + ending, kind + ending + _PACKED):
                if (self._path / name).is_file():
                    yield self._path / name
        folder = self._path / kind
        if kind in _NESTED and folder.is_dir():
            names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
            yield from (folder / name for name in names if name.removesuffix(_PACKED).endswith(_ENDINGS))

    def _saved(self) -> Iterator[tuple[str, str]]:
        folder = self._path / _CONTENTS
        if not folder.is_dir():
            return
        for entry in os.scandir(folder):
            found = _ID.match(entry.name)
            if found is not None and entry.name[found.end() :][:1] in ("", ".") and entry.is_file(follow_symlinks=False):
                yield found.group(), entry.name


def _is_file(path: Path) -> bool:
    return path.is_file() and not path.is_symlink()


def _stem(name: str) -> str:
    return name.split(".", 1)[0]


def _each(fields: Fields) -> Iterator[Fields]:
    """The object, or those of a page."""
    data = fields.get("data")
    if fields.get("object") == "list" and isinstance(data, list):
        for each in data:
            yield each if isinstance(each, dict) else {}
    elif fields:
        yield fields
