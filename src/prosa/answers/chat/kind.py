"""The kind of run behind a stored chat completion: its log is the stream, chunk by chunk, as it is sent."""

from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw

from prosa.answers.chat.chunks import ChunkReader, Teller, error_line
from prosa.answers.chat.errors import CompletionCancelled, CompletionInterrupted
from prosa.answers.chat.folding import Fold, folded
from prosa.answers.chat.models import CHAT, COMPLETION, ChatAsked
from prosa.answers.continuing import continuation
from prosa.answers.errors import AccessEnded
from prosa.answers.models import StillAllowed
from prosa.files import Carried, FileService, names_files
from prosa.gateway import Gateway, ModelCall, StreamBroken
from prosa.identity import Door
from prosa.kit.errors import ProsaError
from prosa.runs import Drive, Ending, Event, Kind, Run, RunState, Why
from prosa.usage import Payer

MOST_BYTES: Final = 64 * 1024 * 1024  # of a log: a model that never ends must not fill the disk
_messages: Final = msgspec.json.Decoder(list[Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


class ChatKind(Kind):
    """Asks the gateway once and writes down what it says; see `Kind`."""

    name = CHAT

    def __init__(self, gateway: Gateway, files: FileService, still_allowed: StillAllowed) -> None:
        self._gateway = gateway
        self._files = files
        self._still_allowed = still_allowed

    async def drive(self, drive: Drive) -> Ending:
        """Ask the model; after another driver, go on from what it left as far as that is possible."""
        run, asked = drive.run, ChatAsked.of(drive.run)
        fold = folded(asked.choices, [event.data for event in drive.log])
        carried = self._files.carry(run.space)  # as long as the call lasts
        call = asked.call(await self._heard(carried, asked))
        call.payer = Payer(run.space, Door.OPENAI, asked.key, run.id)
        if drive.resumed:
            if fold.said and fold.whole:
                return _whole(run, asked, fold, [])
            if not await self._still_allowed(run):
                raise AccessEnded
            if fold.said:
                rest = await self._rest(call, fold)
                if rest is None:
                    return await self.settle(run, drive.log, Why.INTERRUPTED, None)
                call = rest
        return _whole(run, asked, fold, await self._hear(drive, call, asked, fold))

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End it by what was said: kept where there is anything, an error where there is nothing."""
        asked = ChatAsked.of(run)
        fold = folded(asked.choices, [event.data for event in log])
        if why is Why.CANCELLED:
            error = CompletionCancelled()
        elif error is None:
            error = CompletionInterrupted()
        state = RunState.CANCELLED if why is Why.CANCELLED else RunState.INCOMPLETE if fold.said else RunState.FAILED
        if fold.said:
            result = fold.completion(COMPLETION + run.id, asked.created, asked.told, broken=error.code)
        else:
            result = _encode({"error": _kept(error)})
        return Ending(state, (error_line(error),), result)

    async def _heard(self, carried: Carried, asked: ChatAsked) -> Raw | None:
        """The messages with the files that they name; None where they name none."""
        messages = asked.fields["messages"]
        return await self._files.inlined(carried, messages) if names_files(messages) else None

    async def _rest(self, call: ModelCall, fold: Fold) -> ModelCall | None:
        """The call for what is missing, where a provider can go on from a text's beginning."""
        beginning = fold.beginning
        if beginning is None:
            return None
        said = Raw(_encode({"role": "assistant", "content": beginning}))
        messages = Raw(_encode([*_messages(call.fields["messages"]), said]))
        return await continuation(self._gateway, msgspec.structs.replace(call, fields=call.fields | {"messages": messages}))

    async def _hear(self, drive: Drive, call: ModelCall, asked: ChatAsked, fold: Fold) -> list[bytes]:
        """Write down what the model says while it says it; gives the last chunks, which are written with the end."""
        teller = Teller(COMPLETION + drive.run.id, asked.created, asked.told)
        reader, last, left = ChunkReader(), list[bytes](), MOST_BYTES
        reply = await self._gateway.chat(call)
        try:
            while piece := await reply.read():
                for chunk in reader.feed(piece):
                    fold.add(chunk)
                    told = teller.tell(chunk, usage=asked.usage)
                    if told is None:
                        continue
                    left -= len(told)
                    if left < 0:
                        raise StreamBroken("The answer broke off: it grew too long")
                    if fold.whole:
                        last.append(told)
                    else:
                        drive.push(told)
                await drive.room()
        finally:
            reply.close()
        if reply.fault is not None:
            for told in last:
                drive.push(told)
            raise reply.fault
        return last


def _whole(run: Run, asked: ChatAsked, fold: Fold, last: list[bytes]) -> Ending:
    result = fold.completion(COMPLETION + run.id, asked.created, asked.told)
    # Where the driver before wrote all of it and not the end, what ends it is an event that says nothing new.
    events = tuple(last) or (Teller(COMPLETION + run.id, asked.created, fold.model or asked.told).nothing(),)
    return Ending(RunState.COMPLETED, events, result)


def _kept(error: ProsaError) -> dict[str, object]:
    return {
        "message": error.message,
        "status": error.status,
        "code": error.code,
        "param": error.param,
        "retry_after": error.retry_after,
    }
