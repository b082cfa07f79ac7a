"""A file is content that a caller brought, under an id; the content lies in a blob, whose name nobody outside learns."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Final

from prosa.drivers.blobs import Blob, Blobs, Pieces, begun
from prosa.drivers.sql import Database
from prosa.files import due_store
from prosa.files.carrying import Carried, Carrying
from prosa.files.errors import MB, FileDamaged, FileNotFound, FileQuotaExceeded, FileTooLarge, InputTooLarge
from prosa.files.inputs import FileInputs
from prosa.files.models import HIDDEN, File, FilePage, FileQuery, Purpose
from prosa.files.settings import FileSettings
from prosa.files.uploading import Received, Upload, Wish
from prosa.kit.clock import Clock
from prosa.kit.ids import new_object_id

if TYPE_CHECKING:
    import msgspec

    from prosa.files.store import FileStore

_PURPOSES: Final = frozenset(purpose.value for purpose in Purpose)
Leaving = Callable[[str, str], Awaitable[None]]
"""What others do when a file, of a space and an id, was deleted here: what they read out of it goes with it."""
UNCLAIMED: Final = 86_400.0  # seconds after which content without a row is nobody's: no upload takes that long


class FileService:
    """Keeps files by space. The database, and the library for it, are not touched before the first use."""

    def __init__(self, database: Database, blobs: Blobs, settings: FileSettings, clock: Clock) -> None:
        self._database = database
        self._blobs = blobs
        self._settings = settings
        self._clock = clock
        self._opened: FileStore | None = None
        self.leaving: list[Leaving] = []
        self._carrying = Carrying(settings)
        self._coming: dict[str, int] = {}  # bytes of a space that are on their way into this process

    @property
    def settings(self) -> FileSettings:
        """Sizes and counts."""
        return self._settings

    def adjust(self, settings: FileSettings) -> None:
        """Go on with other bounds of what is kept; those of what calls carry stay as they were at the start."""
        self._settings = settings

    def upload(self, space: str) -> Upload:
        """A new file, to be filled and kept; see Upload."""
        return Upload(space, self)

    async def get(self, space: str, file_id: str, param: str | None = None) -> File:
        """One file. Raises FileNotFound."""
        file = await (await self._store()).get(space, file_id, self._clock.now())
        if file is None or file.purpose in HIDDEN:
            raise FileNotFound(param)
        return file

    async def several(self, space: str, ids: Sequence[str], param: str | None = None) -> Sequence[File]:
        """Files by their ids, each once. Raises FileNotFound where one of them isn't there."""
        found = await (await self._store()).several(space, ids, self._clock.now())
        if len(found) < len(set(ids)):
            raise FileNotFound(param)
        return found

    async def list(self, space: str, query: FileQuery) -> FilePage:
        """A part of the space's files. Raises FileNotFound where `query.after` is none of them."""
        store = await self._store()
        if query.purpose is not None and query.purpose not in _PURPOSES:
            return FilePage((), more=False)
        after = None if query.after is None else await self.get(space, query.after, "after")
        found = await store.page(space, query, after, self._clock.now())
        return FilePage(tuple(found[: query.limit]), len(found) > query.limit)

    async def delete(self, space: str, file_id: str) -> None:
        """Delete a file; its content is gone when this returns, or with the keeper's next look. Raises FileNotFound."""
        await self.get(space, file_id)
        store = await self._store()
        blob = await store.remove(space, file_id)
        if blob is None:
            raise FileNotFound
        for told in self.leaving:
            await told(space, file_id)
        await self._clear(store, [blob])

    async def content(self, file: File, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The content, or a part of it. Whole content is held against its hash before its last piece is given.

        Raises FileDamaged, StorageUnavailable.
        """
        if start or length is not None:
            async for piece in self._blobs.read(file.blob, start, file.bytes - start if length is None else length):
                yield piece
            return
        digest, size, last = hashlib.sha256(), 0, b""
        async for piece in self._blobs.read(file.blob):
            if last:
                yield last
            await asyncio.to_thread(digest.update, piece)
            size, last = size + len(piece), piece
        if size != file.bytes or digest.hexdigest() != file.sha256:
            raise FileDamaged
        yield last

    def carry(self, space: str) -> Carried:
        """What a call will hold of files: `load` adds to it, and who asks the model keeps it as long as the call lasts."""
        return Carried(self._carrying, space)

    async def load(self, carried: Carried, file_id: str, most: int | None = None, param: str | None = None) -> tuple[File, bytes]:
        """A file with all its content, for a model: at most `most` bytes, by default as much as one call may carry.

        Raises FileNotFound, InputTooLarge, TooManyFileInputs, FileDamaged, StorageUnavailable.
        """
        file = await self.get(carried.space, file_id, param)
        if file.bytes > (self._settings.input_bytes if most is None else most):
            raise InputTooLarge(self._settings.input_bytes, param)
        carried.add(file.bytes)
        return file, b"".join([piece async for piece in self.content(file)])

    async def inlined(self, carried: Carried, messages: "msgspec.Raw") -> "msgspec.Raw":
        """Messages of a chat call with every file that they name by its id put in its place; see FileInputs."""
        return await FileInputs(self, carried, self._settings.input_bytes).inlined(messages)

    # What prosa keeps for itself: files like others, but in no list and behind no id of their own API.

    async def kept(self, space: str, purpose: Purpose, file_id: str) -> File:
        """A file of one of the HIDDEN purposes. Raises FileNotFound."""
        file = await (await self._store()).get(space, file_id, self._clock.now())
        if file is None or file.purpose is not purpose:
            raise FileNotFound
        return file

    async def keep(self, space: str, named: tuple[str, str], pieces: Pieces, wish: Wish) -> File:
        """Store what the server itself makes or is lent, `named` by file name and type, within the space's bounds.

        An id in the wish that is there already is a repetition, and the file of before is returned. Raises what `store` and
        `register` raise, and what `pieces` raise.
        """
        received = Received(*named, await self.store(space, pieces))
        try:
            file = await self.register(space, received, wish)
        except FileQuotaExceeded:
            await self.discard(received.blob)
            raise
        if file.blob != received.blob.name:
            await self.discard(received.blob)
        return file

    async def remove_kept(self, space: str, purpose: Purpose, file_id: str) -> None:
        """Delete one of them. Raises FileNotFound."""
        file = await self.kept(space, purpose, file_id)
        store = await self._store()
        blob = await store.remove(space, file.id)
        if blob is not None:
            await self._clear(store, [blob])

    # Pictures of accounts likewise.

    async def picture(self, space: str) -> File | None:
        """The space's picture, where there is one."""
        found = await (await self._store()).of_purpose(space, Purpose.PICTURE, self._clock.now())
        return max(found, key=lambda file: (file.created_at, file.id), default=None)

    async def remove_pictures(self, space: str, but: str | None = None) -> int:
        """Delete the space's pictures, all or all `but` one; how many."""
        store = await self._store()
        found = await store.of_purpose(space, Purpose.PICTURE, self._clock.now())
        blobs = [await store.remove(space, file.id) for file in found if file.id != but]
        gone = [blob for blob in blobs if blob is not None]
        await self._clear(store, gone)
        return len(gone)

    # What an upload needs; see Keeping

    async def store(self, space: str, pieces: Pieces) -> Blob:
        """Keep content that is to become a file. Raises FileTooLarge, FileQuotaExceeded, and what Blobs.put raises."""
        files, held = await (await self._store()).held(space)
        if files >= self._settings.space_files:
            raise self._too_many()
        return await self._blobs.put(self._bounded(space, held, pieces))

    async def discard(self, blob: Blob) -> None:
        """Remove content that became none."""
        await asyncio.shield(self._blobs.delete([blob.name]))

    async def register(self, space: str, received: Received, wish: Wish) -> File:
        """The row that makes content a file; see Upload.keep."""
        store = await self._store()
        file = self._new(space, received, wish)
        settings = self._settings
        found = await store.add(file, (settings.space_files, settings.space_bytes))
        if found is None:
            files, _ = await store.held(space)
            raise self._too_many() if files >= settings.space_files else self._too_much()
        return found

    def _new(self, space: str, received: Received, wish: Wish) -> File:
        now, blob = self._clock.now(), received.blob
        return File(
            id=wish.id or new_object_id(),
            space=space,
            filename=received.filename,
            purpose=wish.purpose,
            media_type=received.media_type,
            bytes=blob.bytes,
            sha256=blob.sha256,
            blob=blob.name,
            created_at=now if wish.created_at is None else wish.created_at,
            expires_at=None if wish.seconds is None else float(int(now) + wish.seconds),
        )

    async def _bounded(self, space: str, held: int, pieces: Pieces) -> AsyncIterator[bytes]:
        """The same pieces as long as file and space stay within their bounds, together with what else is coming in."""
        size = 0
        try:
            async for piece in pieces:
                size += len(piece)
                coming = self._coming[space] = self._coming.get(space, 0) + len(piece)
                if size > self._settings.file_bytes:
                    raise FileTooLarge(self._settings.file_bytes)
                if held + coming > self._settings.space_bytes:
                    raise self._too_much()
                yield piece
        finally:
            left = self._coming.get(space, 0) - size
            if left > 0:
                self._coming[space] = left
            else:
                self._coming.pop(space, None)

    def _too_many(self) -> FileQuotaExceeded:
        return FileQuotaExceeded(f"there are {self._settings.space_files} already")

    def _too_much(self) -> FileQuotaExceeded:
        return FileQuotaExceeded(f"all together may have {self._settings.space_bytes // MB} MB")

    # What the keeper calls

    async def due(self) -> bool:
        """Whether there is something to expire or to clear."""
        return await due_store.ended(self._database, self._clock.now()) or await due_store.gone(self._database)

    async def expire(self) -> int:
        """Delete files whose time is over; how many."""
        found = 0
        while await due_store.ended(self._database, self._clock.now()):
            count = await (await self._store()).expire(self._clock.now())
            if not count:  # another process does it
                break
            found += count
        return found

    async def clear(self) -> int:
        """Remove the content of files that were deleted, whoever did it; how many."""
        found = 0
        while await due_store.gone(self._database):
            store = await self._store()
            blobs = await store.gone()
            await self._clear(store, blobs)
            found += len(blobs)
        return found

    async def sweep(self, grace: float = UNCLAIMED) -> int:
        """Remove content that never became a file: a server died between the two. How much; `grace` in seconds.

        Only what was begun since the oldest file: what is older may belong to a database that was lost and is to be brought back.
        """
        since, before = await due_store.oldest(self._database), self._clock.now() - grace
        await self._blobs.tidy(before)
        if since is None:
            return 0
        old = [name for name in await self._blobs.names() if since <= begun(name) < before]
        lost = await (await self._store()).without_row(old) if old else []
        await self._blobs.delete(lost)
        return len(lost)

    async def _clear(self, store: "FileStore", blobs: Sequence[str]) -> None:
        await self._blobs.delete(blobs)
        await store.removed(blobs)

    async def _store(self) -> "FileStore":
        if self._opened is None:
            await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
            from prosa.files.store import FileStore

            self._opened = FileStore(self._database)
        return self._opened
