"""The server's own tools within one answer: a call is in the log before it is made, and its result before the model hears it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.pinned import Pinned
from prosa.answers.models import Asked
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import HostedCall, ResponseRequest, Scribe, ServedCall, Shown, ToolCall, text_error
from prosa.answers.servers.served_tool import ServedFailed
from prosa.answers.tools import Admitting, Granted, Preparing, Tool, ToolContext, ToolResult, attempt
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
        self._include = frozenset(request.include or ())
        self._passing = not request.stored_after
        self._asked = Asked.of(drive.run)
        most = parts.settings.tool_calls
        self._most = min(most, request.max_tool_calls) if request.max_tool_calls is not None else most

    def serve(self, tools: Sequence[Tool]) -> None:
        """Tools of other servers can be called too, by their keys."""
        self._offers.update((tool.name, Offer(tool, {})) for tool in tools)

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
                for event in self._ended(index, result):
                    self._drive.push(event)
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
        context = ToolContext(
            *(run.space, run.id, call.call_id, self._parts.clock.now(), offer.options),
            payer=self._asked.payer(run),
            conversation_id=run.conversation_id,
            place=index,
            granted=await self._granted(),
            passing=self._passing,
            awaited=self._asked.assisting.awaited if self._asked.assisting is not None else (),
        )
        if isinstance(offer.tool, Preparing):
            await offer.tool.prepare(context)
        return index, await attempt(offer.tool, call.arguments, context, self._parts.settings.tool_seconds)

    async def _granted(self) -> Granted | None:
        """What the assistant lends to this call: nothing of one that isn't shared any more with whoever began the run."""
        granted, pinned, run = granted_by(self._asked.assisting), self._asked.assisting, self._drive.run
        if granted is None or pinned is None or granted.space == run.space or not (granted.store_ids or granted.file_ids):
            return granted
        lent = await self._parts.still_lent(run, pinned)
        return granted if lent else Granted(granted.space, frozenset())

    def _ended(self, index: int, result: ToolResult) -> list[bytes]:
        """The events that tell of a result; a hosted tool's item shows what came of it where the request asks for that."""
        scribe = self._scribe
        item = scribe.said.item(index)
        if isinstance(item, ServedCall):
            fault = result.fault.fault if isinstance(result.fault, ServedFailed) else text_error(result.output)
            return scribe.served_ended(index, result.output, fault if result.failed else None)
        if not isinstance(item, HostedCall):
            return [scribe.tool_ended(index, result.output, failed=result.failed)]
        answered = result.answered
        if result.failed or answered is None:
            return scribe.hosted_ended(index, result.output, [])
        shown = Shown()
        if "file_search_call.results" in self._include:
            shown.results = list(answered.results)
        if "code_interpreter_call.outputs" in self._include:
            shown.outputs = list(answered.outputs)
        return scribe.hosted_ended(index, result.output, list(answered.sources), shown)

    def _offer(self, call: ToolCall) -> Offer | None:
        offer = self._offers.get(call.name)
        if offer is None or (self._only is not None and offer.tool.type not in self._only and offer.tool.name not in self._only):
            return None
        return offer

    def _harmless(self, call: ToolCall) -> bool:
        offer = self._offers.get(call.name)
        return offer is None or offer.tool.idempotent


def granted_by(pinned: Pinned | None) -> Granted | None:
    """What comes with the assistant of a run, which may be nothing; None where no assistant is asked."""
    if pinned is None:
        return None
    return Granted(pinned.owner, frozenset(pinned.granted), frozenset(pinned.files))


async def admit(tools: Sequence[Tool], request: ResponseRequest, space: str, pinned: Pinned | None) -> None:
    """See that what the request's tools are to use is there. Raises NotFound, BadRequest."""
    for offer in offers(tools, request):
        if isinstance(offer.tool, Admitting):
            await offer.tool.admit(offer.options, space, granted_by(pinned))


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
