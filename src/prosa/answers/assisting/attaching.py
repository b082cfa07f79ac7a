"""What a thread's tools get comes in three ways: with the thread, with a change of it, and beside messages."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from prosa.answers.assisting.resources import FILE, Resources, Wanted
from prosa.answers.assisting.saying import NewMessage
from prosa.answers.assisting.thread_errors import AttachedFileNotFound
from prosa.answers.responses import InvalidValue
from prosa.assistants import MOST_FILES
from prosa.files import FileNotFound, FileService
from prosa.identity import Caller, Door
from prosa.kit.ids import brought_id, derived_id
from prosa.usage import payer_of

if TYPE_CHECKING:
    from prosa.knowledge import Addition, Maker, VectorStores

LIFE: Final = 7
"""Days that a store which was made for a thread outlives its last use, as with the vendor."""
MOST_NAMED: Final = 1_000
"""Files that the messages of one request may name."""
_STORES: Final = "tool_resources.file_search.vector_store_ids"
_FILES: Final = "tool_resources.code_interpreter.file_ids"


class Attaching:
    """Looks that files and stores are the caller's, and makes what has to be made."""

    def __init__(self, files: FileService, stores: "VectorStores") -> None:
        self._files = files
        self._stores = stores

    async def wanted(self, caller: Caller, wanted: Wanted, place: tuple[str, str] = ("", "")) -> Resources:
        """What a thread's tools get; `place`: the field in which the thread stands, and for one that is made, its id.

        Raises AttachedFileNotFound, VectorStoreNotFound, and what making a store raises.
        """
        from prosa.knowledge import NewStore

        field, id = place
        found, store = wanted.resources, wanted.store
        named = [(f"{field}{_FILES}[{index}]", FILE + each) for index, each in enumerate(found.file_ids or ())]
        await self._check(caller, named)
        await self._stores.named(caller.space, found.store_ids or (), field + _STORES)
        if store is None:
            return found
        new = NewStore(
            store.name,
            metadata=store.metadata,
            expires_days=LIFE,
            additions=_additions(store.file_ids, (store.chunk_tokens, store.overlap_tokens)),
        )
        made = await self._stores.create(_maker(caller, "store of a thread", id), new)
        return replace(found, store_ids=(made.id,), made=(*found.made, made.id))

    async def attached(
        self, caller: Caller, before: Resources, messages: Sequence[NewMessage], place: tuple[str, str, str]
    ) -> Resources:
        """What they get with what is attached to messages. `place`: the field in which these stand, "" for one that is the
        request itself, the thread's id, and one that tells a repeated request.

        Raises AttachedFileNotFound for whatever a message names, InvalidValue for more than a tool takes, and what putting files
        into a store raises.
        """
        field, *ids = place
        await self._check(caller, [named for index, each in enumerate(messages) for named in _files_of(each, field, index)])
        held = before.file_ids or ()
        code = _bare((held, *(each.files_for("code_interpreter") for each in messages)))
        if len(code) > MOST_FILES and len(code) > len(held):
            param = f"{field}[0].attachments" if field else "attachments"
            raise InvalidValue(param, f"at most {MOST_FILES} files for the code interpreter in one thread")
        searched = _bare(each.files_for("file_search") for each in messages)
        after = replace(before, file_ids=code or before.file_ids)
        return await self._searchable(caller, after, searched, (ids[0], ids[1])) if searched else after

    async def _check(self, caller: Caller, named: Sequence[tuple[str, str]]) -> None:
        wanted = {file_id: place for place, file_id in reversed(named)}
        if len(wanted) > MOST_NAMED:
            raise InvalidValue(named[MOST_NAMED][0], f"at most {MOST_NAMED} files in one request")
        for file_id, place in wanted.items():
            try:
                await self._files.get(caller.space, brought_id(file_id, FILE) or "")
            except FileNotFound:
                raise AttachedFileNotFound(file_id, place) from None

    async def _searchable(self, caller: Caller, before: Resources, files: tuple[str, ...], place: tuple[str, str]) -> Resources:
        """With these files in the thread's store: a new one where it has none, or one that is over. `place`: the thread's id, and
        one that tells a repeated request."""
        from prosa.knowledge import NewStore

        thread_id, id = place
        held = before.store_ids or ()
        known = await self._stores.known(caller.space, held)
        usable = tuple(each for each in held if each in known and not known[each].expired(self._stores.now))
        after = replace(before, store_ids=usable)
        if not usable:  # of two that come at once, both make the same one
            maker = _maker(caller, "store of a thread's messages", f"{thread_id} {' '.join(held)}")
            made = (await self._stores.create(maker, NewStore(expires_days=LIFE))).id
            after = replace(before, store_ids=(made,), made=(*before.made, made))
        store = (after.store_ids or ())[0]
        await self._stores.files.add(_maker(caller, "files of messages", id), store, _additions(files), "attachments")
        return after


def _files_of(message: NewMessage, field: str, index: int) -> list[tuple[str, str]]:
    place = f"{field}[{index}]" if field else ""
    return [(f"{place}{name}".removeprefix("."), file_id) for name, file_id in message.files]


def _bare(ids: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each.removeprefix(FILE) for some in ids for each in some))


def _additions(files: Iterable[str], sizes: tuple[int, int] | None = None) -> "tuple[Addition, ...]":
    from prosa.knowledge import Addition, Chunking

    chunking = Chunking() if sizes is None else Chunking(*sizes)
    return tuple(Addition(each, chunking=chunking) for each in dict.fromkeys(files))


def _maker(caller: Caller, purpose: str, id: str) -> "Maker":
    from prosa.knowledge import Maker

    key = payer_of(caller, Door.OPENAI).key_id
    return Maker(caller.space, caller.account_id, caller.credential_id, key, derived_id(purpose, id))
