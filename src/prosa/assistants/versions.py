"""Versions of an assistant: listed, compared, brought back, for who may edit it."""

import asyncio
import difflib
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.assistants.desk import Desk
from prosa.assistants.errors import VersionNotFound
from prosa.assistants.judging import Judge
from prosa.assistants.models import Assistant, Version
from prosa.assistants.shapes import Definition
from prosa.assistants.store import Line
from prosa.identity import Caller

_FAR: Final = 2**62
_MOST_LINES: Final = 2_000  # of one text: beyond, comparing takes the server too long


@dataclass(frozen=True, slots=True)
class Difference:
    """Two versions, and the lines in which their instructions differ as a unified diff; None where they are the same, or too long
    to be compared."""

    old: Version
    new: Version
    instructions: str | None


class Versions:
    """What `edit` wrote, one version each."""

    def __init__(self, desk: Desk, judge: Judge) -> None:
        self._desk = desk
        self._judge = judge

    async def list(self, caller: Caller, id: str, limit: int, before: int | None = None) -> tuple[list[Line], int | None]:
        """A page of them, newest first, and the number before which the next one begins.

        Raises AssistantNotFound, AssistantNotYours.
        """
        found = await self._desk.editable(caller, id)
        lines = await self._desk.store.versions(found.id, _FAR if before is None else before, limit + 1)
        return lines[:limit], lines[limit - 1].number if len(lines) > limit else None

    async def get(self, caller: Caller, id: str, number: int) -> Version:
        """One version. Raises AssistantNotFound, AssistantNotYours, VersionNotFound."""
        return await self._get((await self._desk.editable(caller, id)).id, number)

    async def difference(self, caller: Caller, id: str, number: int, since: int | None = None) -> Difference:
        """What a version changed since another one, by default the one before it; nothing where that is kept no more.

        Raises AssistantNotFound, AssistantNotYours, VersionNotFound.
        """
        found = await self._desk.editable(caller, id)
        new = await self._get(found.id, number)
        if since is None:
            old = await self._desk.store.version(found.id, number - 1) or new
        else:
            old = await self._get(found.id, since, "since")
        before, after = old.definition.instructions or "", new.definition.instructions or ""
        return Difference(old, new, await asyncio.to_thread(_lines, before, after))

    async def restore(self, caller: Caller, id: str, number: int, if_state: int | None = None) -> Assistant:
        """Make a former version the newest one. Who edits another's assistant brings no files and stores back into it.

        Raises AssistantNotFound, AssistantNotYours, VersionNotFound, AssistantChanged, ModelNotFound.
        """
        before = await self._desk.editable(caller, id)
        former = (await self._get(before.id, number)).definition
        if former.model != before.definition.model:
            await self._judge.check_model(caller, former.model)

        def back(now: Definition) -> Definition:
            if caller.space == before.space:
                return former
            return msgspec.structs.replace(former, store_ids=now.store_ids, file_ids=now.file_ids)

        return await self._desk.edit(caller, id, back, if_state, number)

    async def _get(self, id: str, number: int, param: str | None = None) -> Version:
        found = await self._desk.store.version(id, number)
        if found is None:
            raise VersionNotFound(param)
        return found


def _lines(before: str, after: str) -> str | None:
    old, new = before.splitlines(), after.splitlines()
    if old == new or max(len(old), len(new)) > _MOST_LINES:
        return None
    return "\n".join(difflib.unified_diff(old, new, lineterm="", n=2))
