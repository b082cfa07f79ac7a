"""The kind of run that asks a model."""

from collections.abc import Sequence
from typing import Final

from prosa.answers.assisting.waiting import waiting
from prosa.answers.context import weight
from prosa.answers.driving import Answering
from prosa.answers.models import ANSWER, Asked
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import ResponseRequest, Scribe, fold, tokens
from prosa.answers.settling import EXPIRED, INTERRUPTED, WAITING, Outcome, Told, ending
from prosa.conversations import context_removal
from prosa.drivers.journal import Part
from prosa.gateway import estimate
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Event, Run, Why

_FROM_OUTSIDE: Final = {Why.CANCELLED: Outcome("cancelled"), Why.INTERRUPTED: INTERRUPTED, Why.EXPIRED: EXPIRED}


class AnswerKind:
    """See prosa.runs.Kind. A run's log are the streaming events of the Responses API, as they are sent."""

    name = ANSWER

    def __init__(self, parts: AnswerParts) -> None:
        self._parts = parts

    async def drive(self, drive: Drive) -> Ending:
        """Ask the model until it has answered. Raises what the run fails with."""
        answering = Answering(self._parts, drive, self._parts.prepared.pop(drive.run.id, None))
        outcome = await answering.answer()
        self._parts.attachments.release(answering.attached, cancel=True)
        if outcome is WAITING:
            news = self._parts.conversations.news.run(drive.run.space, "waiting", drive.run.id, drive.run.conversation_id)
            now, seconds = self._parts.clock.now(), self._parts.settings.action_seconds
            return waiting(answering.scribe, answering.usage, now, seconds, news)
        told = Told(drive.run, answering.asked, answering.request, answering.scribe, answering.sent)
        return ending(self._parts.conversations, told, self._parts.clock.now(), outcome)

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End an answer with what its log holds."""
        self._parts.prepared.pop(run.id, None)
        self._parts.attachments.release(self._parts.attachments.last(run.space, log), cancel=True)
        asked = Asked.of(run)
        request = ResponseRequest.from_stored(bytes(asked.request))
        said = fold(event.data for event in log)
        if said.open():
            # Nobody has counted what the call cost that was cut off.
            said.spent(tokens(await self._weight(run, request), estimate(len(said.text))))
        told = Told(run, asked, request, Scribe(log[-1].number + 1 if log else 0, said))
        outcome = _FROM_OUTSIDE.get(why) or Outcome("failed", error=error)
        return ending(self._parts.conversations, told, self._parts.clock.now(), outcome)

    def promoted(self, run: Run) -> Sequence[Part]:
        """Nothing: the answer for which it waited has put itself before what this run was given."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """What goes with a run."""
        return (*self._parts.conversations.removing(run.id), context_removal(run.id))

    async def _weight(self, run: Run, request: ResponseRequest) -> int:
        if not request.stored_after:
            return 0
        return sum(weight(item.body) for item in await self._parts.contexts.of_run(run, cut=True))
