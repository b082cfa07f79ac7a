"""What an export gives out: one file, or a zip with one for each conversation and the files that they name."""

import logging
import re
import unicodedata
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.conversations.errors import ConversationNotFound
from prosa.conversations.exporting.document import END, beginning, conversation
from prosa.conversations.exporting.errors import DocumentFailed
from prosa.conversations.exporting.markdown import markdown
from prosa.conversations.exporting.models import ZIP, ExportWish, Format, Shelf, Told
from prosa.conversations.exporting.reading import ExportReading
from prosa.conversations.exporting.setting import CHARACTERS, ENTRIES, Reader, Setter, volumes
from prosa.conversations.exporting.speech import file_ids
from prosa.conversations.exporting.zipping import Zip
from prosa.files import File, FileNotFound, FileService
from prosa.kit.errors import ProsaError
from prosa.kit.ids import brought_id

_logger = logging.getLogger("prosa.exports")
FILE: Final = "file-"
MANIFEST: Final = "files.json"
CONVERSATIONS: Final = "conversations.json"
_UNFIT: Final = re.compile(r'[\x00-\x1f\x7f-\x9f<>:"/\\|?*\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]+')
_LONGEST: Final = 80  # characters of a title in a file's name
_RESERVED: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)  # names of devices on Windows
_MOST_TOLD: Final = 50  # things left out that are told of


@dataclass(slots=True)
class Tally:
    """What an export has done so far. `told` is called after each conversation."""

    told: Callable[[], None] = lambda: None
    done: int = 0
    files: int = 0
    left_out: list[str] = field(default_factory=list)

    def leave_out(self, what: str) -> None:
        """Note something that isn't in it."""
        if len(self.left_out) < _MOST_TOLD:
            self.left_out.append(what)


@dataclass(frozen=True, slots=True)
class Sources:
    """What bundles are made of."""

    reading: ExportReading
    files: FileService
    setter: Setter


