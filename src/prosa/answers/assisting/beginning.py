"""A run of a thread begins: an assistant, a wish and a thread become a run of answers, alone in its conversation."""

from dataclasses import dataclass

from prosa.answers.assisting.messages import RUN
from prosa.answers.assisting.pinned import Pinned
from prosa.answers.assisting.resources import Resources
from prosa.answers.assisting.run_errors import NothingSaid, RunActive
from prosa.answers.assisting.run_request import RunWish, ThreadRunWish
from prosa.answers.assisting.threads import AddOptions, NewThread, Thread, ThreadService
from prosa.answers.assisting.translating import Ground, translated
from prosa.answers.models import ANSWER, Asked
from prosa.answers.responses import MissingParameter, ResponseRequest
from prosa.answers.service import AnswerService
from prosa.answers.starting import CreateOptions
from prosa.assistants import Assistant, AssistantService
from prosa.conversations import ConversationService
from prosa.identity import Caller
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id
from prosa.runs import Engine, Run, RunNotFound, RunOpen, RunQuery


@dataclass(frozen=True, slots=True)
class RunParts:
    """What runs of threads stand on."""

    engine: Engine
    answers: AnswerService
    assistants: AssistantService
    threads: ThreadService
    conversations: ConversationService


@dataclass(frozen=True, slots=True)
class Begun:
    """A run that was begun, by this attempt of the request or an earlier one."""

    thread: Thread
    run: Run

    @property
    def model(self) -> str:
        """Which model is asked."""
        return Asked.of(self.run).model


@dataclass(frozen=True, slots=True)
class _Question:
    """What a run is begun with. `instead`: what its tools get in the place of the assistant's; `judged`: of a new thread,
    what was worked out before it was made, and for which ground."""

    assistant: Assistant
    wish: RunWish
    id: str
    instead: Resources | None = None
    judged: tuple[Ground, tuple[ResponseRequest, Pinned]] | None = None


class Beginner:
    """Begins runs of one caller at a time."""

    def __init__(self, parts: RunParts) -> None:
        self._parts = parts

    async def create(self, caller: Caller, thread_id: str, wish: RunWish, id: str | None = None) -> Begun:
        """See `ThreadRuns.create`."""
        thread = await self._parts.threads.get(caller.space, thread_id)
        known = await self._known(caller, id)
        if known is not None:
            return Begun(thread, known)
        assistant = await self._parts.assistants.usable(caller, wish.assistant_id, "assistant_id")
        await self._check_alone(caller.space, thread)
        return await self._begin(caller, thread, _Question(assistant, wish, id or new_object_id()))

    async def create_with_thread(self, caller: Caller, wish: ThreadRunWish, id: str | None = None) -> Begun:
        """See `ThreadRuns.create_with_thread`. Thread and run have ids of the same digits."""
        threads = self._parts.threads
        known = await self._known(caller, id)
        if known is not None:
            return Begun(await threads.get(caller.space, f"thread_{known.conversation_id}"), known)
        id = id or new_object_id()
        assistant = await self._parts.assistants.usable(caller, wish.assistant_id, "assistant_id")
        run = wish.wish()
        # What the request says of the run is judged before anything is made.
        ground = Ground(id, Resources(), offered=self._parts.answers.offered)
        judged = ground, translated(assistant, run, ground)
        new = NewThread(id=id) if wish.thread is None else wish.thread.new(id, "thread.")
        instead = await threads.resources(caller, wish.tool_resources, id)
        thread = await threads.create(caller, new, "thread.")
        try:
            return await self._begin(caller, thread, _Question(assistant, run, id, instead, judged))
        except ProsaError:
            await threads.delete(caller.space, thread.shown)
            raise

    async def _begin(self, caller: Caller, thread: Thread, asked: _Question) -> Begun:
        own: list[bytes] = []
        if asked.wish.additional_messages:
            added = AddOptions(first_id=asked.id, locked=True, field="additional_messages")
            thread, own = await self._parts.threads.taken(caller, thread, asked.wish.additional_messages, added)
        ground = Ground(thread.id, thread.resources, asked.instead, self._parts.answers.offered)
        if asked.judged is not None and asked.judged[0] == ground:
            request, pinned = asked.judged[1]
        else:
            request, pinned = translated(asked.assistant, asked.wish, ground)
        try:
            options = CreateOptions(asked.id, assisting=pinned, own=tuple(own), thread=thread.id)
            given = await self._parts.answers.create(caller, request, options)
        except RunOpen as error:
            raise RunActive(thread.shown, RUN + (error.run_id or "")) from None
        except MissingParameter as error:
            if error.param != "input":
                raise
            raise NothingSaid(thread.shown) from None
        return Begun(thread, given.run)

    async def _known(self, caller: Caller, id: str | None) -> Run | None:
        """What an earlier attempt of this request has begun."""
        if id is None:
            return None
        try:
            return await self._parts.engine.get(caller.space, id)
        except RunNotFound:
            return None

    async def _check_alone(self, space: str, thread: Thread) -> None:
        """Raises RunActive. Who comes in the same moment is told by the engine."""
        query = RunQuery(kind=ANSWER, open_only=True, conversation_id=thread.id, limit=1, newest_first=False)
        for run in await self._parts.engine.list(space, query):
            raise RunActive(thread.shown, RUN + run.id)
