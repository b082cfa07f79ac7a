"""Answers that a provider makes in its background: noted in the log, found again by whoever goes on, stopped with the run."""

import asyncio
from collections.abc import Sequence
from typing import Final

import msgspec

from prosa.answers.errors import CompactionUnreadable
from prosa.answers.responses import (
    ApprovalRequest,
    FunctionCall,
    Message,
    OutputText,
    OwnCall,
    Reasoning,
    Said,
    Scribe,
    ToolList,
)
from prosa.answers.sealing import Sealer
from prosa.gateway import Attachment, Gateway, Heard
from prosa.runs import Event

TYPE: Final = "prosa:model_call.attached"
_BEGINNING: Final = b'{"type":"' + TYPE.encode() + b'"'
_STEP: Final = b'{"type":"prosa:model_call.completed"'
_WOKEN: Final = b'{"type":"prosa:run.woken"'
_READY: Final = b'{"type":"prosa:tool_servers.ready"'
_ITEM: Final = b'{"type":"response.output_item.added"'


class _Noted(msgspec.Struct):
    attachment: str


_noted: Final = msgspec.json.Decoder(_Noted).decode
_decode: Final = msgspec.json.Decoder(Attachment).decode
_encode: Final = msgspec.json.Encoder().encode


class Attachments:
    """What a run's log says of answers in a provider's background."""

    def __init__(self, gateway: Gateway, sealer: Sealer) -> None:
        self._gateway = gateway
        self._sealer = sealer
        self._releasing: set[asyncio.Task[None]] = set()

    def noted(self, scribe: Scribe, space: str, attachment: Attachment) -> bytes:
        """The event that says where the answer is found again; sealed, since it is nothing to its readers."""
        return scribe.own(TYPE, {"attachment": self._sealer.seal(space, _encode(attachment).decode())})

    def last(self, space: str, log: Sequence[Event]) -> Attachment | None:
        """Where the answer is that was being made when the log ends; None where nothing is."""
        for event in reversed(log):
            if event.data.startswith(_STEP):
                return None
            if event.data.startswith(_BEGINNING):
                try:
                    return _decode(self._sealer.open(space, _noted(event.data).attachment))
                except CompactionUnreadable:
                    return None  # sealed under a secret that is gone
        return None

    def release(self, attachment: Attachment | None, *, cancel: bool) -> None:
        """Stop the answer there, or have it forgotten, beside what goes on here."""
        if attachment is None:
            return
        task = asyncio.get_running_loop().create_task(self._gateway.let_go(attachment, cancel=cancel))
        self._releasing.add(task)
        task.add_done_callback(self._releasing.discard)

    async def stop(self) -> None:
        """Wait for what is being released."""
        if self._releasing:
            await asyncio.wait(tuple(self._releasing))


def before_step(log: Sequence[Event]) -> int:
    """How many items had begun before the model call that the log ends in."""
    found = count = 0
    for event in log:
        if event.data.startswith(_ITEM):
            count += 1
        elif event.data.startswith((_STEP, _WOKEN, _READY)):
            found = count
    return found


def heard(said: Said, begin: int) -> Heard | None:
    """How much of the present model call's answer was told, its items from `begin` on.

    None where it can't be gone on with: a call whose arguments are half told, or an answer that isn't one text.
    """
    text = reasoning = calls = 0
    for index, item in enumerate(said.items[begin:], begin):
        open_ = index in said.open()
        if isinstance(item, Message):
            if open_ and said.continuable() is None:
                return None
            text += sum(len(part.text) for part in item.content if isinstance(part, OutputText))
        elif isinstance(item, Reasoning):
            reasoning += sum(len(part.text) for part in item.content) + sum(len(part.text) for part in item.summary)
        elif isinstance(item, ToolList):
            continue
        elif isinstance(item, FunctionCall) or (isinstance(item, OwnCall | ApprovalRequest) and said.growth(index) is not None):
            if open_:
                return None
            calls += 1
        else:
            calls += 1
    return Heard(text, reasoning, calls)
