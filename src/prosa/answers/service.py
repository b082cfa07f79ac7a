"""Answers: a caller asks, a run asks the model, and what came of it can be read for as long as it is kept."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from typing import Final

from prosa.answers.compacting import Compactor
from prosa.answers.context import weight
from prosa.answers.errors import ItemNotInInput, ResponseNotFound, TooManyAnswers
from prosa.answers.given import Given
from prosa.answers.kind import AnswerKind
from prosa.answers.models import ANSWER, Asked, Prepared, SentForm
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import MCP, RESPONSE, ResponseRequest, Status, fold, response_json
from prosa.answers.servers import NamedServer
from prosa.answers.settings import AnswerSettings
from prosa.answers.settling import response_of, with_output
from prosa.answers.starting import Beginning, CreateOptions, Starter
from prosa.answers.transient import passing
from prosa.answers.warming import Warmed, warmed
from prosa.conversations import Item, ItemQuery, Order, shown
from prosa.gateway import estimate
from prosa.identity import Caller
from prosa.kit.ids import without_prefix
from prosa.runs import Batch, Engine, Run, RunNotFound, RunState

_PLAINLY: Final = CreateOptions()
_NEVER_ENDED: Final = "null"  # the result of a run that not even its kind could end


@dataclass(frozen=True, slots=True)
class ItemPage:
    """A page of items, and whether there are more behind it."""

    items: Sequence[Item]
    more: bool


@dataclass(frozen=True, slots=True)
class Sent:
    """What a model was sent: items word for word, oldest first, and ids of what stood before them."""

    items: Sequence[Item]
    whole: bool
    summary: str | None = None
    memories: Sequence[str] = ()
    gone: int = 0  # items that were told and have been deleted since
    instructions: str | None = None
    model: str = ""


class AnswerService:
    """Starts, shows and ends answers. Responses are named by the ids that the API shows (`resp_…`)."""

    def __init__(self, engine: Engine, parts: AnswerParts) -> None:
        self._engine = engine
        self._parts = parts
        self._starter = Starter(engine, parts)
        self._compactor = Compactor(self._starter, parts)
        self._kind = AnswerKind(parts)
        self._passing: Counter[str] = Counter()  # of each space, in this process
        engine.kinds[ANSWER] = self._kind

    def adjust(self, settings: AnswerSettings) -> None:
        """Go on with these bounds, titles and models from now on."""
        self._parts.adjust(settings)

    @property
    def offered(self) -> tuple[str, ...]:
        """The types of the tools that the server itself runs, for `ResponseRequest.from_json`."""
        types = tuple(tool.type for tool in self._parts.tools)
        return types if self._parts.servers is None else (*types, MCP)

    @property
    def named_servers(self) -> tuple[NamedServer, ...]:
        """The operator's tool servers, by their labels' order."""
        servers = self._parts.servers
        return () if servers is None else tuple(found for _, found in sorted(servers.settings.named.items()))

    @property
    def seconds(self) -> float:
        """How long an answer may take."""
        return self._parts.settings.seconds

    async def create(self, caller: Caller, request: ResponseRequest, options: CreateOptions = _PLAINLY) -> Given:
        """Begin an answer. A stored one is durable when this returns: the run, its first events and the caller's items.

        Raises as `Starter.begin`, before anything is stored; TooManyWaiting, TooManyAnswers, DatabaseUnavailable.
        """
        beginning = await self._starter.begin(caller, request, options)
        if not request.stored_after:
            return self._passing_answer(beginning)
        run = await self._start(beginning, replace=options.replace)
        return Given(run, True, lambda after: self._engine.follow(run, after))

    async def warm(self, caller: Caller, request: ResponseRequest, *, held: bool = False) -> Warmed:
        """A response without output that nobody stores: what a later one goes on from. Raises as `create`."""
        prepared = await self._starter.look(caller, request, held=held)
        return warmed(prepared.request, prepared, self._parts.clock.now())

    async def get(self, space: str, response_id: str) -> Run:
        """The run behind a response. Raises ResponseNotFound."""
        run_id = without_prefix(response_id, RESPONSE)
        if run_id is None:
            raise ResponseNotFound
        try:
            run = await self._engine.get(space, run_id)
        except RunNotFound as error:
            raise ResponseNotFound from error
        if run.kind != ANSWER:
            raise ResponseNotFound
        return run

    async def shown(self, run: Run) -> bytes:
        """The response object as it is now, with what has been said so far. Raises DatabaseUnavailable."""
        if not run.open and run.result is not None and run.result != _NEVER_ENDED:
            items = await self._parts.conversations.items_of_run(run.space, run.id, made=True)
            return with_output(run.result.encode(), [shown(item) for item in items])
        asked = Asked.of(run)
        request = ResponseRequest.from_stored(bytes(asked.request))
        response = response_of(run, asked, request, _status(run))
        if not run.trimmed:
            response.output = fold(event.data for event in await self._engine.log(run)).items
        return response_json(response)

    async def cancel(self, space: str, response_id: str) -> bytes:
        """End an answer now, whether it runs in the background or not, and show it; one that has ended is shown as it is.

        Raises ResponseNotFound.
        """
        run = await self.get(space, response_id)
        return await self.shown(await self._engine.cancel(space, run.id))

    async def delete(self, space: str, response_id: str) -> None:
        """Cancel an answer and take it away with its items, but for those that a conversation holds. Raises ResponseNotFound."""
        await self._engine.delete(space, (await self.get(space, response_id)).id)

    async def input_items(self, space: str, response_id: str, query: ItemQuery) -> ItemPage:
        """A page of the items that the response answers: its own input and all that came before it.

        Raises ResponseNotFound, ItemNotInInput for an `after` that isn't among them.
        """
        run = await self.get(space, response_id)
        found = await self._parts.contexts.of_run(run, cut=True)
        if query.order is Order.NEWEST_FIRST:
            found.reverse()
        begin = 0
        if query.after is not None:
            begin = next((place for place, item in enumerate(found, 1) if item.id == query.after), -1)
            if begin < 0:
                raise ItemNotInInput
        return ItemPage(found[begin : begin + query.limit], len(found) > begin + query.limit)

    async def count(self, caller: Caller, request: ResponseRequest) -> int:
        """About how many tokens the request would ask a model with. Raises as `create`."""
        prepared = await self._starter.look(caller, request)
        tools = prepared.call.fields.get("tools")
        beside = len(request.instructions or "") + (len(bytes(tools)) if tools is not None else 0)
        return sum(map(weight, prepared.context)) + estimate(beside)

    async def compact(self, caller: Caller, request: ResponseRequest) -> bytes:
        """A conversation made shorter: see Compactor. Raises as `create`, and what the gateway raises."""
        return await self._compactor.compact(caller, request)

    async def sent(self, run: Run) -> Sent:
        """What the model of a stored answer was sent of what came before; what was deleted since is missing."""
        asked = Asked.of(run)
        request = ResponseRequest.from_stored(bytes(asked.request))
        kept = None if self._parts.memory is None else await self._parts.memory.context(run.space, run.id)
        found = await self._parts.contexts.of_run(run, cut=True)
        if kept is None:
            return Sent(found, True, instructions=request.instructions, model=asked.model)
        form = SentForm.of(kept)
        told = set(form.items)
        own = [item for item in found if item.run_id == run.id and item.id not in told]
        items = [item for item in found if item.id in told]
        return Sent(
            [*items, *own],
            False,
            summary=form.summary,
            memories=form.memories,
            gone=len(told) - len(items),
            instructions=request.instructions,
            model=asked.model,
        )

    async def stop(self) -> None:
        """Let go of what is under way beside the runs; after the engine has stopped."""
        await self._parts.attachments.stop()

    async def _start(self, beginning: Beginning, *, replace: bool) -> Run:
        prepared, run_id = self._parts.prepared, beginning.new.id
        prepared[run_id] = beginning.prepared
        try:
            run = await self._engine.start_run(beginning.new, replace=replace)
            if run.conversation_id is not None:
                self._parts.conversations.news.told(run.space)
            return run
        finally:
            # Whoever drives it here has begun by then; for a run that waits, or is driven elsewhere, nobody will ask.
            asyncio.get_running_loop().call_soon(prepared.pop, run_id, None)

    def _passing_answer(self, beginning: Beginning) -> Given:
        self._engine.admit(beginning.new.space, self._passing[beginning.new.space])
        if self._passing.total() >= self._parts.settings.passing:
            raise TooManyAnswers
        run = beginning.passing_run()
        events, prepared = beginning.new.events, [beginning.prepared]
        return Given(run, False, lambda _after: self._pass(run, events, prepared), beginning.prepared.items)

    async def _pass(self, run: Run, events: tuple[bytes, ...], prepared: list[Prepared]) -> AsyncGenerator[Batch, None]:
        self._parts.prepared[run.id] = prepared.pop()  # for the driver alone, since it may be large
        self._passing[run.space] += 1
        try:
            async with aclosing(passing(self._kind, run, events)) as batches:
                async for batch in batches:
                    yield batch
        finally:
            self._passing[run.space] -= 1
            if not self._passing[run.space]:
                del self._passing[run.space]
            self._parts.prepared.pop(run.id, None)


def _status(run: Run) -> Status:
    if run.state is RunState.QUEUED:
        return "queued"
    return "in_progress" if run.open else "failed"
