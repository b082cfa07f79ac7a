"""Runs of threads: begun, read, changed, cancelled, and answered where they wait for the client's functions."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.beginning import Beginner, Begun, RunParts
from prosa.answers.assisting.messages import RUN
from prosa.answers.assisting.pinned import Pending
from prosa.answers.assisting.retelling import Frames, Named, retold
from prosa.answers.assisting.run_errors import (
    OutputsNotAwaited,
    OutputsUnfit,
    RunNotCancellable,
    RunStepNotFound,
    ThreadRunNotFound,
)
from prosa.answers.assisting.run_request import Edit, Outputs, RunWish, ThreadRunWish, ToolOutput
from prosa.answers.assisting.showing import Facts, run_object
from prosa.answers.assisting.standing import Standing, standing_of
from prosa.answers.assisting.steps import Step
from prosa.answers.assisting.story import Story
from prosa.answers.assisting.threads import Thread
from prosa.answers.assisting.waiting import answers_of, woken
from prosa.answers.models import ANSWER
from prosa.conversations import Item, margin_of, shown, without_margin
from prosa.identity import Caller
from prosa.kit import moments
from prosa.kit.ids import brought_id
from prosa.runs import LogTrimmed, Run, RunNotFound, RunQuery, RunState

_encode: Final = msgspec.json.Encoder().encode
_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A page of runs or steps: at most `limit`, behind `after` or before `before` (ids as they are shown)."""

    limit: int = 20
    newest_first: bool = True
    after: str | None = None
    before: str | None = None


