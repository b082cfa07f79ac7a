"""The nouns of an answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.responses import ResponseRequest
from prosa.conversations import HEAD, Parent
from prosa.files import Carried
from prosa.gateway import ModelCall
from prosa.runs import Run

ANSWER: Final = "answer"
"""The name of this kind of run."""

StillAllowed = Callable[[Run], Awaitable[bool]]
"""Whether whoever started a run may call models now."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a request goes on from, by stored ids: a run, or a conversation, there from the item `parent`."""

    previous_id: str | None = None
    conversation_id: str | None = None
    parent: Parent = HEAD


class Asked(msgspec.Struct, omit_defaults=True):
    """What a run keeps of its request. `model` is the name as it is shown, `name` as it was asked for; `created` in seconds since
    1970; `allowed`: the only names that the caller's key may use; `continues`: nothing was said beyond what was there, so that
    the answer goes on where the last one ended; `anchor`: the item of the conversation that it answers, by its stored id."""

    request: msgspec.Raw
    model: str
    created: int
    name: str | None = None
    allowed: list[str] | None = None
    continues: bool = False
    anchor: str | None = None

    @staticmethod
    def of(run: Run) -> "Asked":
        """What this run was asked."""
        return _decode(run.request)

    def stored(self) -> bytes:
        """As it is kept with the run."""
        return _encode(self)

    @property
    def names(self) -> frozenset[str] | None:
        """The only models that may be used; None: every one."""
        return None if self.allowed is None else frozenset(self.allowed)


_decode: Final = msgspec.json.Decoder(Asked).decode
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Prepared:
    """What the process that took a request has worked out already, so that the driver needn't do it again."""

    request: ResponseRequest
    items: list[bytes]  # everything that the model is to hear, in the order of time, as it is stored
    context: list[bytes]  # the same with files and summaries in it
    call: ModelCall  # the first one
    newest: str | None = None  # of a conversation: its last item when it was read, …
    first: str | None = None  # … and the first that the request adds
    carried: Carried | None = None  # the files in it
