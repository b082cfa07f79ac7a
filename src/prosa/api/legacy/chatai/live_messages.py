"""What goes over C's socket: a type and its fields, JSON both ways, records as the routes show them."""

from typing import Final, Literal

import msgspec

from prosa.api.legacy.chatai.errors import ChataiDialect
from prosa.api.legacy.chatai.records import Record
from prosa.events import Change, Device
from prosa.kit.errors import BadRequest, ProsaError
from prosa.kit.ids import short_form, without_prefix

_encode: Final = msgspec.json.Encoder().encode
_CONVERSATION: Final = "conv_"


class Wish(msgspec.Struct):
    """What a page asks for; `ref` is its own, and comes back with whatever answers it."""

    type: Literal["send", "follow", "presence", "ping"]
    ref: str | None = None
    talk_id: str | None = None
    content: object = None
    state: Literal["active", "idle", "typing"] = "active"


class _About(msgspec.Struct):
    conversation_id: str | None = None


_wish: Final = msgspec.json.Decoder(Wish).decode
_about: Final = msgspec.json.Decoder(_About).decode
LONGEST_REF: Final = 100


def wish_of(message: bytes) -> Wish:
    """The message as one of those that are known. Raises BadRequest."""
    try:
        found = _wish(message)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise BadRequest("Expected a JSON object with a type: send, follow, presence or ping.") from error
    if found.ref is not None and len(found.ref) > LONGEST_REF:
        raise BadRequest(f"ref: expected at most {LONGEST_REF} characters.", param="ref")
    return found


def event(type: str, ref: str | None = None, **fields: object) -> bytes:
    """One message to the page."""
    return _encode({"type": type} | ({"ref": ref} if ref is not None else {}) | fields)


def error_event(error: ProsaError, ref: str | None = None) -> bytes:
    """An error, in the words of the routes."""
    status, body = ChataiDialect().render(error, "")
    return event("error", ref, status=status, **msgspec.json.decode(body, type=dict[str, object]))


def changed(change: Change) -> bytes | None:
    """A change of a talk; None where it is none."""
    named = change.object_id
    if not named.startswith(_CONVERSATION):
        named = (_about(change.data).conversation_id if change.data is not None else None) or ""
    id = without_prefix(named, _CONVERSATION)
    return event("changed", change=change.type, talk_id=short_form(id), number=change.number) if id is not None else None


def here(own: str, devices: list[Device]) -> bytes:
    """Who is there."""
    shown: list[Record] = [{"id": each.id, "state": each.state, "talk_id": each.place} for each in devices]
    return event("presence", self=own, devices=shown)
