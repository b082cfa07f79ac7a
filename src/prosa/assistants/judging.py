"""Whether an assistant may be as somebody wants it: its model, its functions, its files and stores."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.assistants.errors import (
    AssistantFileNotFound,
    AssistantServerNotFound,
    FunctionNamedTwice,
    ServerNamedTwice,
    StoreNotFound,
)
from prosa.assistants.ports import AssistantParts
from prosa.assistants.shapes import Definition, FunctionTool, ServerTool
from prosa.files import FileNotFound
from prosa.gateway import CallKind, ModelCall, ModelNotFound, NoProvider
from prosa.identity import Caller

FILES: Final = "tool_resources.code_interpreter.file_ids"
STORES: Final = "tool_resources.file_search.vector_store_ids"


@dataclass(frozen=True, slots=True)
class Knowledge:
    """The stores and files of an assistant that are still there: names by stored ids."""

    stores: Mapping[str, str]
    files: Mapping[str, str]


class Judge:
    """Looks at what a definition has that the one before hadn't: what was there may be gone meanwhile, and stays."""

    def __init__(self, parts: AssistantParts) -> None:
        self._parts = parts

    async def check(self, caller: Caller, space: str, new: Definition, before: Definition | None = None) -> None:
        """Raises ModelNotFound for a model that isn't there, or that the caller's key may not name; FunctionNamedTwice;
        AssistantServerNotFound, ServerNamedTwice; StoreNotFound and AssistantFileNotFound for what isn't the caller's own in the
        space of the assistant's owner."""
        check_functions(new)
        self._check_servers(new, before)
        if before is None or new.model != before.model:
            await self.check_model(caller, new.model)
        # Who edits another's assistant can't put stores or files of their own into it: it is the owner's that its runs see.
        looked_in = space if caller.space == space else ""
        stores = _added(new.store_ids, before.store_ids if before else None)
        known = await self._stores(looked_in, stores)
        for id in stores:
            if id not in known:
                raise StoreNotFound(f"vs_{id}", STORES)
        for id in _added(new.file_ids, before.file_ids if before else None):
            try:
                await self._parts.files.get(looked_in, id)
            except FileNotFound:
                raise AssistantFileNotFound(f"file-{id}", FILES) from None

    async def check_model(self, caller: Caller, model: str) -> None:
        """Raises ModelNotFound; where nothing is configured yet, any name may stand."""
        gateway, call = self._parts.gateway, ModelCall(CallKind.CHAT, model, {}, allowed=caller.models)
        try:
            await gateway.plan(call)
        except NoProvider:
            return
        except ModelNotFound:
            await gateway.discover()  # a provider may have it since it was asked last
            await gateway.plan(call)

    def _check_servers(self, new: Definition, before: Definition | None) -> None:
        labels = _labels(new)
        for index, label in enumerate(labels):
            if label in labels[:index]:
                raise ServerNamedTwice(label)
        for label in _added(labels, _labels(before) if before is not None else None):
            if label not in self._parts.servers:
                raise AssistantServerNotFound(label)

    async def knowledge(self, space: str, definition: Definition) -> Knowledge:
        """What is left of the stores and files that an assistant was given."""
        files = {}
        for id in definition.file_ids or ():
            try:
                files[id] = (await self._parts.files.get(space, id)).filename
            except FileNotFound:
                continue
        return Knowledge(await self._stores(space, definition.store_ids or ()), files)

    async def _stores(self, space: str, ids: Collection[str]) -> Mapping[str, str]:
        if not ids or not space or self._parts.stores is None:
            return {}
        return await self._parts.stores.names(space, ids)


def without_lost(definition: Definition, knowledge: Knowledge) -> Definition:
    """The definition with what is left of its stores and files."""
    return msgspec.structs.replace(
        definition,
        store_ids=_kept(definition.store_ids, knowledge.stores),
        file_ids=_kept(definition.file_ids, knowledge.files),
    )


def check_functions(definition: Definition) -> None:
    """Raises FunctionNamedTwice."""
    seen = set[str]()
    for tool in definition.tools:
        if isinstance(tool, FunctionTool):
            if tool.function.name in seen:
                raise FunctionNamedTwice(tool.function.name)
            seen.add(tool.function.name)


def _labels(definition: Definition) -> list[str]:
    return [tool.server_label for tool in definition.tools if isinstance(tool, ServerTool)]


def _added(new: list[str] | None, before: list[str] | None) -> list[str]:
    there = set(before or ())
    return [id for id in new or () if id not in there]


def _kept(ids: list[str] | None, there: Mapping[str, str]) -> list[str] | None:
    return None if ids is None else [id for id in ids if id in there]
