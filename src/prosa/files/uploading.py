"""An upload: content first, durable under a name that nothing refers to, then the row that makes it a file."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from types import TracebackType
from typing import TYPE_CHECKING, Protocol

from prosa.drivers.blobs import Blob, Pieces
from prosa.files import pictures
from prosa.files.errors import FileEmpty, FileQuotaExceeded, FileRefused, FileTypeMismatch, ImageTooLarge
from prosa.files.models import BATCH_SECONDS, IMAGES, LONGEST_LIFE, SHORTEST_LIFE, UPLOADED, File, Purpose
from prosa.files.naming import cleaned
from prosa.files.types import HEAD, decide, is_text

if TYPE_CHECKING:
    from typing import Self


class Keeping(Protocol):
    """What an upload needs of the service."""

    async def store(self, space: str, pieces: Pieces) -> Blob:
        """Keep content, within the space's bounds."""
        ...

    async def discard(self, blob: Blob) -> None:
        """Remove content that no file will refer to."""
        ...

    async def register(self, space: str, received: "Received", wish: "Wish") -> File:
        """Make it a file."""
        ...


@dataclass(frozen=True, slots=True)
class Received:
    """Content that is kept, and what is known of it."""

    filename: str
    media_type: str
    blob: Blob
    size: pictures.Size | None = None  # of an image


@dataclass(frozen=True, slots=True)
class Wish:
    """What the file is for, how many seconds it lives (None: until it is deleted), under which id (None: a new one), since when
    it is there (in seconds since 1970; None: since now)."""

    purpose: Purpose
    seconds: int | None = None
    id: str | None = None
    created_at: float | None = None


class Upload:
    """`async with files.upload(space) as upload`: what isn't kept until the end leaves nothing behind."""

    def __init__(self, space: str, keeping: Keeping) -> None:
        self._space = space
        self._keeping = keeping
        self._received: Received | None = None
        self._kept = False

    async def __aenter__(self) -> "Self":
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._received is not None and not self._kept:
            await self._keeping.discard(self._received.blob)

    async def receive(self, name: str, declared: str | None, pieces: Pieces) -> None:
        """The content, as it streams in. `name` and `declared` type are the caller's word.

        Raises FileRefused, FileEmpty, FileTypeMismatch, ImageTooLarge, FileTooLarge, FileQuotaExceeded, StorageFull,
        StorageUnavailable.
        """
        if self._received is not None:
            raise FileRefused("There is more than one file in the request.", param="file")
        filename = cleaned(name)
        coming = aiter(pieces)
        head = await _head(coming)
        if not head:
            raise FileEmpty
        media_type = decide(head, filename, declared)
        head, size = await _measured(head, coming, media_type)
        pictures.check(size)
        blob = await self._keeping.store(self._space, _joined(head, coming))
        self._received = Received(filename, media_type, blob, size)

    def check(self, purpose: str | None, seconds: int | None = None) -> Wish:
        """Whether it may become a file of this purpose that lives for `seconds`, None for as long as its purpose says.

        Raises FileRefused for a purpose or a time that can't be, FileTypeMismatch.
        """
        if self._received is None:
            raise FileRefused("The request needs a file, in a part of the name `file`.", param="file")
        wanted = checked_purpose(purpose)
        if seconds is not None and not SHORTEST_LIFE <= seconds <= LONGEST_LIFE:
            expected = f"expected from {SHORTEST_LIFE} to {LONGEST_LIFE}"
            raise FileRefused(f"expires_after.seconds: {expected}.", param="expires_after.seconds")
        _check_kind(wanted, self._received.media_type)
        return Wish(wanted, BATCH_SECONDS if seconds is None and wanted is Purpose.BATCH else seconds)

    async def keep(self, purpose: str | None, seconds: int | None = None, id: str | None = None) -> File:
        """Make it a file. An id that is there already is a repetition, and the file of before is returned.

        Raises what `check` raises, FileQuotaExceeded, DatabaseUnavailable.
        """
        wish = replace(self.check(purpose, seconds), id=id)
        assert self._received is not None
        return await self._register(self._received, wish)

    async def keep_as(self, wish: Wish) -> File:
        """Make it a file as it was elsewhere. An id that its space has already is a repetition; nobody else may have it.

        Raises FileQuotaExceeded, DatabaseUnavailable.
        """
        assert self._received is not None
        return await self._register(self._received, wish)

    async def keep_picture(self, purpose: Purpose = Purpose.PICTURE) -> File:
        """Make it somebody's picture, or an assistant's. Raises FileTypeMismatch for what is none, ImageTooLarge."""
        received = self._received
        if received is None:
            raise FileEmpty
        if received.media_type not in IMAGES - {"image/gif"}:
            raise FileTypeMismatch(received.media_type, "image/png, image/jpeg or image/webp")
        pictures.check(received.size, pictures.SMALL_SIDE)
        return await self._register(received, Wish(purpose))

    async def _register(self, received: Received, wish: Wish) -> File:
        # From here on the row may be there, also where it fails: a commit that broke off may have happened. The sweep will know.
        self._kept = True
        try:
            file = await self._keeping.register(self._space, received, wish)
        except FileQuotaExceeded:
            self._kept = False
            raise
        self._kept = file.blob == received.blob.name
        return file


def checked_purpose(purpose: str | None) -> Purpose:
    """The purpose that a caller names. Raises FileRefused."""
    found = next((known for known in UPLOADED if known.value == purpose), None)
    if found is None:
        raise FileRefused(f"purpose: expected one of {', '.join(sorted(UPLOADED))}.", param="purpose")
    return found


def _check_kind(purpose: Purpose, media_type: str) -> None:
    if purpose is Purpose.VISION and media_type not in IMAGES:
        raise FileTypeMismatch(media_type, "an image (PNG, JPEG, GIF or WebP) for the purpose vision")
    if purpose in (Purpose.BATCH, Purpose.FINE_TUNE) and not is_text(media_type):
        raise FileTypeMismatch(media_type, f"lines of JSON for the purpose {purpose}")


async def _head(pieces: AsyncIterator[bytes], begin: bytes = b"", size: int = HEAD) -> bytes:
    """The first so many bytes and what came along with them, or the whole of something shorter."""
    head = bytearray(begin)
    while len(head) < size:
        piece = await anext(pieces, None)
        if piece is None:
            break
        head += piece
    return bytes(head)


async def _measured(head: bytes, rest: AsyncIterator[bytes], media_type: str) -> tuple[bytes, pictures.Size | None]:
    """As much more of the beginning as it takes to know how large an image is; and how large. Raises ImageTooLarge."""
    while True:
        try:
            return head, pictures.size_of(head, media_type)
        except pictures.Incomplete:
            if len(head) >= pictures.MOST_HEAD:
                raise ImageTooLarge("a size that its first megabyte doesn't tell", pictures.MOST_SIDE) from None
            more = await _head(rest, head, len(head) * 4)
            if len(more) == len(head):
                return head, None
            head = more


async def _joined(head: bytes, rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    yield head
    async for piece in rest:
        yield piece
