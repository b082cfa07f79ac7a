"""What every verb of assistants begins and ends with: who may, and one writer at a time."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from prosa.assistants import store as rows
from prosa.assistants.errors import AssistantChanged, AssistantNotFound, AssistantNotYours, AssistantTooLarge, TooManyAssistants
from prosa.assistants.models import ASSISTANT, Assistant, Edit, Right
from prosa.assistants.ports import AssistantParts
from prosa.assistants.shapes import Definition
from prosa.assistants.store import AssistantStore, Viewer
from prosa.drivers.journal import Part
from prosa.identity import Caller
from prosa.kit.ids import new_object_id, without_prefix

MOST: Final = 2_000
"""Assistants of a space."""
MOST_VERSIONS: Final = 100
"""Versions that are kept of an assistant."""
MOST_BYTES: Final = 1024 * 1024  # of one definition
MOST_HELD: Final = 256 * 1024 * 1024  # of all versions of a space
_LONGEST_ID: Final = 256
_TRIES: Final = 64  # each time somebody else was faster


class Desk:
    """Finding and writing for one caller at a time."""

    def __init__(self, parts: AssistantParts) -> None:
        self.parts = parts
        self.store = AssistantStore(parts.database)

    async def usable(self, caller: Caller, id: str, param: str | None = None) -> Assistant:
        """One that the caller may use, by its id as it is shown. Raises AssistantNotFound."""
        found = await self.found(viewer_of(caller), id)
        if found is None:
            raise AssistantNotFound(id, param)
        return found

    async def found(self, viewer: Viewer, id: str) -> Assistant | None:
        """One that whoever looks may use, by its id as it is shown."""
        found = None
        bare = without_prefix(id, ASSISTANT)
        if bare is not None:
            found = await self.store.get(viewer, bare)
        if found is None and 0 < len(id) <= _LONGEST_ID and id.isprintable():
            found = await self.store.by_foreign(viewer, id)
        return found

    async def editable(self, caller: Caller, id: str) -> Assistant:
        """One that the caller may change. Raises AssistantNotFound, AssistantNotYours."""
        found = await self.usable(caller, id)
        if found.right is Right.USE:
            raise AssistantNotYours(edits=False)
        return found

    async def owned(self, caller: Caller, id: str) -> Assistant:
        """One of the caller's own. Raises AssistantNotFound, AssistantNotYours."""
        found = await self.usable(caller, id)
        if found.right is not Right.OWN:
            raise AssistantNotYours(edits=found.right is Right.EDIT)
        return found

    async def edit(self, caller: Caller, id: str, change: Edit, if_state: int | None, restores: int | None = None) -> Assistant:
        """Another definition, by whoever may edit; where it is the same as before, nothing is written.

        Raises AssistantNotFound, AssistantNotYours, AssistantTooLarge, TooManyAssistants; AssistantChanged where it isn't of that
        state any more, or others write without end.
        """
        for _ in range(_TRIES):
            before = await self.editable(caller, id)
            if if_state is not None and before.state != if_state:
                raise AssistantChanged
            definition = change(before.definition)
            if definition.stored() == before.definition.stored():
                return before
            await self.check_room(before.space, definition)
            after = replace(self.touched(before), definition=definition, version=before.version + 1)
            if await self.written(after, rows.redefinition(after, new_object_id(), caller.space, restores, MOST_VERSIONS)):
                return await self.usable(caller, id)
        raise AssistantChanged

    def touched(self, assistant: Assistant) -> Assistant:
        """The same, as of its next state."""
        return replace(assistant, state=assistant.state + 1, updated_at=self.parts.clock.now())

    async def written(self, after: Assistant, parts: Sequence[Part], type: str = "assistant.updated") -> bool:
        """Whether these rows were written: False where somebody was faster. Those who own it hear of it."""
        count, *_ = await self.parts.journal.append_all((*parts, *self._news(after, type)))
        if count and self.parts.feed is not None:
            self.parts.feed.published(after.space)
        return bool(count)

    def _news(self, after: Assistant, type: str) -> tuple[Part, ...]:
        if self.parts.feed is None:
            return ()
        data = None if type == "assistant.deleted" else msgspec.json.encode({"version": after.state})
        return (self.parts.feed.part(after.space, type, after.shown, data, self.parts.clock.now()),)

    async def check_room(self, space: str, definition: Definition, more: int = 0) -> None:
        """Raises AssistantTooLarge; TooManyAssistants where the space can't hold it, or `more` assistants than it has."""
        size = len(definition.stored())
        if size > MOST_BYTES:
            raise AssistantTooLarge(MOST_BYTES)
        count, held = await self.store.held(space)
        if count + more > MOST:
            raise TooManyAssistants(f"{MOST} of them")
        if held + size > MOST_HELD:
            raise TooManyAssistants(f"{MOST_HELD // 1024 // 1024} MB of them, with their versions,")


def viewer_of(caller: Caller) -> Viewer:
    """The caller as one who looks."""
    return Viewer(caller.space, caller.account_id or "", caller.role.value if caller.role is not None else "")
