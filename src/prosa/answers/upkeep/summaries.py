"""The kind of run that summarises the older part of a conversation, so that what is told to the model stays within its bound."""

from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.answers.context import paired, weight
from prosa.answers.parts import AnswerParts
from prosa.answers.upkeep.asking import SmallQuestion, asked
from prosa.answers.upkeep.models import ENDED, STATES, SUMMARY_RUN, Task
from prosa.conversations import LONGEST_SUMMARY, SUMMARY, Item, MemoryService, summary_addition, summary_body
from prosa.drivers.journal import Part
from prosa.kit.errors import NotFound, ProsaError
from prosa.runs import Drive, Ending, Event, Kind, Run, RunState, Why
from prosa.usage import Payer

KEPT: Final = 2  # of what may be told, one part in so many stays word for word
_TOKENS: Final = 2_000
_ASK: Final = (
    "Write a summary of the conversation above, in its own language, for somebody who has to go on with it and can't read it:"
    " what is wanted, what was decided and why, facts, names and figures that matter, what was done, what is open. If it begins"
    " with a summary of what came before, take that in. Write the summary alone."
)
_SO_FAR: Final = "Summary of what came before:\n\n"
_encode: Final = msgspec.json.Encoder().encode


class SummaryKind(Kind):
    """See prosa.runs.Kind."""

    name = SUMMARY_RUN

    def __init__(self, parts: AnswerParts, memory: MemoryService) -> None:
        self._parts = parts
        self._memory = memory

    async def drive(self, drive: Drive) -> Ending:
        """Summarise all but the newest. Raises what the gateway raises."""
        run, task = drive.run, Task.of(drive.run)
        most = self._parts.settings.items
        try:
            found = await self._memory.recalled(run.space, task.conversation_id, task.anchor, most)
        except NotFound:
            return _over()  # it was deleted meanwhile
        older = _older(found.items, self._parts.settings.memory_tokens // KEPT)
        if not older:
            return _over()
        told = paired([item.body for item in older], strict=False)
        if found.summary is not None:
            told = [_note(_SO_FAR + found.summary.text), *told]
        told = self._parts.contexts.bounded(told, cut=True, tokens=self._parts.settings.memory_tokens * 2)
        question = SmallQuestion(self._parts.settings.small_model or task.model, told, _ASK, _TOKENS, task.names)
        payer = Payer(run.space, task.dialect, task.key, run.id, task.conversation_id)
        text = (await asked(self._parts.gateway, question, payer))[:LONGEST_SUMMARY]
        item = Item(
            run.space, SUMMARY, summary_body(text), self._parts.clock.now(), conversation_id=task.conversation_id, run_id=run.id
        )
        state = RunState.COMPLETED
        rows = (
            summary_addition(item, older[-1].id, run.id, run.fence, state),
            *self._parts.conversations.news.conversation(run.space, "updated", task.conversation_id),
        )
        return Ending(state, (ENDED,), b"{}", rows)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """It goes without a summary; what doesn't fit is left out until one is made."""
        return Ending(STATES[why], (ENDED,), b"{}")

    def removing(self, run: Run) -> Sequence[Part]:
        """What no conversation holds."""
        return self._parts.conversations.removing(run.id)


def _older(items: Sequence[Item], tokens: int) -> Sequence[Item]:
    """All but the newest that are within so many tokens; a call never goes without its output."""
    place = len(items)
    while place > 0 and (tokens := tokens - weight(items[place - 1].body)) >= 0:
        place -= 1
    while place < len(items) and items[place].type.endswith("_output"):
        place += 1
    return items[:place] if place < len(items) else items[: max(0, len(items) - 1)]


def _note(text: str) -> bytes:
    return _encode({"type": "message", "role": "developer", "content": [{"type": "input_text", "text": text}]})


def _over() -> Ending:
    return Ending(RunState.COMPLETED, (ENDED,), b"{}")
