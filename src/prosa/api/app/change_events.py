"""The events of `/api/v1/changes`, as both of its transports tell them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.events import Change, Stand
from prosa.kit import moments

READY: Final = "changes.ready"
RELOAD: Final = "changes.reload"
EXAMPLE_FRAMES: Final = (
    'id: 41\nevent: changes.ready\ndata: {"type":"changes.ready","number":41}\n\n'
    'id: 42\nevent: conversation.updated\ndata: {"type":"conversation.updated","number":42,'
    '"id":"conv_5e0c1a3e6f2b4d8c9a7b6c5d4e3f2a1b","at":"2026-03-01T12:00:00.000000Z","data":{"version":3}}\n\n'
)
_BARE_DIGITS: Final = 32
# How the ids of objects begin that a type names by the word before its dot, where a change holds the bare id.
_PREFIXES: Final = {
    "conversation": "conv_",
    "run": "run_",
    "folder": "folder_",
    "item": "item_",
    "memory": "mem_",
    "share": "share_",
}
_encode: Final = msgspec.json.Encoder().encode


class Event(msgspec.Struct, omit_defaults=True):
    """One event: `number` grows; `id` is the object's as the API shows it; `at` in UTC; `data` is small."""

    type: str
    number: int
    id: str | None = None
    at: str | None = None
    data: msgspec.Raw | None = None


class Page(msgspec.Struct):
    """Events that are there now. `number` is to be asked after next; `reload`: what came before it isn't kept any more."""

    number: int
    reload: bool
    more: bool
    data: Sequence[Event]


@dataclass(frozen=True, slots=True)
class Told:
    """Some events."""

    events: Sequence[Event]

    def frames(self, *, ids: bool = False) -> Iterator[bytes]:
        """As server-sent events (WHATWG HTML §9.2)."""
        for event in self.events:
            number = b"id: %d\n" % event.number if ids else b""
            yield number + b"event: " + event.type.encode() + b"\ndata: " + _encode(event) + b"\n\n"

    def texts(self) -> list[bytes]:
        """As messages of a socket."""
        return [_encode(event) for event in self.events]


def first(stand: Stand) -> Told:
    """Where a reader stands."""
    return Told([Event(READY if stand.whole else RELOAD, stand.number)])


def told(change: Change) -> Event:
    """A change as it is told."""
    at = moments.shown(moments.stored(change.at)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    data = None if change.data is None else msgspec.Raw(change.data)
    return Event(change.type, change.number, _shown_id(change), at, data)


def _shown_id(change: Change) -> str:
    id = change.object_id
    return id if len(id) != _BARE_DIGITS else _PREFIXES.get(change.type.partition(".")[0], "") + id
