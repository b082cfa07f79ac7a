"""One drive of one answer: ask the model, tell what it says, call what tools it wants, until it has answered."""

import asyncio
from typing import Final

from prosa.answers.asking import Fault, Teller
from prosa.answers.attaching import before_step, heard
from prosa.answers.calling import OwnTools
from prosa.answers.continuing import can_continue
from prosa.answers.errors import AccessEnded
from prosa.answers.models import Asked, Prepared
from prosa.answers.parts import AnswerParts
from prosa.answers.questions import Questions
from prosa.answers.responses import (
    ApprovalRequest,
    FunctionCall,
    FunctionOutput,
    Message,
    OwnCall,
    Reasoning,
    ResponseRequest,
    Said,
    Scribe,
    Tokens,
    ToolList,
    fold,
    tokens,
)
from prosa.answers.servers.entries import entries_of
from prosa.answers.servers.serving import Serving, Wish
from prosa.answers.settling import COMPLETED, INTERRUPTED, WAITING, Outcome, response_of
from prosa.gateway import Attachment, GatewayReply, Heard, estimate
from prosa.kit.errors import ProsaError
from prosa.runs import Drive

MOMENT: Final = "prosa:moment"
TOLD: Final = "prosa:model_call.told"
_IN_PROGRESS: Final = b'{"type":"response.in_progress"'
_ROOM: Final = 16 * 1024  # bytes of a stream after which it is asked whether the log keeps up
_FIRST: Final = 3  # events among which it stands
CUT_OFF: Final = Outcome("incomplete", "max_output_tokens")
FILTERED: Final = Outcome("incomplete", "content_filter")
OUT_OF_TIME: Final = Outcome("incomplete", "time_limit")
OUT_OF_STEPS: Final = Outcome("incomplete", "max_steps")
ASKED_ENOUGH: Final = Outcome("incomplete", "max_prompt_tokens")
_CUT: Final = {"max_output_tokens": CUT_OFF, "content_filter": FILTERED}


