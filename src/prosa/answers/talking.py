"""Asking in a conversation and waiting for the answer, for dialects whose clients wait and then ask the same thing again.

What belongs together is told by what is stored, never by what a process remembers, so that it holds over workers and restarts:
a question that is still being answered is joined, and so is one whose answer came after its asker had stopped waiting. Where two
requests come in the same moment, both give the run (or the conversation) the same id, and the second finds what the first made.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import msgspec

from prosa.answers.models import ANSWER
from prosa.answers.responses import ResponseRequest
from prosa.answers.service import AnswerService
from prosa.answers.starting import CreateOptions
from prosa.conversations import (
    CONVERSATION,
    Conversation,
    ConversationBusy,
    ConversationNotFound,
    ConversationService,
    Face,
    Item,
    PathQuery,
    Shelf,
    ShelfQuery,
)
from prosa.drivers.vault import Keyring
from prosa.identity import Caller, Door
from prosa.kit import moments
from prosa.kit.ids import new_object_id
from prosa.runs import Engine, Run, RunNotFound, RunQuery, RunState

REPEAT_SECONDS: Final = 300.0
"""How long a late answer is given to who asks the same again."""
_PURPOSE: Final = "talking"
_DIGITS: Final = 32
_OPEN: Final = 50  # runs among which a question is looked for
_RECENT: Final = 20  # items behind which nobody looks for the last question


class Fate(StrEnum):
    """What came of a question."""

    ANSWERED = "answered"
    LATE = "late"  # it is still being answered
    FAILED = "failed"  # the model said nothing


@dataclass(frozen=True, slots=True)
class Question:
    """What a person says. `model`: None for the default; `seconds`: how long the answer is waited for; `dialect`: the door."""

    text: str
    model: str | None = None
    seconds: float = 110.0
    dialect: str = Door.CHATAI


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of it. `text`: all that the model has said, "" unless it has answered."""

    fate: Fate
    run: Run
    text: str = ""


@dataclass(frozen=True, slots=True)
class Saying:
    """A message's text, and who said it (`user`, `assistant`, `system`, `developer`)."""

    role: str
    text: str


