"""Threads: conversations, as the Assistants API has them.

A thread is a conversation, its messages are those of the chosen path, and a run is a run: nothing is stored twice. Threads and
messages are named by the ids that the API shows; those that came from elsewhere keep theirs, as second names.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import msgspec
from msgspec import UNSET, UnsetType

from prosa.answers.assisting.attaching import Attaching
from prosa.answers.assisting.messages import MESSAGE, RUN, THREAD, is_message
from prosa.answers.assisting.resource_request import ChangedResources, GivenResources, changed, wanted
from prosa.answers.assisting.resources import NOTHING, Resources, Wanted
from prosa.answers.assisting.saying import NewMessage, item_body
from prosa.answers.assisting.thread_errors import MessageNotFound, ThreadChanging, ThreadLocked, ThreadNotFound
from prosa.answers.models import ANSWER
from prosa.conversations import (
    Conversation,
    ConversationNotFound,
    ConversationService,
    Face,
    Item,
    ItemNotFound,
    MessagePage,
    MessageQuery,
    Threads,
)
from prosa.identity import Caller
from prosa.kit.ids import brought_id, derived_id, new_object_id, without_prefix
from prosa.runs import Engine, RunQuery

_LONGEST: Final = 256
_ATTEMPTS: Final = 10  # to change what others change at the same time
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class NewThread:
    """A thread to make; `id` tells a repeated request."""

    messages: Sequence[NewMessage] = ()
    metadata: dict[str, str] | None = None
    wanted: Wanted = NOTHING
    id: str | None = None


@dataclass(frozen=True, slots=True)
class ThreadEdit:
    """What is to be different; UNSET: it stays, None: it goes."""

    metadata: dict[str, str] | UnsetType | None = UNSET
    resources: ChangedResources | UnsetType | None = UNSET


@dataclass(frozen=True, slots=True)
class Thread:
    """A thread; `shown` is its id as it was asked for."""

    shown: str
    conversation: Conversation

    @property
    def id(self) -> str:
        """The stored id, of the conversation."""
        return self.conversation.id

    @property
    def resources(self) -> Resources:
        """What its tools get."""
        return Resources.of(self.conversation.face.tool_resources)


class ThreadService:
    """Threads of one caller at a time."""

    def __init__(self, conversations: ConversationService, threads: Threads, engine: Engine, attaching: Attaching) -> None:
        self._conversations = conversations
        self._threads = threads
        self._engine = engine
        self._attaching = attaching

    async def create(self, caller: Caller, new: NewThread, place: str = "") -> Thread:
        """Make a thread that begins with these messages; `place`: the field of the request in which it stands.

        Raises BadRequest of many kinds naming the field, AttachedFileNotFound, VectorStoreNotFound, VectorStoreQuotaExceeded,
        DatabaseUnavailable.
        """
        id = new.id or new_object_id()
        bodies = [item_body(each, f"{place}messages[{index}]") for index, each in enumerate(new.messages)]
        resources = await self._attaching.wanted(caller, new.wanted, (place, id))
        resources = await self._attaching.attached(caller, resources, new.messages, (f"{place}messages", id, id))
        face = Face(tool_resources=resources.kept())
        made = await self._conversations.create(caller.space, _encode(new.metadata or {}), bodies, id, face)
        return Thread(THREAD + made.id, made)

    async def get(self, space: str, shown: str) -> Thread:
        """One thread. Raises ThreadNotFound."""
        id = without_prefix(shown, THREAD) or await self._named(space, "thread", shown)
        try:
            return Thread(shown, await self._conversations.get(space, id or ""))
        except ConversationNotFound:
            raise ThreadNotFound(shown) from None

    async def change(self, caller: Caller, shown: str, edit: ThreadEdit) -> Thread:
        """Give it other metadata, or tools other resources. Raises ThreadNotFound, and as `create`."""
        metadata = None if isinstance(edit.metadata, UnsetType) else _encode(edit.metadata or {})
        for _ in range(_ATTEMPTS):
            found = await self.get(caller.space, shown)
            after = None if isinstance(edit.resources, UnsetType) else Resources(made=found.resources.made)
            if not isinstance(edit.resources, UnsetType) and edit.resources is not None:
                after = await self._attaching.wanted(caller, Wanted(changed(edit.resources, found.resources)))
            if (made := await self._changed(found, metadata, after)) is not None:
                return made
        raise ThreadChanging(shown)

    async def delete(self, space: str, shown: str) -> None:
        """Delete it for good, with its messages and its runs; an open run is cancelled first. Raises ThreadNotFound,
        ConversationBusy."""
        found = await self.get(space, shown)
        try:
            await self._conversations.delete(space, found.id, self._engine.delete)
        except ConversationNotFound:
            raise ThreadNotFound(shown) from None

    async def resources(self, caller: Caller, given: GivenResources | None, id: str) -> Resources | None:
        """What a run's tools get in the place of its assistant's; `id` tells a repeated request. Raises as `create`."""
        return None if given is None else await self._attaching.wanted(caller, wanted(given), ("", derived_id("of a run", id)))

    # Messages

    async def add(
        self, caller: Caller, thread: Thread, messages: Sequence[NewMessage], options: "AddOptions | None" = None
    ) -> list[Item]:
        """Add messages at the thread's end.

        Raises ThreadLocked while a run is at work in it (unless `options.locked`), BadRequest naming the field,
        AttachedFileNotFound, VectorStoreQuotaExceeded, ThreadNotFound.
        """
        chosen = options or AddOptions()
        thread, bodies = await self.taken(caller, thread, messages, chosen)
        try:
            return await self._conversations.add_items(caller.space, thread.id, bodies, chosen.first_id)
        except ConversationNotFound:  # deleted meanwhile
            raise ThreadNotFound(thread.shown) from None

    async def taken(
        self, caller: Caller, thread: Thread, messages: Sequence[NewMessage], chosen: "AddOptions"
    ) -> tuple[Thread, list[bytes]]:
        """The items that messages become, for a run to be given them, and the thread with what is attached to them. Raises as
        `add`."""
        bodies = [item_body(each, chosen.place_of(index)) for index, each in enumerate(messages)]
        if not chosen.locked:
            await self._check_lock(caller.space, thread)
        place = (chosen.field, thread.id, chosen.first_id or new_object_id())
        for _ in range(_ATTEMPTS):
            after = await self._attaching.attached(caller, thread.resources, messages, place)
            if after == thread.resources:
                return thread, bodies
            if (made := await self._changed(thread, None, after)) is not None:
                return made, bodies
            thread = await self.get(caller.space, thread.shown)
        raise ThreadChanging(thread.shown)

    async def page(self, space: str, thread: Thread, query: MessageQuery) -> MessagePage:
        """A page of a thread's messages; the query's ids are as they are shown. Raises ThreadNotFound, MessageNotFound."""
        after = await self._cursor(space, query.after)
        before = await self._cursor(space, query.before)
        run_id = None if query.run_id is None else brought_id(query.run_id, RUN) or ""
        try:
            found = await self._threads.page(space, thread.id, replace(query, after=after, before=before, run_id=run_id))
        except ConversationNotFound:
            raise ThreadNotFound(thread.shown) from None
        except ItemNotFound as error:
            named = query.before if error.param == "before" else query.after
            raise MessageNotFound(named or "", error.param) from None
        return MessagePage([item for item in found.items if is_message(item)], found.more)

    async def message(self, space: str, thread: Thread, shown: str) -> Item:
        """One message. Raises ThreadNotFound, MessageNotFound."""
        id = await self._cursor(space, shown)
        try:
            found = await self._threads.message(space, thread.id, id or "")
        except ConversationNotFound:
            raise ThreadNotFound(thread.shown) from None
        except ItemNotFound:
            raise MessageNotFound(shown) from None
        if not is_message(found):
            raise MessageNotFound(shown)
        return found

    async def note(self, space: str, thread: Thread, shown: str, metadata: dict[str, str]) -> Item:
        """Give a message other metadata. Raises ThreadNotFound, MessageNotFound."""
        found = await self.message(space, thread, shown)
        try:
            return await self._threads.note(space, thread.id, found.id, metadata)
        except (ItemNotFound, ConversationNotFound):  # deleted meanwhile
            raise MessageNotFound(shown) from None

    async def remove(self, space: str, thread: Thread, shown: str) -> None:
        """Delete a message for good; what followed it stays. Raises ThreadNotFound, MessageNotFound."""
        found = await self.message(space, thread, shown)
        try:
            await self._conversations.delete_item(space, thread.id, found.id)
        except (ItemNotFound, ConversationNotFound):
            raise MessageNotFound(shown) from None

    async def _changed(self, thread: Thread, metadata: bytes | None, after: Resources | None) -> Thread | None:
        """The thread with other metadata or resources; None where it has got others since it was read."""
        told = thread.conversation
        swap = None if after is None else (told.face.tool_resources, after.kept())
        try:
            made = await self._threads.change(told.space, told.id, metadata, swap)
        except ConversationNotFound:  # deleted meanwhile
            raise ThreadNotFound(thread.shown) from None
        return None if made is None else replace(thread, conversation=made)

    async def _check_lock(self, space: str, thread: Thread) -> None:
        query = RunQuery(kind=ANSWER, open_only=True, conversation_id=thread.id, limit=1, newest_first=False)
        for run in await self._engine.list(space, query):
            raise ThreadLocked(thread.shown, RUN + run.id)

    async def _cursor(self, space: str, shown: str | None) -> str | None:
        if shown is None:
            return None
        return without_prefix(shown, MESSAGE) or await self._named(space, "message", shown) or ""

    async def _named(self, space: str, kind: str, shown: str) -> str | None:
        if not shown.startswith(f"{kind}_" if kind == "thread" else MESSAGE) or len(shown) > _LONGEST:
            return None
        return await self._threads.named(space, kind, shown)


@dataclass(frozen=True, slots=True)
class AddOptions:
    """How messages are added: `first_id` tells a repeated request; `locked`: the caller has made sure that no run is at work;
    `field`: the list of the request in which they stand, "" for one that is the request itself."""

    first_id: str | None = None
    locked: bool = False
    field: str = ""

    def place_of(self, index: int) -> str:
        """The field of one of them."""
        return f"{self.field}[{index}]" if self.field else ""
