"""The kind of run that gives a conversation its title, after its first answer, or after what was to be one. A title that somebody
gave stays."""

import re
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.answers.parts import AnswerParts
from prosa.answers.upkeep.asking import SmallQuestion, asked
from prosa.answers.upkeep.models import ENDED, STATES, TITLE, Task
from prosa.conversations import Item, PathQuery, TitleBy, context_removal, title_change, title_of
from prosa.drivers.journal import Part
from prosa.kit.errors import NotFound, ProsaError
from prosa.runs import Drive, Ending, Event, Kind, Run, RunState, Why
from prosa.usage import Payer

LONGEST: Final = 80
WORDS: Final = 8
_ASK: Final = (
    "Write a title for the conversation above: three to six words in its own language, in plain text, without quotation marks and"
    " without a full stop. Write the title alone."
)
_HEARD: Final = 4_000  # characters of each message that the model is told
_TOKENS: Final = 400  # models that think need some room
_MOCK: Final = "mock"
_SPACES: Final = re.compile(r"\s+")
_EDGES: Final = " \t\"'`*#«»“”„.:-"


class _Content(msgspec.Struct):
    text: str | None = None


class _Message(msgspec.Struct):
    role: str | None = None
    content: str | list[_Content] = ""


_message: Final = msgspec.json.Decoder(_Message).decode
_encode: Final = msgspec.json.Encoder().encode


class TitleKind(Kind):
    """See prosa.runs.Kind."""

    name = TITLE

    def __init__(self, parts: AnswerParts) -> None:
        self._parts = parts

    async def drive(self, drive: Drive) -> Ending:
        """Ask for a title; where no model gives one, the first words have to do."""
        run, task = drive.run, Task.of(drive.run)
        try:
            conversation = await self._parts.conversations.get(run.space, task.conversation_id)
            nodes = await self._parts.conversations.paths.page(run.space, conversation.id, PathQuery(20))
        except NotFound:
            return _over()  # it was deleted meanwhile
        if conversation.face.title_by is not TitleBy.NOBODY:
            return _over()
        told = [(role, text) for role, text in (_said(node.item) for node in reversed(nodes)) if text][:2]
        title = title_of(await self._title(run, task, told))  # without what no database holds
        state = RunState.COMPLETED
        rows: tuple[Part, ...] = ()
        if title:
            rows = (
                title_change(conversation, title, run.id, run.fence, state),
                *self._parts.conversations.news.conversation(run.space, "updated", conversation.id),
            )
        return Ending(state, (ENDED,), b"{}", rows)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """It goes without a title."""
        return Ending(STATES[why], (ENDED,), b"{}")

    def removing(self, run: Run) -> Sequence[Part]:
        """Nothing is kept of it elsewhere."""
        return (context_removal(run.id),)

    async def _title(self, run: Run, task: Task, told: list[tuple[str, str]]) -> str:
        first = next((text for role, text in told if role == "user"), "")
        model = self._parts.settings.small_model or task.model
        shown = [_item(role, text[:_HEARD]) for role, text in told]
        question = SmallQuestion(model, shown, _ASK, _TOKENS, task.names)
        answered = any(role == "assistant" for role, _ in told)
        if not answered or self._is_mock(model):  # where no answer came, no title would
            return first_words(first)
        try:
            said = await asked(
                self._parts.gateway, question, Payer(run.space, task.dialect, task.key, run.id, task.conversation_id)
            )
        except ProsaError:
            return first_words(first)
        return clean(said) or first_words(first)

    def _is_mock(self, model: str | None) -> bool:
        """The mock answers whatever it is told to, which is no title."""
        return (model or "").split("/")[0].split("-")[0] == _MOCK


def clean(said: str) -> str:
    """A title out of what a model said: its first line, without what models put around it."""
    line = next((line for line in said.splitlines() if line.strip(_EDGES)), "")
    return _cut(_SPACES.sub(" ", line).strip(_EDGES))


def first_words(text: str) -> str:
    """The first words of a message, as a title."""
    words = text.split()
    return _cut(" ".join(words[:WORDS])) + ("…" if len(words) > WORDS else "")


def _cut(title: str) -> str:
    return title if len(title) <= LONGEST else title[: LONGEST - 1].rstrip() + "…"


def _over() -> Ending:
    return Ending(RunState.COMPLETED, (ENDED,), b"{}")


def _said(item: Item) -> tuple[str, str]:
    if item.type != "message":
        return "", ""
    message = _message(item.body)
    content = message.content
    text = content if isinstance(content, str) else " ".join(part.text for part in content if part.text)
    return message.role or "", text.strip()


def _item(role: str, text: str) -> bytes:
    form = "output_text" if role == "assistant" else "input_text"
    return _encode({"type": "message", "role": role, "content": [{"type": form, "text": text}]})
