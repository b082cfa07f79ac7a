"""Sees after each answer of a remembered conversation whether it needs a title or a summary, and has a run make it."""

import asyncio
import logging

from prosa.answers.models import ANSWER, Asked
from prosa.answers.parts import AnswerParts
from prosa.answers.upkeep.models import BEGUN, SUMMARY_RUN, TITLE, Task, task_id
from prosa.answers.upkeep.summaries import SummaryKind
from prosa.answers.upkeep.titles import TitleKind
from prosa.conversations import Conversation, MemoryService, TitleBy
from prosa.gateway import estimate
from prosa.kit.errors import ProsaError
from prosa.runs import Engine, NewRun, Run, RunState

_log = logging.getLogger(__name__)
_APP = "app"
_OVER = frozenset({RunState.COMPLETED, RunState.FAILED, RunState.CANCELLED, RunState.INCOMPLETE})


class Upkeep:
    """One per process. What it misses, because the process dies, is seen after the next answer."""

    def __init__(self, engine: Engine, parts: AnswerParts, memory: MemoryService) -> None:
        self._engine = engine
        self._parts = parts
        self._memory = memory
        self._tasks: set[asyncio.Task[None]] = set()
        for kind in (TitleKind(parts), SummaryKind(parts, memory)):
            engine.kinds[kind.name] = kind

    def ended(self, run: Run, state: RunState) -> None:
        """A run has ended here."""
        if run.kind == ANSWER and run.conversation_id is not None and state in _OVER:
            asked = Asked.of(run)
            if asked.remembers and asked.anchor is not None:
                look = self._look(run, asked, asked.anchor, whole=state is RunState.COMPLETED)
                task = asyncio.get_running_loop().create_task(look)
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    @property
    def busy(self) -> bool:
        """Whether it is being looked what an answer that has ended leaves to do."""
        return bool(self._tasks)

    async def stop(self) -> None:
        """Look no more; runs that were started are the engine's."""
        for task in tuple(self._tasks):
            task.cancel()
        if self._tasks:
            await asyncio.wait(tuple(self._tasks))

    async def _look(self, run: Run, asked: Asked, anchor: str, *, whole: bool) -> None:
        assert run.conversation_id is not None
        task = Task(run.conversation_id, anchor, asked.name or asked.model or None, asked.allowed, asked.dialect, asked.key)
        try:
            conversation = await self._parts.conversations.get(run.space, run.conversation_id)
            if await self._untitled(conversation):
                await self._start(run, TITLE, task)
            if whole and await self._long(conversation):
                await self._start(run, SUMMARY_RUN, task)
        except ProsaError as error:
            _log.debug("no upkeep of a conversation: %s", error.code)

    async def _untitled(self, conversation: Conversation) -> bool:
        if conversation.face.title_by is not TitleBy.NOBODY or conversation.face.dialect != _APP:
            return False
        return self._parts.settings.titles and (await self._memory.wishes(conversation.space)).titles

    async def _long(self, conversation: Conversation) -> bool:
        sizes = await self._memory.sizes(conversation.space, conversation.id, None, self._parts.settings.items)
        return sum(estimate(size) for _, size in sizes) > self._parts.settings.memory_tokens

    async def _start(self, run: Run, kind: str, task: Task) -> None:
        new = NewRun(
            *(run.space, kind, task.stored(), (BEGUN,)),
            id=task_id(kind, task),
            account_id=run.account_id,
            credential_id=run.credential_id,
        )
        await self._engine.start_run(new)