class Bundle:
    """One export of one space: its name, its type, and its content as it is made."""

    def __init__(self, sources: Sources, space: str, wish: ExportWish, reader: Reader, tally: Tally | None = None) -> None:
        self._sources = sources
        self._space = space
        self._wish = wish
        self._reader = reader
        self.tally = tally or Tally()
        self._named: dict[str, File | None] = {}  # the files that conversations name, by their shown ids
        self._used: set[str] = set()
        self._plain: bool | None = None

    async def name(self, ids: Sequence[str]) -> tuple[str, str]:
        """The file's name and type. Raises ConversationNotFound for the one that is asked for."""
        form = self._wish.format
        if not await self._is_plain(ids):
            return f"prosa-{self._day()}.zip", ZIP
        if len(ids) == 1:
            shelf = await self._sources.reading.shelf(self._space, ids[0])
            return title_name(shelf) + form.ending, form.media_type
        return f"prosa-{self._day()}.json", form.media_type

    async def pieces(self, ids: Sequence[str]) -> AsyncIterator[bytes]:
        """The content. Raises DocumentFailed where it is one document, StorageUnavailable, DatabaseUnavailable."""
        if await self._is_plain(ids):
            content = self._json(ids) if self._wish.format is Format.JSON else self._document(ids[0])
        else:
            content = self._zip(ids)
        async for piece in content:
            yield piece

    async def _is_plain(self, ids: Sequence[str]) -> bool:
        """Whether it is one file by itself; looked at once, so that the name and the content agree."""
        if self._plain is None:
            self._plain = await self._looks_plain(ids)
        return self._plain

    async def _looks_plain(self, ids: Sequence[str]) -> bool:
        if self._wish.attachments:
            return False
        if self._wish.format is Format.JSON:
            return True
        if len(ids) != 1:
            return False
        if self._wish.format is Format.MARKDOWN:
            return True
        count, characters = await self._sources.reading.size(self._space, ids[0])
        if count > ENTRIES or characters > CHARACTERS:
            return False
        shelf = await self._sources.reading.shelf(self._space, ids[0])
        return len([each async for each in volumes(self._path(shelf), self._reader.language)]) == 1

    def _day(self) -> str:
        from datetime import datetime

        return datetime.fromtimestamp(self._reader.now, self._reader.zone).strftime("%Y-%m-%d")

    async def _shelves(self, ids: Sequence[str]) -> AsyncIterator[Shelf]:
        """The conversations, one after the other; one that was deleted meanwhile is left out."""
        for id in ids:
            try:
                shelf = await self._sources.reading.shelf(self._space, id)
            except ConversationNotFound:
                self.tally.leave_out(f"conv_{id}: it was deleted meanwhile")
                continue
            yield shelf
            self.tally.done += 1
            self.tally.told()

    async def _json(self, ids: Sequence[str]) -> AsyncIterator[bytes]:
        yield beginning(self._reader.now)
        first = True
        async for shelf in self._shelves(ids):
            if not first:
                yield b",\n"
            first = False
            async for piece in conversation(shelf, self._items(shelf)):
                yield piece
        yield END

    async def _document(self, id: str) -> AsyncIterator[bytes]:
        shelf = await self._sources.reading.shelf(self._space, id)
        begun = False
        async for _, content in self._documents(shelf):
            if begun:  # it grew meanwhile
                raise DocumentFailed(shelf.title or "")
            begun = True
            async for piece in content:
                yield piece
        self.tally.done += 1

    async def _zip(self, ids: Sequence[str]) -> AsyncIterator[bytes]:
        made = Zip(self._reader.now)
        if self._wish.format is Format.JSON:
            async for piece in made.member(CONVERSATIONS, self._json(ids)):
                yield piece
        else:
            async for shelf in self._shelves(ids):
                try:
                    async for name, content in self._documents(shelf):
                        async for piece in made.member(name, content):
                            yield piece
                except DocumentFailed as error:
                    self.tally.leave_out(error.message)
        if self._wish.attachments:
            async for piece in self._attachments(made):
                yield piece
        yield made.end()

    async def _documents(self, shelf: Shelf) -> AsyncIterator[tuple[str, AsyncIterator[bytes]]]:
        """The conversation in its one file, or several."""
        form, reader = self._wish.format, self._reader
        path = self._path(shelf)
        if form is Format.MARKDOWN:
            yield self._unused(title_name(shelf), form.ending), markdown(shelf, path, reader.language, reader.zone)
            return
        async for volume in volumes(path, reader.language):
            made = await self._sources.setter.document(shelf, volume, form, reader)
            number = f" ({volume.number})" if volume.number else ""
            yield self._unused(title_name(shelf) + number, form.ending), _once(made)

    async def _items(self, shelf: Shelf) -> AsyncIterator[list[Told]]:
        async for some in self._sources.reading.items(self._space, shelf.id):
            await self._note(some)
            yield some

    async def _path(self, shelf: Shelf) -> AsyncIterator[list[Told]]:
        async for some in self._sources.reading.path(self._space, shelf):
            await self._note(some)
            yield some

    async def _note(self, some: Sequence[Told]) -> None:
        """Remember which files are named."""
        if self._wish.attachments:
            for told in some:
                self._named.update((id, None) for id in file_ids(told) if id not in self._named)

    async def _attachments(self, made: Zip) -> AsyncIterator[bytes]:
        manifest = []
        for shown in self._named:
            try:
                file = await self._sources.files.get(self._space, brought_id(shown, FILE) or "")
            except FileNotFound:
                self.tally.leave_out(f"{shown[:60]}: there is no such file any more")
                continue
            path = f"files/{file.id}/{fit(file.filename)}"
            try:
                async for piece in made.member(path, self._sources.files.content(file), file.media_type, file.bytes):
                    yield piece
            except ProsaError as error:
                # What was begun can't be taken back: the whole zip goes.
                _logger.warning("a file could not be exported: %s", error.code)
                raise
            manifest.append(_listed(shown, path, file))
            self.tally.files += 1
        async for piece in made.member(MANIFEST, _once(msgspec.json.encode(manifest))):
            yield piece

    def _unused(self, name: str, ending: str) -> str:
        """A member's name that no other has, whatever the case of its letters."""
        tried, number = name, 1
        while (tried + ending).casefold() in self._used:
            number += 1
            tried = f"{name} - {number}"
        self._used.add((tried + ending).casefold())
        return tried + ending


def title_name(shelf: Shelf) -> str:
    """A file's name, without its ending, for a conversation."""
    return fit((shelf.title or "").strip()[:_LONGEST]) if (shelf.title or "").strip() else f"conversation-{shelf.id[:8]}"


def fit(name: str) -> str:
    """What every system takes for a file's name."""
    kept = _UNFIT.sub(" ", unicodedata.normalize("NFC", name))
    kept = " ".join(kept.split()).strip(" .")
    return f"_{kept}" if not kept or _RESERVED.match(kept) else kept


def _listed(shown: str, path: str, file: File) -> dict[str, object]:
    return {
        "id": shown,
        "path": path,
        "name": file.filename,
        "media_type": file.media_type,
        "bytes": file.bytes,
        "sha256": file.sha256,
    }


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