class Talking:
    """Questions of one space at a time."""

    def __init__(
        self, answers: AnswerService, engine: Engine, conversations: ConversationService, shelf: Shelf, keyring: Keyring
    ) -> None:
        self._answers = answers
        self._engine = engine
        self._conversations = conversations
        self._shelf = shelf
        self._keyring = keyring

    async def place(self, space: str, question: Question, face: Face) -> Conversation:
        """Where to ask a first question: the conversation in which this very one is being asked, else a new one, still empty.

        Raises DatabaseUnavailable.
        """
        text = question.text
        recent = await self._shelf.list(space, ShelfQuery(limit=2, dialect=face.dialect, archived=None))
        latest, before, *_ = [*(each.conversation for each in recent.items), None, None]
        deleted = [each.conversation for each in (await self._shelf.trash.list(space, ShelfQuery(limit=1))).items]
        made_so = latest is not None and latest.id == self._id_of_place(text, space, before, *deleted)
        found = latest if made_so and latest is not None and await self._begun(latest, question) else None
        found = found or await self._open_place(space, text, face.dialect)
        if found is not None:
            return found
        try:
            return await self._conversations.create(space, id=self._id_of_place(text, space, latest, *deleted), face=face)
        except ConversationNotFound:  # it is there, in the trash
            return await self._conversations.create(space, id=new_object_id(), face=face)

    async def discard(self, space: str, conversation_id: str) -> None:
        """Take a place away again where nothing could be asked. Raises DatabaseUnavailable."""
        with suppress(ConversationNotFound, ConversationBusy):
            if (await self._conversations.get(space, conversation_id)).head_id is None:
                await self._conversations.delete(space, conversation_id, self._engine.delete)

    async def ask(self, caller: Caller, conversation_id: str, question: Question) -> Reply:
        """Say something in a conversation, behind all that was said, and wait. What is still being answered goes on by itself.

        Raises ConversationNotFound, RunNotFound (deleted meanwhile), TooManyWaiting, TooManyRuns, DatabaseUnavailable; and
        before anything is stored, what no model can be asked with: ModelNotFound, NoProvider, BadRequest.
        """
        return await self.wait(await self.start(caller, conversation_id, question), question.seconds)

    async def start(self, caller: Caller, conversation_id: str, question: Question) -> Run:
        """The run that answers a question, which is being asked already, or is from now on. Raises as `ask`."""
        # Read before the look at what is open: a twin that begins after this gives its run the id that is told from it here.
        found = await self._conversations.get(caller.space, conversation_id)
        return await self._joined(caller.space, found.id, question) or await self._begin(caller, found, question)

    async def wait(self, run: Run, seconds: float) -> Reply:
        """What came of a question, or that nothing has yet. Raises RunNotFound, DatabaseUnavailable."""
        try:
            async with asyncio.timeout(seconds):
                run = await self._engine.finished(run)
        except TimeoutError:
            return Reply(Fate.LATE, run)
        return await self._reply(run)

    async def answering(self, space: str, conversation_id: str) -> Run | None:
        """The question that is being answered in a conversation."""
        query = RunQuery(kind=ANSWER, open_only=True, conversation_id=conversation_id, limit=1, newest_first=False)
        return next(iter(await self._engine.list(space, query)), None)

    async def _begin(self, caller: Caller, found: Conversation, question: Question) -> Run:
        run_id = self._id("question", found.id, found.head_id, found.version, question.text)
        request = ResponseRequest(
            model=question.model, conversation=CONVERSATION + found.id, input=question.text, truncation="auto"
        )
        options = CreateOptions(id=run_id, remembers=True, dialect=question.dialect)
        return (await self._answers.create(caller, request, options)).run

    async def _joined(self, space: str, conversation_id: str, question: Question) -> Run | None:
        """The run that answers this very question already, or has answered it when nobody waited any more."""
        query = RunQuery(kind=ANSWER, open_only=True, conversation_id=conversation_id, limit=_OPEN)
        for run in await self._engine.list(space, query):
            if await self._asks(run, question.text):
                return run
        last = await self._last_question(space, conversation_id)
        if last is None or last.run_id is None or saying(last).text != question.text:
            return None
        try:
            run = await self._engine.get(space, last.run_id)
        except RunNotFound:  # deleted in this moment
            return None
        late = run.ended_at is not None and run.ended_at - run.created_at >= question.seconds * moments.SECOND
        recent = run.ended_at is not None and self._engine.now() - run.ended_at < REPEAT_SECONDS * moments.SECOND
        answered = run.state in (RunState.COMPLETED, RunState.INCOMPLETE)
        return run if run.open or (late and recent and answered) else None

    async def _reply(self, run: Run) -> Reply:
        text = "\n\n".join(said for said in await self._said(run) if said)
        answered = text != "" and run.state in (RunState.COMPLETED, RunState.INCOMPLETE)
        return Reply(Fate.ANSWERED, run, text) if answered else Reply(Fate.FAILED, run)

    async def _said(self, run: Run) -> Sequence[str]:
        made = await self._conversations.items_of_run(run.space, run.id, made=True)
        return [saying(item).text.strip() for item in made if item.type == "message"]

    async def _open_place(self, space: str, text: str, dialect: str) -> Conversation | None:
        """The conversation, made in this dialect, whose first question this is, still to be answered."""
        for run in await self._engine.list(space, RunQuery(kind=ANSWER, open_only=True, limit=_OPEN)):
            if run.conversation_id is None or not await self._is_first(run, text):
                continue
            with suppress(ConversationNotFound):  # deleted in this moment
                found = await self._conversations.get(space, run.conversation_id)
                if found.face.dialect == dialect:
                    return found
        return None

    async def _begun(self, conversation: Conversation, question: Question) -> bool:
        """Whether this conversation was made for the question, which is being asked, or was answered late."""
        if conversation.head_id is None:
            return True
        return await self._joined(conversation.space, conversation.id, question) is not None

    async def _asks(self, run: Run, text: str) -> bool:
        given = await self._conversations.items_of_run(run.space, run.id, made=False)
        return bool(given) and saying(given[-1]) == Saying("user", text)

    async def _is_first(self, run: Run, text: str) -> bool:
        given = await self._conversations.items_of_run(run.space, run.id, made=False)
        if not given or saying(given[-1]) != Saying("user", text):
            return False
        return await self._conversations.parent_of(run.space, given[0].id) is None

    async def _last_question(self, space: str, conversation_id: str) -> Item | None:
        page = await self._conversations.paths.page(space, conversation_id, PathQuery(limit=_RECENT))
        return next((node.item for node in page if saying(node.item).role == "user"), None)

    def _id_of_place(self, text: str, space: str, *after: Conversation | None) -> str:
        """The id of a conversation that begins so when these were the last that were active, or deleted."""
        return self._id("place", space, text, *((each.id, each.updated_at, each.version) for each in after if each is not None))

    def _id(self, *parts: object) -> str:
        """An id that the same request has whenever it is tried, and that nobody else can guess."""
        return self._keyring.mac(_PURPOSE, msgspec.json.encode(parts))[:_DIGITS]


class _Part(msgspec.Struct):
    text: str = ""
    refusal: str = ""


class _Message(msgspec.Struct):
    role: str = ""
    content: str | list[_Part] = ""


_message: Final = msgspec.json.Decoder(_Message).decode


def saying(item: Item) -> Saying:
    """What a message says; nothing, by nobody, for any other item."""
    if item.type != "message":
        return Saying("", "")
    message = _message(item.body)
    if isinstance(message.content, str):
        return Saying(message.role, message.content)
    return Saying(message.role, "\n".join(text for part in message.content if (text := part.text or part.refusal)))
