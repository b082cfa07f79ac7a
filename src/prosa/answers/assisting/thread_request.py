"""Requests about threads, as the Assistants API is sent them.

Source: `openai.types.beta.thread_create_params`, `thread_update_params`, `threads.message_update_params` of the official SDK.
"""

from typing import Annotated, Final

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from prosa.answers.assisting.resource_request import ChangedResources, GivenResources, wanted
from prosa.answers.assisting.resources import Wanted
from prosa.answers.assisting.saying import NewMessage
from prosa.answers.assisting.threads import NewThread, ThreadEdit
from prosa.answers.responses.checking import check_depth, checked
from prosa.answers.responses.request import Metadata

MOST_MESSAGES: Final = 100
"""That one request may bring; the vendor names no number."""


class GivenThread(Struct, forbid_unknown_fields=True):
    """A thread to make."""

    messages: Annotated[list[NewMessage], Meta(max_length=MOST_MESSAGES)] | None = None
    metadata: Metadata | None = None
    tool_resources: GivenResources | None = None

    def new(self, id: str | None, place: str = "") -> NewThread:
        """What it asks for; `id` tells a repeated request, `place` is the field in which it stands. Raises BadRequest."""
        resources = Wanted() if self.tool_resources is None else wanted(self.tool_resources, f"{place}tool_resources")
        return NewThread(self.messages or (), self.metadata, resources, id)


class _Change(Struct, forbid_unknown_fields=True):
    metadata: Metadata | UnsetType | None = UNSET
    tool_resources: ChangedResources | UnsetType | None = UNSET


class _Note(Struct, forbid_unknown_fields=True):
    metadata: Metadata | UnsetType | None = UNSET


_thread: Final = msgspec.json.Decoder(GivenThread)
_change: Final = msgspec.json.Decoder(_Change)
_message: Final = msgspec.json.Decoder(NewMessage)
_note: Final = msgspec.json.Decoder(_Note)


def read_thread(raw: bytes, id: str | None) -> NewThread:
    """A thread to make; a body that isn't there says nothing. Raises BadRequest naming the field."""
    if raw.strip() in (b"", b"null"):
        return NewThread(id=id)
    check_depth(raw)
    return checked(_thread, raw).new(id)


def read_change(raw: bytes) -> ThreadEdit:
    """A change of a thread. Raises BadRequest naming the field."""
    if not raw.strip():
        return ThreadEdit()
    check_depth(raw)
    body = checked(_change, raw)
    return ThreadEdit(body.metadata, body.tool_resources)


def read_message(raw: bytes) -> NewMessage:
    """A message to add. Raises BadRequest naming the field."""
    check_depth(raw)
    return checked(_message, raw)


def read_note(raw: bytes) -> dict[str, str] | None:
    """Other metadata of a message; None: they stay. Raises BadRequest naming the field."""
    if not raw.strip():
        return None
    check_depth(raw)
    found = checked(_note, raw).metadata
    return None if isinstance(found, UnsetType) else found or {}
