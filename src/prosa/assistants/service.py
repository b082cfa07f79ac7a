"""Assistants: made, found, changed and deleted by who may."""

from collections.abc import Sequence
from dataclasses import replace

import msgspec

from prosa.assistants import store as rows
from prosa.assistants.copying import Copies
from prosa.assistants.desk import Desk, viewer_of
from prosa.assistants.errors import AssistantChanged, AssistantNotFound, KnowledgeUnavailable
from prosa.assistants.judging import Judge
from prosa.assistants.models import ASSISTANT, Assistant, Audience, Draft, Edit, Page, Query
from prosa.assistants.pictures import Pictures
from prosa.assistants.ports import AssistantParts
from prosa.assistants.shapes import Definition, FileSearchTool
from prosa.assistants.sharings import Sharings
from prosa.assistants.store import Viewer
from prosa.assistants.versions import Versions
from prosa.drivers.journal import RowRefused
from prosa.identity import OPERATOR, AccountNotFound, Caller
from prosa.kit.ids import derived_id, new_object_id


class AssistantService:
    """The verbs of assistants. Ids are those that the APIs show; what the caller may not use raises AssistantNotFound, as what
    isn't there does."""

    def __init__(self, parts: AssistantParts) -> None:
        self._parts = parts
        self._desk = Desk(parts)
        self.judge = Judge(parts)
        self.versions = Versions(self._desk, self.judge)
        self.sharings = Sharings(self._desk)
        self.pictures = Pictures(self._desk)
        self.copies = Copies(parts, self)

    async def usable(self, caller: Caller, id: str, param: str | None = None) -> Assistant:
        """An assistant that the caller may use now, in its newest version. Raises AssistantNotFound."""
        return await self._desk.usable(caller, id, param)

    async def still_usable(self, space: str, account_id: str | None, id: str) -> bool:
        """Whether they may use one now, where what they began goes on without them."""
        role = ""
        if account_id is not None:
            try:
                role = (await self._parts.accounts.get(OPERATOR, account_id)).role.value
            except AccountNotFound:
                return False
        return await self._desk.found(Viewer(space, account_id or "", role), id) is not None

    async def editable(self, caller: Caller, id: str) -> Assistant:
        """One that they may change. Raises AssistantNotFound, AssistantNotYours."""
        return await self._desk.editable(caller, id)

    async def pinned(self, id: str, version: int) -> Definition | None:
        """What a version of an assistant (by its stored id) said, for a run that began with it; None where it is kept no more."""
        found = await self._desk.store.version(id, version)
        return None if found is None else found.definition

    async def list(self, caller: Caller, query: Query) -> Page:
        """A part of what the caller may use."""
        return await self._desk.store.page(viewer_of(caller), query)

    async def holding(self, caller: Caller, space: str, store_id: str, most: int = 100) -> Sequence[Assistant]:
        """The assistants of a space that the caller may use and that this vector store (by its stored id) comes with."""
        return await self._desk.store.holding(viewer_of(caller), space, store_id, most)

    async def lent(self, caller: Caller, space: str, store_id: str) -> bool:
        """Whether an assistant of that space lets the caller search this store."""
        found = await self.holding(caller, space, store_id)
        return any(isinstance(tool, FileSearchTool) for each in found for tool in each.definition.tools)

    async def create(self, caller: Caller, draft: Draft) -> Assistant:
        """Make one. An id that was given tells a repeated request, which finds what it made before.

        Raises ModelNotFound, FunctionNamedTwice, StoreNotFound, AssistantFileNotFound, AssistantTooLarge, TooManyAssistants, and
        what making a store raises.
        """
        if draft.id is not None and (before := await self._made(caller, draft.id)) is not None:
            return before
        await self.judge.check(caller, caller.space, draft.definition)
        await self._desk.check_room(caller.space, draft.definition, more=1)
        now, id = self._parts.clock.now(), draft.id or new_object_id()
        definition = await self._with_store(caller, draft, id)
        made = Assistant(
            id=id,
            space=caller.space,
            definition=definition,
            version=1,
            state=1,
            audience=Audience.PRIVATE,
            created_at=now if draft.created_at is None else draft.created_at,
            updated_at=now,
            foreign=draft.foreign,
        )
        try:
            await self._desk.written(made, rows.creation(made, new_object_id()), "assistant.created")
        except RowRefused as error:
            if not error.constraint or (before := await self._made(caller, made.id)) is None:
                raise
            return before  # by the same request, at the same moment
        return await self._desk.usable(caller, ASSISTANT + made.id)

    async def change(self, caller: Caller, id: str, edit: Edit, if_state: int | None = None) -> Assistant:
        """Make another version of it, unless `edit` changes nothing.

        Raises AssistantNotFound, AssistantNotYours, AssistantChanged, and what `create` raises.
        """
        before = await self._desk.editable(caller, id)
        await self.judge.check(caller, before.space, edit(before.definition), before.definition)
        return await self._desk.edit(caller, id, edit, if_state)

    async def tried(self, caller: Caller, id: str, edit: Edit) -> Assistant:
        """One that they may change, as it would be with an edit that nobody saves. Raises what `change` raises."""
        before = await self._desk.editable(caller, id)
        definition = edit(before.definition)
        await self.judge.check(caller, before.space, definition, before.definition)
        return replace(before, definition=definition)

    async def delete(self, caller: Caller, id: str, if_state: int | None = None) -> None:
        """Delete it with all its versions. Raises AssistantNotFound, AssistantNotYours, AssistantChanged."""
        found = await self._desk.owned(caller, id)
        if if_state is not None and found.state != if_state:
            raise AssistantChanged
        if not await self._desk.written(found, rows.deletion(found.space, found.id), "assistant.deleted"):
            raise AssistantNotFound(id)
        await self.pictures.forget(found)

    async def _made(self, caller: Caller, id: str) -> Assistant | None:
        """What the caller made under this stored id."""
        found = await self._desk.store.get(viewer_of(caller), id)
        return found if found is not None and found.space == caller.space else None

    async def _with_store(self, caller: Caller, draft: Draft, id: str) -> Definition:
        if draft.store is None:
            return draft.definition
        if self._parts.stores is None:
            raise KnowledgeUnavailable
        wish = replace(draft.store, id=derived_id("store of an assistant", id))  # a repeated request finds it
        made = await self._parts.stores.make(caller, wish)
        return msgspec.structs.replace(draft.definition, store_ids=[made])
