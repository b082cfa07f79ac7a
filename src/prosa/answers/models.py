"""The nouns of an answer."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.pinned import Pinned
from prosa.answers.responses import ResponseRequest
from prosa.answers.servers.listing import Listing
from prosa.answers.servers.models import Decision
from prosa.conversations import HEAD, Parent
from prosa.files import Carried
from prosa.gateway import ModelCall
from prosa.runs import Run
from prosa.usage import Payer

ANSWER: Final = "answer"
"""The name of this kind of run."""

_encode: Final = msgspec.json.Encoder().encode

StillAllowed = Callable[[Run], Awaitable[bool]]
"""Whether whoever started a run may call models now."""

StillLent = Callable[[Run, Pinned], Awaitable[bool]]
"""Whether whoever started a run may use its assistant now, which is somebody else's."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What a request goes on from, by stored ids: a run, or a conversation, there from the item `parent`."""

    previous_id: str | None = None
    conversation_id: str | None = None
    parent: Parent = HEAD


@dataclass(frozen=True, slots=True)
class Before:
    """What was said before a request, oldest first: JSON of items, and the ids of what is told of it, "" for what isn't stored
    before. `newest`: the last item of the path; `summary` and `memories`: those that are told, by their ids; `cut`: what is
    older is left out; `listings`: lists of tools among it, with whose they are."""

    bodies: list[bytes]
    ids: list[str]
    newest: str | None = None
    summary: str | None = None
    memories: tuple[str, ...] = ()
    cut: bool = False
    listings: tuple[Listing, ...] = ()

    def sent(self) -> bytes | None:
        """What the model was sent, as it is kept with the answer; None where it was simply all."""
        if self.summary is None and not self.memories and not self.cut:
            return None
        return _encode(SentForm([id for id in self.ids if id], self.summary, list(self.memories)))


class SentForm(msgspec.Struct, omit_defaults=True):
    """Ids of items, of the summary before them, and of memories."""

    items: list[str]
    summary: str | None = None
    memories: list[str] = []

    @staticmethod
    def of(kept: bytes) -> "SentForm":
        """As it is kept with an answer."""
        return msgspec.json.decode(kept, type=SentForm)


class Asked(msgspec.Struct, omit_defaults=True):
    """What a run keeps of its request. `model` is the name as it is shown, `name` as it was asked for; `created` in seconds since
    1970; `allowed`: the only names that the caller's key may use; `continues`: nothing was said beyond what was there, so that
    the answer goes on where the last one ended; `anchor`: the item of the conversation that it answers, by its stored id;
    `dialect` by whose door it came, with the API key `key`; `remembers`: the older part is told by a summary, with the person's
    memories; `assisting`: an assistant answers, in a thread of the Assistants API or in the app; `doors`: how
    tool servers are reached that the request names, sealed; `decisions`: what the caller said of calls to be approved."""

    request: msgspec.Raw
    model: str
    created: int
    name: str | None = None
    allowed: list[str] | None = None
    continues: bool = False
    anchor: str | None = None
    remembers: bool = False
    dialect: str = "openai"
    key: str | None = None
    assisting: Pinned | None = None
    doors: str | None = None
    decisions: list[Decision] = []

    @staticmethod
    def of(run: Run) -> "Asked":
        """What this run was asked."""
        return _decode(run.request)

    def stored(self) -> bytes:
        """As it is kept with the run."""
        return _encode(self)

    def payer(self, run: Run) -> Payer:
        """On whose account the run's calls go."""
        return Payer(run.space, self.dialect, self.key, run.id, run.conversation_id)

    @property
    def waits(self) -> bool:
        """Whether the run waits for what the client's functions give, instead of ending with their calls."""
        return self.assisting is not None and self.assisting.waits

    @property
    def names(self) -> frozenset[str] | None:
        """The only models that may be used; None: every one."""
        return None if self.allowed is None else frozenset(self.allowed)


_decode: Final = msgspec.json.Decoder(Asked).decode


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
    before: Before | None = None  # with the ids of what stands in `context`
