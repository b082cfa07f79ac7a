"""The picture of an assistant: a file that its owner's space keeps, behind no id of the files' API."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Final

from prosa.assistants import store as rows
from prosa.assistants.desk import Desk
from prosa.assistants.errors import AssistantChanged
from prosa.assistants.models import Assistant
from prosa.files import File, FileNotFound, Purpose
from prosa.identity import Caller
from prosa.kit.ids import new_object_id

MOST_BYTES: Final = 1024 * 1024
_TRIES: Final = 64


class Pictures:
    """Set by who may edit the assistant, seen by who may use it."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def get(self, caller: Caller, id: str) -> File | None:
        """The picture, where there is one. Raises AssistantNotFound."""
        return await self.of(await self._desk.usable(caller, id))

    async def of(self, assistant: Assistant) -> File | None:
        """The same of an assistant that was found already."""
        if assistant.picture is None:
            return None
        try:
            return await self._desk.parts.files.kept(assistant.space, Purpose.ASSISTANT_PICTURE, assistant.picture)
        except FileNotFound:
            return None

    def content(self, file: File, start: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """Its bytes, or a part of them."""
        return self._desk.parts.files.content(file, start, length)

    async def put(self, caller: Caller, id: str, declared: str, pieces: AsyncIterator[bytes]) -> Assistant:
        """Set it: PNG, JPEG or WebP, which its content decides.

        Raises AssistantNotFound, AssistantNotYours, AssistantChanged, and what an upload raises.
        """
        found = await self._desk.editable(caller, id)
        async with self._desk.parts.files.upload(found.space) as upload:
            await upload.receive("picture", declared, pieces)
            file = await upload.keep_picture(Purpose.ASSISTANT_PICTURE)
        try:
            return await self._set(caller, id, file.id)
        except BaseException:
            await self._remove(found.space, file.id)
            raise

    async def remove(self, caller: Caller, id: str) -> Assistant:
        """Have none. Raises AssistantNotFound, AssistantNotYours, AssistantChanged."""
        return await self._set(caller, id, None)

    async def copy(self, caller: Caller, source: Assistant, target: Assistant) -> Assistant:
        """Give an assistant of the caller's own the picture of another one."""
        file = await self.of(source)
        return target if file is None else await self.put(caller, target.shown, file.media_type, self.content(file))

    async def forget(self, assistant: Assistant) -> None:
        """The assistant is gone, and so is its picture."""
        await self._remove(assistant.space, assistant.picture)

    async def _set(self, caller: Caller, id: str, picture: str | None) -> Assistant:
        for _ in range(_TRIES):
            before = await self._desk.editable(caller, id)
            after = replace(self._desk.touched(before), picture=picture)
            if await self._desk.written(after, (rows.picturing(after, new_object_id()),)):
                await self._remove(before.space, before.picture)
                return await self._desk.usable(caller, id)
        raise AssistantChanged

    async def _remove(self, space: str, picture: str | None) -> None:
        if picture is not None:
            try:
                await self._desk.parts.files.remove_kept(space, Purpose.ASSISTANT_PICTURE, picture)
            except FileNotFound:
                return  # somebody else was there at the same moment