@dataclass(frozen=True, slots=True)
class RunPage:
    """A page of runs as they are shown; `more`: whether there are more in the direction that was read."""

    objects: list[bytes]
    ids: list[str]
    more: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run to follow, from behind this number of its log on."""

    thread: Thread
    run: Run
    after: int = -1


class ThreadRuns:
    """Runs of one caller's threads at a time. Threads and runs are named by the ids that the API shows."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts
        self._beginner = Beginner(parts)

    async def create(self, caller: Caller, thread_id: str, wish: RunWish, id: str | None = None) -> Begun:
        """Begin a run in a thread; durable when this returns, with the messages that it adds. `id` tells a repeated request.

        Raises ThreadNotFound, AssistantNotFound, RunActive, NothingSaid, BadRequest of many kinds naming the field;
        ModelNotFound, NoProvider; TooManyRuns, DatabaseUnavailable.
        """
        return await self._beginner.create(caller, thread_id, wish, id)

    async def create_with_thread(self, caller: Caller, wish: ThreadRunWish, id: str | None = None) -> Begun:
        """Make a thread and begin a run in it: both, or none. Raises as `create`, and as `ThreadService.create`."""
        return await self._beginner.create_with_thread(caller, wish, id)

    # Reading

    async def get(self, space: str, thread_id: str, run_id: str, param: str | None = None) -> tuple[Thread, Run]:
        """A run of a thread. Raises ThreadNotFound, ThreadRunNotFound."""
        thread = await self._parts.threads.get(space, thread_id)
        return thread, await self._of(space, thread, run_id, param)

    async def page(self, space: str, thread_id: str, query: PageQuery) -> RunPage:
        """A page of a thread's runs. Raises ThreadNotFound, ThreadRunNotFound for a cursor that is none."""
        thread = await self._parts.threads.get(space, thread_id)
        backwards = query.before is not None
        cursor = query.before if backwards else query.after
        at = await self._of(space, thread, cursor, "before" if backwards else "after") if cursor is not None else None
        found = await self._parts.engine.list(
            space,
            RunQuery(
                kind=ANSWER,
                conversation_id=thread.id,
                limit=query.limit + 1,
                after=at,
                newest_first=query.newest_first is not backwards,
                whole=True,
            ),
        )
        page = list(found[: query.limit])
        if backwards:
            page.reverse()
        objects = [self.shown(thread, run) for run in page]
        return RunPage(objects, [RUN + run.id for run in page], len(found) > query.limit)

    def shown(self, thread: Thread, run: Run, standing: Standing | None = None) -> bytes:
        """A run that was read whole, as it stands or as it is said to."""
        return _encode(run_object(self._facts(thread, run), standing or standing_of(run)))

    async def steps(self, thread: Thread, run: Run) -> tuple[Facts, list[Step]]:
        """A run's steps so far, oldest first."""
        facts = self._facts(thread, run)
        story = Story(facts)
        for data in await self._log(run):
            story.feed(data, telling=False, ended_at=run.ended_at)
        return facts, story.steps

    async def steps_page(self, thread: Thread, run: Run, query: PageQuery) -> tuple[Facts, list[Step], bool]:
        """A page of a run's steps, and whether there are more behind it. Raises RunStepNotFound for a cursor that is none."""
        facts, steps = await self.steps(thread, run)
        if query.newest_first:
            steps.reverse()
        if query.after is not None:
            steps = steps[_place(steps, query.after, "after") + 1 :]
        if query.before is not None:
            steps = steps[: _place(steps, query.before, "before")]
            return facts, steps[-query.limit :], len(steps) > query.limit
        return facts, steps[: query.limit], len(steps) > query.limit

    async def step(self, thread: Thread, run: Run, step_id: str) -> tuple[Facts, Step]:
        """One step. Raises RunStepNotFound."""
        facts, steps = await self.steps(thread, run)
        for step in steps:
            if step.id == step_id:
                return facts, step
        raise RunStepNotFound(step_id)

    def follow(self, stretch: Stretch, *, first: Sequence[Named] = (), through: bool = False) -> AsyncGenerator[Frames, None]:
        """The run's events, as they come; see `retold`. Raises LogTrimmed."""
        if stretch.run.trimmed:
            raise LogTrimmed
        return retold(self._parts.engine, self._facts(stretch.thread, stretch.run), stretch.after, first=first, through=through)

    # Changing

    async def change(self, space: str, thread_id: str, run_id: str, edit: Edit) -> bytes:
        """Give a run other metadata. Raises ThreadNotFound, ThreadRunNotFound."""
        thread, run = await self.get(space, thread_id, run_id)
        if edit.metadata is not msgspec.UNSET:
            try:
                run = await self._parts.engine.describe(space, run.id, _encode(edit.metadata or {}))
            except RunNotFound:  # deleted meanwhile
                raise ThreadRunNotFound(run_id) from None
        return self.shown(thread, run)

    async def cancel(self, space: str, thread_id: str, run_id: str) -> bytes:
        """End a run now. Raises ThreadNotFound, ThreadRunNotFound, RunNotCancellable for one that has ended."""
        thread, run = await self.get(space, thread_id, run_id)
        if not run.open:
            raise RunNotCancellable(standing_of(run).status)
        try:
            ended = await self._parts.engine.cancel(space, run.id)
        except RunNotFound:
            raise ThreadRunNotFound(run_id) from None
        return self.shown(thread, ended)

    async def submit(self, caller: Caller, thread_id: str, run_id: str, outputs: Outputs) -> Stretch:
        """Answer the functions that a run waits for; durable when this returns, and the run goes on. What it has been answered
        with already, it may be answered with again.

        Raises ThreadNotFound, ThreadRunNotFound, OutputsNotAwaited, OutputsUnfit, TooManyRuns, DatabaseUnavailable.
        """
        self._parts.engine.admit(caller.space)
        news = self._parts.conversations.news
        for _ in range(_TRIES):
            thread, run = await self.get(caller.space, thread_id, run_id)
            if run.state is not RunState.WAITING:
                raise OutputsNotAwaited(standing_of(run).status)
            pending = Pending.of(run.result or "")
            given = _fitting(pending, outputs.tool_outputs)
            now = self._parts.engine.now()
            if pending.due_at * moments.SECOND < now:
                raise OutputsNotAwaited("expired")
            told = news.run(caller.space, "woken", run.id, run.conversation_id)
            if await self._parts.engine.wake(run, told, woken(pending, given, now / moments.SECOND)):
                news.told(caller.space)
                return Stretch(thread, await self._of(caller.space, thread, run_id), pending.number)
        raise OutputsNotAwaited("in_progress")

    async def submitted(self, caller: Caller, thread_id: str, run_id: str, outputs: Outputs) -> Stretch | None:
        """Where a run goes on that was answered so by an earlier attempt of the same request; None where it wasn't."""
        thread, run = await self.get(caller.space, thread_id, run_id)
        if run.trimmed:
            return None
        given = {output.tool_call_id for output in outputs.tool_outputs}
        answered = answers_of(await self._parts.engine.log(run))
        return next((Stretch(thread, run, number) for number, ids in answered if ids == given), None)

    async def _of(self, space: str, thread: Thread, run_id: str, param: str | None = None) -> Run:
        try:
            run = await self._parts.engine.get(space, brought_id(run_id, RUN) or "")
        except RunNotFound:
            raise ThreadRunNotFound(run_id, param) from None
        if run.kind != ANSWER or run.conversation_id != thread.id:
            raise ThreadRunNotFound(run_id, param)
        return run

    def _facts(self, thread: Thread, run: Run) -> Facts:
        return Facts.of(run, thread.shown, self._parts.answers.seconds)

    async def _log(self, run: Run) -> Sequence[bytes]:
        """What the log says; where it isn't kept any more, as much as the items that were made say."""
        if not run.trimmed:
            return [event.data for event in await self._parts.engine.log(run)]
        made = await self._parts.conversations.items_of_run(run.space, run.id, made=True)
        found: list[bytes] = []
        for place, item in enumerate(made):
            for name in (b"added", b"done"):
                found.append(b'{"type":"response.output_item.%s","output_index":%d,"item":%s}' % (name, place, _named(item)))
        ended = (run.result or "null").encode()
        if ended != b"null":
            found.append(b'{"type":"response.completed","response":' + ended + b"}")
        return found


def _named(item: Item) -> bytes:
    """The item as the Assistants API names it: one that came from elsewhere by its name there."""
    name = margin_of(item.body).name
    return shown(item) if name is None else b'{"id":' + _encode(name) + b"," + without_margin(item.body)[1:]


def _place(steps: Sequence[Step], step_id: str, param: str) -> int:
    for place, step in enumerate(steps):
        if step.id == step_id:
            return place
    raise RunStepNotFound(step_id, param)


def _fitting(pending: Pending, outputs: Sequence[ToolOutput]) -> dict[str, str]:
    """The outputs by their calls' ids. Raises OutputsUnfit unless each call of these, and no other, is answered once."""
    given = {output.tool_call_id or "": output.output or "" for output in outputs}
    expected = [call.call_id for call in pending.calls]
    if len(given) != len(outputs) or set(given) != set(expected):
        raise OutputsUnfit(expected, [output.tool_call_id or "" for output in outputs])
    return given
