"""What a run of upkeep is asked: about a conversation, up to an item of it."""

import hashlib
from typing import Final

import msgspec

from prosa.runs import Run, RunState, Why

TITLE: Final = "title"
SUMMARY_RUN: Final = "summary"
STATES: Final = {
    Why.CANCELLED: RunState.CANCELLED,
    Why.FAILED: RunState.FAILED,
    Why.INTERRUPTED: RunState.INCOMPLETE,
}
ENDED: Final = b'{"type":"prosa:upkeep_ended"}'
BEGUN: Final = b'{"type":"prosa:upkeep_begun"}'


class Task(msgspec.Struct, omit_defaults=True):
    """Ids, and whose rights the answer had that gave rise to it. No text: it is kept for as long as the run."""

    conversation_id: str
    anchor: str
    model: str | None = None
    allowed: list[str] | None = None
    dialect: str = "app"
    key: str | None = None

    @staticmethod
    def of(run: Run) -> "Task":
        """What this run was asked."""
        return _decode(run.request)

    def stored(self) -> bytes:
        """As it is kept with the run."""
        return _encode(self)

    @property
    def names(self) -> frozenset[str] | None:
        """The only models that may be used; None: every one."""
        return None if self.allowed is None else frozenset(self.allowed)


_decode: Final = msgspec.json.Decoder(Task).decode
_encode: Final = msgspec.json.Encoder().encode


def task_id(kind: str, task: Task) -> str:
    """The id of its run: the same for the same task, whoever thinks of it."""
    return hashlib.blake2b(f"{kind} {task.conversation_id} {task.anchor}".encode(), digest_size=16).hexdigest()
