"""What a run of the Assistants API keeps beside what the model is asked, and what it waits with."""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.conversations import Margin, Reason, with_margin

AUTO: Final = Raw(b'"auto"')


class Truncation(Struct, forbid_unknown_fields=True):
    """How much of the thread the model hears: as much as fits, or so many of its newest messages."""

    type: Literal["auto", "last_messages"] = "auto"
    last_messages: Annotated[int, msgspec.Meta(ge=1)] | None = None


class Pinned(Struct, omit_defaults=True):
    """The assistant as the run found it (`assistant_id` as it is shown, `version`, its owner's space), and what was asked as it
    is shown again. `granted`: stored ids of the vector stores that come with the assistant, to be searched in its owner's
    space; `files`: those of its code's files, likewise; `name`: the assistant's, in that version; `waits`: for what the client's
    functions give, as the Assistants API has it; `awaited`: stored ids of the thread's vector stores, whose files are waited
    for."""

    assistant_id: str
    version: int
    owner: str
    tools: Raw = Raw(b"[]")
    tool_choice: Raw = AUTO
    response_format: Raw = AUTO
    truncation: Truncation = msgspec.field(default_factory=Truncation)
    max_prompt_tokens: int | None = None
    max_completion_tokens: int | None = None
    granted: list[str] = []
    files: list[str] = []
    name: str | None = None
    waits: bool = True
    awaited: list[str] = []


class PendingCall(Struct):
    """A function that the client has to run."""

    call_id: str
    name: str
    arguments: str


class Pending(Struct):
    """What a waiting run waits with, in the place of its result: the calls; `number` of the log's last event; `items` that were
    said so far; `due_at` in seconds since 1970."""

    calls: list[PendingCall]
    number: int
    items: int
    due_at: int

    @staticmethod
    def of(result: str | bytes) -> "Pending":
        """As it was stored."""
        return _pending(result)

    def stored(self) -> bytes:
        """As the run's result."""
        return _encode(self)


_pending: Final = msgspec.json.Decoder(Pending).decode
_encode: Final = msgspec.json.Encoder().encode
# Why a message is incomplete, by why its run ended.
_REASONS: Final[dict[str, Reason]] = {
    "max_output_tokens": "max_tokens",
    "max_prompt_tokens": "max_tokens",
    "content_filter": "content_filter",
    "cancelled": "run_cancelled",
    "time_limit": "run_expired",
    "expired": "run_expired",
}


def reason_of(why: str) -> Reason:
    """Why a message is incomplete whose run ended for this reason, or in this state."""
    return _REASONS.get(why, "run_failed")


def signed(pinned: Pinned, body: bytes, why: str | None) -> bytes:
    """The JSON of a message's item, with the assistant that said it and, where it was cut off, why."""
    return with_margin(body, Margin(assistant_id=pinned.assistant_id, reason=None if why is None else reason_of(why)))
