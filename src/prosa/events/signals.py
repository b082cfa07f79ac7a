"""Wake-ups for whoever waits for something: in this process, in the others of this machine, and on PostgreSQL on all machines."""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Final

from prosa.drivers.sql import Database, Notifications
from prosa.events.messages import Message, bounded, packets, read
from prosa.events.neighbours import PACKET, Neighbours

_logger = logging.getLogger("prosa.events")

Subscriber = Callable[[str], None]
CHANNEL: Final = "prosa"
NOTIFICATION: Final = 7_900  # bytes; PostgreSQL takes less than 8,000
WAITING: Final = 4096  # messages of one turn of the loop; what is beyond is lost
TEND_SECONDS: Final = 5.0


class Signals:
    """Subscribers by topic, and the ways to other processes. One per process and event loop.

    A signal says that there may be something new; it may be lost, doubled, or come before what it tells of can be read, so
    whoever waits looks now and then in any case (see Look), and payloads are hints that decide nothing.
    """

    def __init__(self, folder: Path, database: Database) -> None:
        """`folder`: for the sockets alone; made, and closed to everybody but this user."""
        self._sender = ""
        self._subscribers: dict[str, list[Subscriber]] = {}
        self._outgoing: dict[Message, None] = {}  # to this machine, at the end of the loop's turn
        self._abroad: dict[Message, None] = {}  # and by the database, when its connection is free
        self._neighbours = Neighbours(folder, self._hear)
        self._database = database
        self._notifications: Notifications | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._owner = 0  # the process that started it; a forked child has to start anew
        self._tending: asyncio.TimerHandle | None = None

    async def start(self) -> None:
        """Listen to other processes. Where a way is barred (no folder, no server yet) it is tried again, and looks go on."""
        if self._runs():
            return
        self._loop = asyncio.get_running_loop()
        self._owner = os.getpid()
        self._sender = secrets.token_hex(6)
        self._outgoing, self._abroad = {}, {}
        try:
            self._neighbours.open()
        except OSError as error:
            _logger.warning("no wake-ups from other processes of this machine: %s", error.strerror or error)
        if self._database.kind == "postgresql":
            self._notifications = Notifications(self._database.address, CHANNEL, self._hear, self._take)
            self._notifications.start()
        self._tending = self._loop.call_later(TEND_SECONDS, self._tend)

    async def stop(self) -> None:
        """Send what waits and leave; nothing is left over. Subscribers of this process still hear each other."""
        if not self._runs():
            return
        self._flush()
        self._loop = None
        if self._tending is not None:
            self._tending.cancel()
            self._tending = None
        self._neighbours.close()
        if self._notifications is not None:
            await self._notifications.stop()
            self._notifications = None

    def subscribe(self, topic: str, subscriber: Subscriber) -> Callable[[], None]:
        """Have `subscriber(payload)` called at each signal; it must not raise. Returns what ends it."""
        self._subscribers.setdefault(topic, []).append(subscriber)

        def leave() -> None:
            found = self._subscribers.get(topic, [])
            if subscriber in found:
                found.remove(subscriber)
            if not found:
                self._subscribers.pop(topic, None)

        return leave

    def publish(self, topic: str, payload: str = "") -> None:
        """Wake the subscribers of this process at once and those of others soon; never waits and never raises.

        Called in the loop's thread, after the transaction that made the news was committed.
        """
        self._deliver(topic, payload)
        if self._loop is None or not self._runs():
            return
        message = bounded(topic, payload)
        if message is not None and len(self._outgoing) < WAITING:
            if not self._outgoing:
                self._loop.call_soon(self._flush)
            self._outgoing[message] = None

    def _runs(self) -> bool:
        return self._loop is not None and self._owner == os.getpid()

    def _flush(self) -> None:
        """What one turn of the loop has published goes out together."""
        messages, self._outgoing = tuple(self._outgoing), {}
        if not messages or self._loop is None:
            return
        for packet in packets(self._sender, messages, PACKET):
            self._neighbours.send(packet)
        if self._notifications is not None and len(self._abroad) < WAITING:
            self._abroad.update(dict.fromkeys(messages))
            self._notifications.wake()

    def _take(self) -> list[str]:
        messages, self._abroad = tuple(self._abroad), {}
        return [packet.decode() for packet in packets(self._sender, messages, NOTIFICATION)]

    def _hear(self, packet: bytes | str) -> None:
        found = read(packet)
        if found is None or found[0] == self._sender:
            return  # PostgreSQL tells the sender too
        for topic, payload in found[1]:
            self._deliver(topic, payload)

    def _deliver(self, topic: str, payload: str) -> None:
        for subscriber in tuple(self._subscribers.get(topic, ())):
            subscriber(payload)

    def _tend(self) -> None:
        if self._loop is None:
            return
        self._tending = self._loop.call_later(TEND_SECONDS, self._tend)
        try:
            self._neighbours.tend()
        except OSError:
            return  # as at the start; it was said then
