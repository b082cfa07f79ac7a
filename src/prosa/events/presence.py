"""Which of an owner's tabs and devices are there now: nothing is stored, and who isn't heard of for a while is gone.

Processes tell each other by signals. A process that hears of a device it doesn't know answers with its own, so that both know.
"""

import asyncio
import secrets
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import msgspec

from prosa.events.signals import Signals

HEARTBEAT: Final = 10.0  # seconds
GONE: Final = 25.0  # seconds without a word
MOST: Final = 100  # devices of one owner that are told
STATES: Final = frozenset({"active", "idle", "typing"})


class Device(msgspec.Struct, frozen=True):
    """One that is there. `place`: the id of what it shows, as the API writes it; `since` in seconds since 1970."""

    id: str
    state: str
    place: str | None
    since: float


class _Word(msgspec.Struct):
    device: Device
    here: bool = True


_word: Final = msgspec.json.Decoder(_Word).decode
_encode: Final = msgspec.json.Encoder().encode


@dataclass(slots=True)
class _Room:
    """Who of one space is there."""

    leave: Callable[[], None]
    own: dict[str, Device] = field(default_factory=dict)
    heard: dict[str, tuple[Device, float]] = field(default_factory=dict)  # and by the loop's clock, when
    watchers: list[Callable[[], None]] = field(default_factory=list)

    def tell(self) -> None:
        for watcher in tuple(self.watchers):
            watcher()


class Presence:
    """Devices of all spaces, as this process knows them. One per process; nothing runs while nobody is there."""

    def __init__(self, signals: Signals) -> None:
        self._signals = signals
        self._rooms: dict[str, _Room] = {}
        self._beating: asyncio.Task[None] | None = None

    def enter(self, space: str, watcher: Callable[[], None]) -> "Stay":
        """Be there, and have `watcher()` called whenever somebody comes, goes or changes; it must not raise."""
        room = self._rooms.get(space) or self._open(space)
        device = Device(secrets.token_hex(6), "active", None, time.time())
        room.watchers.append(watcher)
        if self._beating is None:
            self._beating = asyncio.get_running_loop().create_task(self._beat())
        stay = Stay(self, space, device, watcher)
        self._say(space, device)
        return stay

    def devices(self, space: str) -> Sequence[Device]:
        """Who is there, in the order in which they came."""
        room = self._rooms.get(space)
        return sorted((device for device, _ in room.heard.values()), key=lambda each: each.since)[:MOST] if room else ()

    async def stop(self) -> None:
        """Say nothing more."""
        beating = self._beating
        if beating is not None:
            beating.cancel()
            await asyncio.wait([beating])

    def change(self, stay: "Stay") -> None:
        """See Stay."""
        self._say(stay.space, stay.device)

    def leave(self, stay: "Stay", watcher: Callable[[], None]) -> None:
        """See Stay."""
        room = self._rooms[stay.space]
        room.watchers.remove(watcher)
        room.own.pop(stay.device.id, None)
        self._signals.publish(topic_of(stay.space), _encode(_Word(stay.device, here=False)).decode())
        if not room.own:
            room.leave()
            del self._rooms[stay.space]

    def _open(self, space: str) -> _Room:
        room = self._rooms[space] = _Room(self._signals.subscribe(topic_of(space), lambda said: self._hear(space, said)))
        return room

    def _say(self, space: str, device: Device) -> None:
        self._rooms[space].own[device.id] = device
        self._signals.publish(topic_of(space), _encode(_Word(device)).decode())

    def _hear(self, space: str, said: str) -> None:
        """What a process says of a device: this one too, which hears itself."""
        room = self._rooms[space]
        try:
            word = _word(said)
        except msgspec.DecodeError:
            return  # too long to travel, or of another version of ours
        device, known = word.device, room.heard.get(word.device.id)
        if not word.here:
            if room.heard.pop(device.id, None) is not None:
                room.tell()
            return
        room.heard[device.id] = device, time.monotonic()
        if known is None and device.id not in room.own:
            for own in tuple(room.own.values()):
                self._say(space, own)
        if known is None or known[0] != device:
            room.tell()

    async def _beat(self) -> None:
        try:
            while self._rooms:
                await asyncio.sleep(HEARTBEAT)
                for space, room in tuple(self._rooms.items()):
                    for device in tuple(room.own.values()):
                        self._say(space, device)
                    self._forget(room)
        finally:
            self._beating = None

    @staticmethod
    def _forget(room: _Room) -> None:
        now = time.monotonic()
        silent = [id for id, (_, heard) in room.heard.items() if now - heard > GONE]
        for id in silent:
            del room.heard[id]
        if silent:
            room.tell()


class Stay:
    """One device's being there; `with` ends it."""

    def __init__(self, presence: Presence, space: str, device: Device, watcher: Callable[[], None]) -> None:
        self._presence = presence
        self._watcher = watcher
        self.space = space
        self.device = device

    def __enter__(self) -> "Stay":
        return self

    def __exit__(self, *_: object) -> None:
        self._presence.leave(self, self._watcher)

    def change(self, state: str, place: str | None) -> None:
        """Be otherwise: `state` is one of STATES; a `place` of more than 64 characters is none."""
        self.device = Device(self.device.id, state, place if place is None or len(place) <= 64 else None, self.device.since)
        self._presence.change(self)


def topic_of(space: str) -> str:
    """What is signalled when somebody of a space comes, goes, or is still there."""
    return f"presence:{space}"
