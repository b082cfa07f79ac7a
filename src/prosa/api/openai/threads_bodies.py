"""What `/v1/threads` answers, in OpenAI's fields. What it is sent: see `prosa.answers.assisting.thread_request`.

Source: `openai.types.beta.thread`, `thread_deleted`, `threads.message`, `threads.message_deleted` of the official SDK.
"""

from typing import Any, Final, Literal

import msgspec
from msgspec import Raw, Struct
from pydantic import BaseModel, Field

from prosa.answers import Thread, message_json
from prosa.api.openai.conversations_bodies import METADATA_SCHEMA, body_document
from prosa.api.openai.tool_resources import SCHEMA, new_schema
from prosa.conversations import MessagePage

EXAMPLE_THREAD: Final = "thread_7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_MESSAGE: Final = "msg_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5"
_encode: Final = msgspec.json.Encoder().encode


class _Deleted(Struct):
    id: str
    object: str
    deleted: bool = True


class _Id(Struct):
    id: str


class _Page(Struct):
    data: list[Raw]
    first_id: str | None
    last_id: str | None
    has_more: bool
    object: Literal["list"] = "list"


_id: Final = msgspec.json.Decoder(_Id).decode


def page_json(thread: Thread, page: MessagePage) -> bytes:
    """A page of messages."""
    data = [message_json(item, thread.shown) for item in page.items]
    first, last = (_id(data[0]).id, _id(data[-1]).id) if data else (None, None)
    return _encode(_Page([Raw(each) for each in data], first, last, page.more))


def deleted_json(id: str, kind: Literal["thread", "thread.message"]) -> bytes:
    """That it is gone."""
    return _encode(_Deleted(id, f"{kind}.deleted"))


class ThreadDocument(BaseModel):
    """A thread."""

    id: str = Field(examples=[EXAMPLE_THREAD])
    object: Literal["thread"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    metadata: dict[str, str]
    tool_resources: dict[str, Any]


class ThreadDeletedDocument(BaseModel):
    """A thread that is gone."""

    id: str = Field(examples=[EXAMPLE_THREAD])
    object: Literal["thread.deleted"]
    deleted: Literal[True]


class MessageDocument(BaseModel):
    """A message."""

    id: str = Field(examples=[EXAMPLE_MESSAGE])
    object: Literal["thread.message"]
    created_at: int = Field(examples=[1760000000])
    thread_id: str = Field(examples=[EXAMPLE_THREAD])
    role: Literal["user", "assistant"]
    content: list[dict[str, Any]] = Field(examples=[[{"type": "text", "text": {"value": "Olá!", "annotations": []}}]])
    assistant_id: str | None = Field(description="Who said it, where an assistant did.")
    run_id: str | None = Field(description="The run that said it.")
    status: Literal["in_progress", "incomplete", "completed"]
    incomplete_details: dict[str, str] | None
    incomplete_at: int | None
    completed_at: int | None
    attachments: list[dict[str, Any]]
    metadata: dict[str, str]


class MessagesDocument(BaseModel):
    """A page of messages."""

    object: Literal["list"]
    data: list[MessageDocument]
    first_id: str | None = Field(examples=[EXAMPLE_MESSAGE])
    last_id: str | None = Field(description="Send it as `after` for the next page.", examples=[EXAMPLE_MESSAGE])
    has_more: bool


class MessageDeletedDocument(BaseModel):
    """A message that is gone."""

    id: str = Field(examples=[EXAMPLE_MESSAGE])
    object: Literal["thread.message.deleted"]
    deleted: Literal[True]


_TOOLS: Final = {
    "type": ["array", "null"],
    "items": {"type": "object", "properties": {"type": {"enum": ["code_interpreter", "file_search"]}}, "required": ["type"]},
}
MESSAGE_SCHEMA: Final[dict[str, Any]] = {
    "role": {"enum": ["user", "assistant"]},
    "content": {
        "description": "A text of at most 256,000 characters, or parts of the types `text`, `image_file` and `image_url`.",
        "anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "object", "additionalProperties": True}}],
    },
    "attachments": {
        "type": ["array", "null"],
        "items": {"type": "object", "properties": {"file_id": {"type": "string"}, "tools": _TOOLS}, "required": ["file_id"]},
        "description": "Files, and the tools that get them: `file_search` puts them into the thread's vector store.",
    },
    "metadata": METADATA_SCHEMA,
}
_EXAMPLE: Final = {"role": "user", "content": "Olá!"}
_MESSAGE: Final = {"type": "object", "properties": MESSAGE_SCHEMA, "required": ["role", "content"]}
CREATION: Final = body_document(
    {
        "messages": {"type": ["array", "null"], "items": _MESSAGE, "maxItems": 100},
        "metadata": METADATA_SCHEMA,
        "tool_resources": new_schema(),
    },
    {"messages": [_EXAMPLE], "metadata": {"topic": "burros"}},
    required=False,
)
CHANGE: Final = body_document(
    {"metadata": METADATA_SCHEMA, "tool_resources": SCHEMA}, {"metadata": {"topic": "mulas"}}, required=False
)
NOTE: Final = body_document({"metadata": METADATA_SCHEMA}, {"metadata": {"topic": "mulas"}}, required=False)


def message_creation() -> dict[str, Any]:
    """The body that adds a message."""
    document = body_document(MESSAGE_SCHEMA, _EXAMPLE, required=True)
    document["requestBody"]["content"]["application/json"]["schema"]["required"] = ["role", "content"]
    return document
