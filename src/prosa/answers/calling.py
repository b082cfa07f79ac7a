"""The server's own tools within one answer: a call is in the log before it is made, and its result before the model hears it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.parts import AnswerParts
from prosa.answers.responses import ResponseRequest, Scribe, ToolCall
from prosa.answers.tools import Tool, ToolContext, ToolResult, attempt
from prosa.runs import Drive

Waiting = Sequence[tuple[int, ToolCall]]
_NOT_OFFERED: Final = ToolResult("Error: there is no such tool.", failed=True)
_TOO_MANY: Final = ToolResult("Error: not called, because no more tool calls are allowed in this answer.", failed=True)


@dataclass(frozen=True, slots=True)
class Offer:
    """A tool of the server that a request asks for, with what it says of it."""

    tool: Tool
    options: dict[str, object]


class OwnTools:
    """The server's own tools that one request asks for, and their calls."""

    def __init__(self, parts: AnswerParts, drive: Drive, scribe: Scribe, request: ResponseRequest) -> None:
        self._parts = parts
        self._drive = drive
        self._scribe = scribe
        self._offers = {offer.tool.name: offer for offer in offers(parts.tools, request)}
        self._only = request.choice.only
        most = parts.settings.tool_calls
        self._most = min(most, request.max_tool_calls) if request.max_tool_calls is not None else most

    @property
    def used_up(self) -> bool:
        """Whether no further call is allowed."""
        return len(self._scribe.said.started) >= self._most

    def may_call(self, waiting: Waiting) -> bool:
        """Whether none of these calls may already have had an effect that a second one would double."""
        return not any(index in self._scribe.said.started and not self._harmless(call) for index, call in waiting)

    async def call(self, waiting: Waiting) -> None:
        """Make these calls, all at once; durable when this returns. Raises LeaseLost, DatabaseUnavailable before any is made."""
        started = self._scribe.said.started
        refused: dict[int, ToolResult] = {}
        for index, call in waiting:
            if self._offer(call) is None:
                refused[index] = _NOT_OFFERED
            elif index not in started and self.used_up:
                refused[index] = _TOO_MANY
            elif index not in started:
                self._drive.push(self._scribe.tool_started(index))
        await self._drive.flush()
        loop = asyncio.get_running_loop()
        tasks = [loop.create_task(self._one(index, call, refused.get(index))) for index, call in waiting]
        try:
            for coming in asyncio.as_completed(tasks):
                index, result = await coming
                self._drive.push(self._scribe.tool_ended(index, result.output, failed=result.failed))
        finally:
            left = [task for task in tasks if not task.done()]
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left)
        await self._drive.flush()

    async def _one(self, index: int, call: ToolCall, refused: ToolResult | None) -> tuple[int, ToolResult]:
        offer = self._offer(call)
        if refused is not None or offer is None:
            return index, refused or _NOT_OFFERED
        run = self._drive.run
        context = ToolContext(run.space, run.id, call.call_id, self._parts.clock.now(), offer.options)
        return index, await attempt(offer.tool, call.arguments, context, self._parts.settings.tool_seconds)

    def _offer(self, call: ToolCall) -> Offer | None:
        offer = self._offers.get(call.name)
        if offer is None or (self._only is not None and offer.tool.type not in self._only):
            return None
        return offer

    def _harmless(self, call: ToolCall) -> bool:
        offer = self._offers.get(call.name)
        return offer is None or offer.tool.idempotent


class _Entry(msgspec.Struct):
    type: str


_entry: Final = msgspec.json.Decoder(_Entry).decode
_options: Final = msgspec.json.Decoder(dict[str, object]).decode


def offers(tools: Sequence[Tool], request: ResponseRequest) -> list[Offer]:
    """The server's tools among those that a request names; the last of two entries of one type counts. Raises BadRequest for
    options that a tool can't have."""
    if not request.tools:
        return []
    by_type = {tool.type: tool for tool in tools}
    found: dict[str, Offer] = {}
    for raw in request.tools:
        tool = by_type.get(_entry(raw).type)
        if tool is not None:
            options = {name: value for name, value in _options(raw).items() if name != "type"}
            tool.check(options)
            found[tool.type] = Offer(tool, options)
    return list(found.values())