class Answering:
    """Drives one answer; what it pushes is numbered and remembered by its scribe."""

    def __init__(self, parts: AnswerParts, drive: Drive, prepared: Prepared | None) -> None:
        self._parts = parts
        self._drive = drive
        self._prepared = prepared
        self.asked = Asked.of(drive.run)
        self.request = prepared.request if prepared is not None else ResponseRequest.from_stored(bytes(self.asked.request))
        said = fold(event.data for event in drive.log) if drive.resumed else Said()
        self.scribe = Scribe(drive.next_number, said)
        self._tools = OwnTools(parts, drive, self.scribe, self.request)
        self._serving = self._served_by(parts)
        self._questions = Questions(parts, self.asked, self.request)
        self._questions.payer = self.asked.payer(drive.run)
        self._questions.contain(drive.run)
        self._breaks = self._idle = 0  # streams that broke, and how many in a row without a word
        self._bytes = 0  # of the streams so far
        self.attached: Attachment | None = None  # where the present answer is made, if in a provider's background
        self._begin = 0  # items that were there before the present model call
        self._heard: Heard | None = None  # what was told of it: the next call listens again instead of asking
        self.usage: Tokens | None = None  # of the last model call, where the client is to answer it
        self._second = 0  # of the clock, as the log tells it to who shows when things happened

    def _served_by(self, parts: AnswerParts) -> Serving | None:
        """The tools of other servers, where the request names any."""
        if parts.servers is None or not entries_of(self.request.tools):
            return None
        asked = self.asked
        wish = Wish(self.request, asked.doors, asked.decisions, lent=asked.assisting is not None, alone=asked.waits)
        return Serving(parts.servers, self._drive, self.scribe, wish)

    async def answer(self) -> Outcome:
        """Bring the answer to its end. Raises what it fails with."""
        drive = self._drive
        if not any(event.data.startswith(_IN_PROGRESS) for event in drive.log[:_FIRST]):
            drive.push(self.scribe.state(response_of(drive.run, self.asked, self.request, "in_progress")))
        try:
            async with asyncio.timeout(self._parts.settings.seconds) as bound:
                return await self._through()
        except TimeoutError:
            if not bound.expired():
                raise
            return OUT_OF_TIME

    @property
    def sent(self) -> bytes | None:
        """What the model was told of what came before, as it is kept; None where it was simply all."""
        return self._questions.sent()

    async def _through(self) -> Outcome:
        await self._hear_before()
        if self._serving is not None:
            await self._open_servers(self._serving)
        outcome = await self._take_up() if self._drive.resumed else None
        while outcome is None:
            outcome = await self._step()
        return outcome

    async def _hear_before(self) -> None:
        # What was prepared may be large, and is let go of once it is taken over.
        run, prepared, self._prepared = self._drive.run, self._prepared, None
        if prepared is not None and not self._drive.resumed and await self._parts.contexts.unchanged(run, prepared):
            self._questions.take(prepared)
        else:
            await self._check_access()
            await self._questions.read(run)

    async def _open_servers(self, serving: Serving) -> None:
        """What the servers offer, and the calls that the caller has approved, before the model is asked."""
        await serving.open(self._questions.listings)
        self._tools.serve(serving.tools())
        if self.scribe.said.served:
            return
        serving.approve()
        await serving.take()
        if self._drive.resumed and self.scribe.said.waiting():
            return  # one of them may have been made
        await self._tools.call(self.scribe.said.waiting())
        await self._ask_for_calls(serving)
        serving.ready()

    async def _ask_for_calls(self, serving: Serving) -> None:
        """See to what became of the last calls: those that are to be approved, and servers that tell otherwise now."""
        await serving.ask()
        await serving.refresh()
        self._tools.serve(serving.tools())
        await self._drive.flush()

    async def _check_access(self) -> None:
        if not await self._parts.still_allowed(self._drive.run):
            raise AccessEnded

    # A step

    async def _step(self) -> Outcome | None:
        """Ask once, and call the tools that the answer wants; None where the model is to be asked again."""
        said = self.scribe.said
        if said.calls >= self._parts.settings.steps:
            return OUT_OF_STEPS
        if self._asked_enough():
            return ASKED_ENOUGH
        if said.calls:
            await self._check_access()
        before = len(said.text)
        again = self._heard is not None
        if self._serving is not None:
            self._questions.serve(self._serving)
        try:
            reply = await self._ask()
        except ProsaError as error:
            return await self._unanswered(error, again=again)
        if reply is None:
            return CUT_OFF
        teller = await self._hear(reply)
        if teller.fault is not None:
            return await self._broke(teller.fault, moved=len(said.text) > before)
        self._parts.attachments.release(self.attached, cancel=False)
        self.attached = None
        if teller.reason is not None:
            return _CUT[teller.reason]
        return await self._call_tools(teller)

    async def _ask(self) -> GatewayReply | None:
        said, heard = self.scribe.said, self._heard
        if heard is not None and self.attached is not None:
            self._heard = None
            return await self._questions.listen(said, self.attached, heard)
        self.attached, self._begin = None, len(said)
        return await self._questions.ask(said, tools=not self._tools.used_up)

    async def _unanswered(self, error: ProsaError, *, again: bool) -> Outcome | None:
        """The model doesn't answer: what was said stays, and can be gone on from; where that is nothing, the run fails."""
        if again:
            self.attached = None
            said = self.scribe.said
            said.spent(tokens(self._questions.weight, estimate(len(said.text))))
            return await self._go_on("stream_broken")
        if not self.scribe.said.continuable():
            raise error
        return self._resumed("stream_broken", "ended", INTERRUPTED)

    async def _hear(self, reply: GatewayReply) -> Teller:
        """Tell what the model says while it says it."""
        drive, size = self._drive, 0
        try:
            teller = Teller(self.scribe, self._questions.telling)
            while piece := await reply.read():
                self._tell_time()
                if self.attached is None and reply.attachment is not None:
                    self.attached = reply.attachment
                    drive.push(self._parts.attachments.noted(self.scribe, drive.run.space, self.attached))
                for event in teller.feed(piece):
                    drive.push(event)
                size += len(piece)
                if size > _ROOM:
                    self._bytes, size = self._bytes + size, 0
                    await drive.room()
                    if self._bytes > self._parts.settings.said_bytes:
                        teller.finish_reason = "length"
                        break
        finally:
            reply.close()
        if self.attached is not None and reply.attachment is None:  # it failed there: to listen again would bring nothing more
            self._parts.attachments.release(self.attached, cancel=False)
            self.attached = None
        # What is listened to again tells its tokens at its end, all of them.
        again = teller.fault is not None and self.attached is not None
        self._tell_time()
        for event in teller.finish(None if again else reply.usage):
            drive.push(event)
        if self.asked.waits and not again:
            drive.push(self.scribe.own(TOLD, {"at": self._second, "usage": teller.usage}))
        return teller

    def _tell_time(self) -> None:
        """A second later than anything before: who shows when things happened learns it from the log alone."""
        if not self.asked.waits:
            return
        now = int(self._parts.clock.now())
        if now > self._second:
            self._second = now
            self._drive.push(self.scribe.own(MOMENT, {"at": now}))

    async def _call_tools(self, teller: Teller | None = None) -> Outcome | None:
        """Call what the last answer wants of our own tools; COMPLETED where that is nothing, or the caller has to answer."""
        said = self.scribe.said
        waiting = said.waiting()
        if not waiting and not said.asking():
            return self._answered(teller)
        await self._tools.call(waiting)
        if self._serving is not None:
            await self._ask_for_calls(self._serving)
        self._tell_time()
        if self._client_is_asked():
            return self._answered(teller)
        self._drive.push(self.scribe.model_called(teller.usage if teller is not None else None))
        return None

    def _answered(self, teller: Teller | None) -> Outcome:
        """The model has said all that it has to say now; it may have asked the client, and the run waits for that."""
        self.usage = teller.usage if teller is not None else None
        return WAITING if self.asked.waits and self._client_is_asked() else COMPLETED

    def _asked_enough(self) -> bool:
        """Whether the run has asked with as many tokens as it may."""
        most = self.asked.assisting.max_prompt_tokens if self.asked.assisting is not None else None
        usage = self.scribe.said.usage
        return most is not None and usage is not None and usage.input_tokens >= most

    def _client_is_asked(self) -> bool:
        """Whether the last model call wants functions of the caller, too, or an approval: those after the last text or
        thought."""
        for item in reversed(self.scribe.said.items):
            if isinstance(item, FunctionCall | ApprovalRequest):
                return True
            if not isinstance(item, OwnCall | ToolList):
                return False
        return False

    # After a break

    async def _broke(self, fault: Fault, *, moved: bool) -> Outcome | None:
        """The stream broke off in the middle: go on as far as that is possible and helps."""
        settings = self._parts.settings
        self._breaks += 1
        self._idle = 0 if moved else self._idle + 1
        if self._idle >= settings.continuations or self._breaks > settings.breaks or not _passing(fault):
            return self._resumed("stream_broken", "ended", INTERRUPTED)
        return await self._go_on("stream_broken")

    async def _take_up(self) -> Outcome | None:
        """Where the driver before left off: what is over, and what goes on; None: the next step is to ask the model."""
        said, log = self.scribe.said, self._drive.log
        if said.items and isinstance(said.items[-1], FunctionOutput):
            return None  # the client has answered, and the model hears it now
        self.attached = self._parts.attachments.last(self._drive.run.space, log)
        self._begin = before_step(log)
        if said.open() and self.attached is None:
            said.spent(tokens(self._questions.weight, estimate(len(said.text))))
        waiting, asking = said.waiting(), said.asking()
        if (waiting or asking) and len(waiting) + len(asking) == len(said.open()):
            if not self._tools.may_call(waiting):
                return self._resumed("driver_lost", "ended", INTERRUPTED)
            self._resumed("driver_lost", "called_again")
            return await self._call_tools()
        if not said.open() and len(said) > self._begin:
            last = said.items[-1]
            if self._client_is_asked() or isinstance(last, Message):
                outcome = self._answered(None) if last.status != "incomplete" else INTERRUPTED
                return self._resumed("driver_lost", "ended", outcome)
            if isinstance(last, OwnCall):
                self._drive.push(self.scribe.model_called(None))
        return await self._go_on("driver_lost")

    async def _go_on(self, reason: str) -> Outcome | None:
        """Where the answer goes on elsewhere, from there; from the beginning where nothing counts yet; else from where the answer
        stands; else not at all."""
        said = self.scribe.said
        if self.attached is not None:
            self._heard = heard(said, self._begin)
            if self._heard is not None:
                self._close_thoughts()
                return self._resumed(reason, "reattached")
        begun = said.continuable()
        if begun == "" or all(isinstance(said.item(index), Reasoning) for index in said.open()):
            self._close_thoughts()
            return self._resumed(reason, "asked_again")
        if begun is not None and await can_continue(self._parts.gateway, self._questions.plain(said)):
            return self._resumed(reason, "continued")
        return self._resumed(reason, "ended", INTERRUPTED)

    def _close_thoughts(self) -> None:
        for index in self.scribe.said.open():
            if isinstance(self.scribe.said.item(index), Reasoning):
                for event in self.scribe.end_item(index):
                    self._drive.push(event)

    def _resumed(self, reason: str, how: str, outcome: Outcome | None = None) -> Outcome | None:
        self._drive.push(self.scribe.own("prosa:run_resumed", {"reason": reason, "how": how}))
        return outcome


def _passing(fault: Fault) -> bool:
    """Whether another try may go better."""
    return fault.status >= 500 or fault.status == 429
