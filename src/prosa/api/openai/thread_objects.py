"""A thread in OpenAI's fields. Source: `openai.types.beta.thread` of the official SDK."""

from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.answers import Thread

_encode: Final = msgspec.json.Encoder().encode


class _Thread(Struct):
    id: str
    created_at: int
    metadata: Raw
    tool_resources: Raw
    object: Literal["thread"] = "thread"


def thread_json(thread: Thread) -> bytes:
    """A thread's JSON."""
    told = thread.conversation
    return _encode(_Thread(thread.shown, int(told.created_at), Raw(told.metadata), Raw(thread.resources.shown())))
