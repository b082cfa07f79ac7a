"""What a thread's tools get comes in three ways: with the thread, with a change of it, and beside messages."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.answers.assisting.resources import MOST_FILES, Code, GivenResources, InlineStore, Resources, Search, StaticChunking
from prosa.answers.assisting.saying import NewMessage
from prosa.answers.assisting.thread_errors import AttachedFileNotFound
from prosa.answers.responses import InvalidValue
from prosa.files import FileNotFound, FileService
from prosa.identity import Caller, Door
from prosa.kit.ids import derived_id, without_prefix
from prosa.usage import payer_of

if TYPE_CHECKING:
    from prosa.knowledge import Addition, Chunking, Maker, VectorStores

FILE: Final = "file-"
STORE: Final = "vs_"
LIFE: Final = 7
"""Days that a store which was made for a thread outlives its last use, as with the vendor."""
MOST_NAMED: Final = 1_000
"""Files that one request may name."""
_encode: Final = msgspec.json.Encoder().encode


class Attaching:
    """Looks that files and stores are the caller's, and makes what has to be made. Without `stores` there are none."""

    def __init__(self, files: FileService, stores: "VectorStores | None" = None) -> None:
        self._files = files
        self._stores = stores

    async def given(self, caller: Caller, given: GivenResources | None, place: tuple[str, str]) -> Resources:
        """What a new thread's tools get; `place`: the field in which the thread stands, and its id.

        Raises InvalidValue, AttachedFileNotFound, VectorStoreNotFound, and what making a store raises.
        """
        field, id = place
        if given is None:
            return Resources()
        field += "tool_resources"
        given.check(field)
        found = await self._named(caller, given, field)
        wish = given.file_search.vector_stores if given.file_search is not None else None
        if wish:
            found.file_search = Search([STORE + await self._made(caller, wish[0], field, id)])
        return found

    async def changed(self, caller: Caller, before: Resources, given: GivenResources) -> Resources:
        """What they get after a change; a tool that isn't named keeps what it has. Raises as `given`."""
        given.check(makes=False)
        found = await self._named(caller, given, "tool_resources")
        return Resources(
            found.code_interpreter if given.code_interpreter is not None else before.code_interpreter,
            found.file_search if given.file_search is not None else before.file_search,
        )

    async def attached(
        self, caller: Caller, before: Resources, messages: Sequence[NewMessage], place: tuple[str, str]
    ) -> Resources:
        """What they get with what is attached to messages: `place`: the field in which these stand, "" for one that is the request,
        and an id that tells a repeated request.

        Raises AttachedFileNotFound for whatever a message names, InvalidValue for more than a tool takes, VectorStoreQuotaExceeded.
        """
        field, id = place
        await self._check(caller, [named for index, each in enumerate(messages) for named in _files_of(each, field, index)])
        code = _joined(before.files, [file for each in messages for file in each.files_for("code_interpreter")])
        if len(code) > MOST_FILES and len(code) > len(before.files):
            raise InvalidValue(f"{field}.attachments".removeprefix("."), f"at most {MOST_FILES} files for the code interpreter")
        searched = list(dict.fromkeys(file for each in messages for file in each.files_for("file_search")))
        stores = await self._searchable(caller, before.stores, searched, id) if searched else before.stores
        return Resources(
            Code(code) if code else before.code_interpreter,
            Search(stores) if stores else before.file_search,
        )

    async def _named(self, caller: Caller, given: GivenResources, field: str) -> Resources:
        found = Resources()
        if given.code_interpreter is not None:
            files = given.code_interpreter.file_ids or []
            place = f"{field}.code_interpreter.file_ids"
            await self._check(caller, [(f"{place}[{index}]", each) for index, each in enumerate(files)])
            found.code_interpreter = Code(files)
        if given.file_search is not None:
            ids = given.file_search.vector_store_ids or []
            if ids and self._stores is not None:
                bare = [without_prefix(each, STORE) or "" for each in ids]
                await self._stores.named(caller.space, bare, f"{field}.file_search.vector_store_ids")
            found.file_search = Search(ids)
        return found

    async def _check(self, caller: Caller, named: Sequence[tuple[str, str]]) -> None:
        wanted = {file_id: place for place, file_id in reversed(named)}
        if len(wanted) > MOST_NAMED:
            raise InvalidValue(named[-1][0], f"at most {MOST_NAMED} files in one request")
        for file_id, place in wanted.items():
            try:
                await self._files.get(caller.space, without_prefix(file_id, FILE) or "")
            except FileNotFound:
                raise AttachedFileNotFound(file_id, place) from None

    async def _made(self, caller: Caller, wish: InlineStore, field: str, id: str) -> str:
        from prosa.knowledge import Chunking, NewStore

        if self._stores is None:
            raise InvalidValue(f"{field}.file_search.vector_stores", "no vector stores: this server has none")
        place = f"{field}.file_search.vector_stores[0].file_ids"
        await self._check(caller, [(f"{place}[{index}]", each) for index, each in enumerate(wish.file_ids or ())])
        chunking = Chunking()
        if isinstance(wish.chunking_strategy, StaticChunking):
            sizes = wish.chunking_strategy.static
            chunking = Chunking(sizes.max_chunk_size_tokens, sizes.chunk_overlap_tokens)
        new = NewStore(
            metadata=_encode(wish.metadata or {}), expires_days=LIFE, additions=_additions(wish.file_ids or (), chunking)
        )
        return (await self._stores.create(_maker(caller, "store of a thread", id), new)).id

    async def _searchable(self, caller: Caller, stores: list[str], files: Sequence[str], id: str) -> list[str]:
        """The thread's store with these files in it; a new one where it has none."""
        from prosa.knowledge import Chunking, NewStore

        if self._stores is None:
            return stores
        additions = _additions(files, Chunking())
        if stores:
            bare = without_prefix(stores[0], STORE) or ""
            await self._stores.files.add(_maker(caller, "files of messages", id), bare, additions, "attachments")
            return stores
        new = NewStore(expires_days=LIFE, additions=additions)
        return [STORE + (await self._stores.create(_maker(caller, "store of a thread", id), new)).id]


def _files_of(message: NewMessage, field: str, index: int) -> list[tuple[str, str]]:
    place = f"{field}[{index}]" if field else ""
    return [(f"{place}{name}".removeprefix("."), file_id) for name, file_id in message.files]


def _joined(before: Sequence[str], more: Sequence[str]) -> list[str]:
    return list(dict.fromkeys([*before, *more]))


def _additions(files: Sequence[str], chunking: "Chunking") -> "tuple[Addition, ...]":
    from prosa.knowledge import Addition

    return tuple(Addition(without_prefix(each, FILE) or "", chunking=chunking) for each in dict.fromkeys(files))


def _maker(caller: Caller, purpose: str, id: str) -> "Maker":
    from prosa.knowledge import Maker

    key = payer_of(caller, Door.OPENAI).key_id
    return Maker(caller.space, caller.account_id, caller.credential_id, key, derived_id(purpose, id))
