"""What a thread's tools get: files for the code interpreter, and a vector store for the file search."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.assistants import NewStore

FILE: Final = "file-"
STORE: Final = "vs_"
_MADE: Final = "made:"  # which the trigger on deleted conversations looks for


@dataclass(frozen=True, slots=True)
class Resources:
    """Stored ids; None: nothing was said of that tool. `made`: stores that were made for the thread, and go with it."""

    store_ids: tuple[str, ...] | None = None
    file_ids: tuple[str, ...] | None = None
    made: tuple[str, ...] = ()

    @staticmethod
    def of(kept: bytes | None) -> "Resources":
        """What a conversation keeps of them."""
        if kept is None:
            return Resources()
        found = _decode(kept)
        return Resources(
            None if found.file_search is None else tuple(_bare(found.file_search.vector_store_ids, STORE)),
            None if found.code_interpreter is None else tuple(_bare(found.code_interpreter.file_ids, FILE)),
            tuple(_bare(found.made, _MADE)),
        )

    def shown(self) -> bytes:
        """As JSON with the ids that the API shows."""
        return _encode(_Shown(self._code, self._search))

    def kept(self) -> bytes | None:
        """As a conversation keeps them, with the same ids, since what names a file is looked for by those; None for nothing."""
        kept = _Kept(self._code, self._search, [_MADE + id for id in self.made])
        return None if kept == _Kept() else _encode(kept)

    @property
    def _code(self) -> "_Code | None":
        return None if self.file_ids is None else _Code(self.files)

    @property
    def _search(self) -> "_Search | None":
        return None if self.store_ids is None else _Search(self.stores)

    @property
    def stores(self) -> list[str]:
        """Ids of stores as they are shown."""
        return [STORE + id for id in self.store_ids or ()]

    @property
    def files(self) -> list[str]:
        """Ids of files as they are shown."""
        return [FILE + id for id in self.file_ids or ()]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a thread's tools are to get; `store` is made for it, in place of `resources.store_ids`."""

    resources: Resources = field(default_factory=Resources)
    store: NewStore | None = None


NOTHING: Final = Wanted()


class _Code(msgspec.Struct):
    file_ids: list[str] = []


class _Search(msgspec.Struct):
    vector_store_ids: list[str] = []


class _Shown(msgspec.Struct, omit_defaults=True):
    code_interpreter: _Code | None = None
    file_search: _Search | None = None


class _Kept(_Shown, omit_defaults=True):
    made: list[str] = []


_decode: Final = msgspec.json.Decoder(_Kept).decode
_encode: Final = msgspec.json.Encoder().encode


def _bare(shown: list[str], prefix: str) -> list[str]:
    return [text.removeprefix(prefix) for text in shown]
