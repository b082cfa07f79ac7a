"""What a thread's tools get: files for the code interpreter, and a vector store for the file search."""

from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.assistants import NewStore

FILE: Final = "file-"
STORE: Final = "vs_"


@dataclass(frozen=True, slots=True)
class Resources:
    """Stored ids; None: nothing was said of that tool."""

    store_ids: tuple[str, ...] | None = None
    file_ids: tuple[str, ...] | None = None

    @staticmethod
    def of(kept: bytes | None) -> "Resources":
        """What a conversation keeps of them."""
        if kept is None:
            return Resources()
        found = _decode(kept)
        return Resources(
            None if found.file_search is None else tuple(_bare(found.file_search.vector_store_ids, STORE)),
            None if found.code_interpreter is None else tuple(_bare(found.code_interpreter.file_ids, FILE)),
        )

    def shown(self) -> bytes:
        """As JSON with the ids that the API shows; a conversation keeps it so, since what names a file is looked for by that."""
        return _encode(
            _Shown(
                None if self.file_ids is None else _Code([FILE + id for id in self.file_ids]),
                None if self.store_ids is None else _Search([STORE + id for id in self.store_ids]),
            )
        )

    @property
    def stores(self) -> list[str]:
        """Ids of stores as they are shown."""
        return [STORE + id for id in self.store_ids or ()]

    @property
    def files(self) -> list[str]:
        """Ids of files as they are shown."""
        return [FILE + id for id in self.file_ids or ()]

    def kept(self) -> bytes | None:
        """The same, or None where nothing was said."""
        return None if self.store_ids is None and self.file_ids is None else self.shown()


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


_decode: Final = msgspec.json.Decoder(_Shown).decode
_encode: Final = msgspec.json.Encoder().encode


def _bare(shown: list[str], prefix: str) -> list[str]:
    return [text.removeprefix(prefix) for text in shown]
