"""The nouns of stored chat completions."""

from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec import Raw

from prosa.gateway import CallKind, Fields, ModelCall
from prosa.kit.ids import without_prefix
from prosa.runs import Run

CHAT: Final = "chat_completion"
"""The name of this kind of run."""
COMPLETION: Final = "chatcmpl-"
"""What the id of a completion begins with."""
LONGEST: Final = 3600.0  # seconds that an answer may take: nobody may be there whose leaving would end it
_TRUE: Final = Raw(b"true")
_WITH_USAGE: Final = Raw(b'{"include_usage":true}')
# For the provider they mean something else, or nothing: it is prosa that stores.
_OURS: Final = ("store", "metadata", "stream", "stream_options")


class ChatAsked(msgspec.Struct, omit_defaults=True):
    """What a run keeps of its request. `fields` is the request's body without the model; `model` the name that was asked for,
    `told` the one that is shown; `created` seconds since 1970; `choices` how many answers are wanted."""

    fields: Fields
    model: str | None
    told: str
    created: int
    choices: int = 1
    usage: bool = False  # a stream ends with a chunk that holds the usage
    allowed: list[str] | None = None  # the only models that the caller's key may use; None: every one
    key: str | None = None  # the caller's, by name

    @staticmethod
    def of(run: Run) -> "ChatAsked":
        """What this run was asked."""
        return _decode(run.request)

    def stored(self) -> bytes:
        """As it is kept with the run."""
        return _encode(self)

    def call(self, messages: Raw | None = None) -> ModelCall:
        """The call to the model; `messages` instead of those that were given."""
        fields = {name: value for name, value in self.fields.items() if name not in _OURS}
        fields |= {"stream": _TRUE, "stream_options": _WITH_USAGE}
        if messages is not None:
            fields["messages"] = messages
        allowed = None if self.allowed is None else frozenset(self.allowed)
        return ModelCall(CallKind.CHAT, self.model, fields, stream=True, usage_asked=True, allowed=allowed, seconds=LONGEST)


_decode: Final = msgspec.json.Decoder(ChatAsked).decode
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Wish:
    """A completion that is to be stored: the call as the dialect reads it, and what is written beside it.

    `object_id`: the run's id, where it is given; `repeated`: a run of this id may be there, because the same was tried before.
    """

    call: ModelCall
    metadata: dict[str, str] | None = None
    object_id: str | None = None
    repeated: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Which stored completions: those that ran on `model`, whose metadata hold all of `metadata`; those behind `after`, an id."""

    limit: int = 20
    after: str | None = None
    oldest_first: bool = True
    model: str | None = None
    metadata: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Objects as JSON, each with its id; `more`: there are others behind them."""

    items: list[tuple[str, bytes]]
    more: bool


def stored_id(completion_id: str) -> str:
    """The run's id behind `chatcmpl-…`; "", which no run has, for what can't be one."""
    return without_prefix(completion_id, COMPLETION) or ""
