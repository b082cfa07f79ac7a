"""What a thread's tools get: files for the code interpreter, a vector store for the file search.

Source: `openai.types.beta.thread_create_params`, `thread_update_params` of the official SDK. Ids stand in it as they are shown.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Struct, UnsetType

from prosa.answers.responses import InvalidValue
from prosa.answers.responses.request import Metadata

MOST_FILES: Final = 20  # of the code interpreter
MOST_STORES: Final = 1
MOST_STORED: Final = 10_000  # files of a store that is made with a thread

Id = Annotated[str, Meta(min_length=1, max_length=256)]


class AutoChunking(Struct, tag="auto", tag_field="type", forbid_unknown_fields=True):
    """As the server finds it right."""


class Sizes(Struct, forbid_unknown_fields=True):
    """In tokens."""

    max_chunk_size_tokens: Annotated[int, Meta(ge=100, le=4096)]
    chunk_overlap_tokens: Annotated[int, Meta(ge=0, le=2048)]


class StaticChunking(Struct, tag="static", tag_field="type", forbid_unknown_fields=True):
    """Of these sizes."""

    static: Sizes


class InlineStore(Struct, forbid_unknown_fields=True):
    """A vector store that is made with the thread."""

    file_ids: Annotated[list[Id], Meta(max_length=MOST_STORED)] | None = None
    chunking_strategy: AutoChunking | StaticChunking | None = None
    metadata: Metadata | None = None


class CodeResources(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the code interpreter gets."""

    file_ids: Annotated[list[Id], Meta(max_length=MOST_FILES)] | None = None


class SearchResources(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """What the file search looks through."""

    vector_store_ids: Annotated[list[Id], Meta(max_length=MOST_STORES)] | None = None
    vector_stores: Annotated[list[InlineStore], Meta(max_length=MOST_STORES)] | None = None


class GivenResources(Struct, forbid_unknown_fields=True):
    """As a client sends them."""

    code_interpreter: CodeResources | None = None
    file_search: SearchResources | None = None

    def check(self, place: str = "tool_resources", *, makes: bool = True) -> None:
        """Raises InvalidValue for a store that is named and made at once, made where none can be, or cut into odd pieces."""
        search = self.file_search
        if search is None or not search.vector_stores:
            return
        field = f"{place}.file_search.vector_stores"
        if not makes or search.vector_store_ids:
            raise InvalidValue(
                field, "'vector_store_ids' alone" if not makes else "'vector_store_ids' or 'vector_stores', not both"
            )
        chunking = search.vector_stores[0].chunking_strategy
        if isinstance(chunking, StaticChunking):
            if chunking.static.chunk_overlap_tokens * 2 > chunking.static.max_chunk_size_tokens:
                raise InvalidValue(
                    f"{field}[0].chunking_strategy.static.chunk_overlap_tokens", "at most half of 'max_chunk_size_tokens'"
                )


class Code(Struct):
    """The code interpreter's files, as they are shown."""

    file_ids: list[str] = []


class Search(Struct):
    """The file search's stores, as they are shown."""

    vector_store_ids: list[str] = []


class Resources(Struct):
    """As a thread keeps and shows them. A tool of which nothing was said isn't in it."""

    code_interpreter: Code | UnsetType = msgspec.UNSET
    file_search: Search | UnsetType = msgspec.UNSET

    @staticmethod
    def of(stored: bytes | None) -> "Resources":
        """What a conversation keeps of them."""
        return _decode(stored or b"{}")

    def stored(self) -> bytes | None:
        """As a conversation keeps them."""
        text = _encode(self)
        return None if text == b"{}" else text

    @property
    def files(self) -> list[str]:
        """The code interpreter's files."""
        return self.code_interpreter.file_ids if isinstance(self.code_interpreter, Code) else []

    @property
    def stores(self) -> list[str]:
        """The file search's stores."""
        return self.file_search.vector_store_ids if isinstance(self.file_search, Search) else []


_decode: Final = msgspec.json.Decoder(Resources).decode
_encode: Final = msgspec.json.Encoder().encode
Tool = Literal["code_interpreter", "file_search"]
