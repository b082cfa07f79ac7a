"""PostgreSQL's LISTEN and NOTIFY: short texts from every process that uses the database to all of them."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql.address import DatabaseAddress
from prosa.drivers.sql.errors import DatabaseUnavailable

if TYPE_CHECKING:
    import asyncpg

_logger = logging.getLogger("prosa.database")

PULSE_SECONDS: Final = 10.0  # of silence, after which the connection is asked whether it still answers
ANSWER_SECONDS: Final = 5.0
SOONEST, LATEST = 0.1, 5.0  # seconds until a lost connection is tried again
LAST_SECONDS: Final = 2.0  # for what waits when it is stopped
SEND: Final = "SELECT pg_notify($1, text) FROM unnest(CAST($2 AS text[])) AS text"


class Notifications:
    """One connection that hears and sends on a channel. While it is lost nothing is heard, and what is sent is lost too."""

    def __init__(
        self, address: DatabaseAddress, channel: str, heard: Callable[[str], None], take: Callable[[], Sequence[str]]
    ) -> None:
        """`heard` is called in the loop with each text, those of this process included.

        `take` gives up the texts that wait to be sent (each less than 8,000 bytes, the server's limit); it is asked when the
        connection is free, so that what comes meanwhile goes together.
        """
        assert address.url is not None
        self._url = address.url
        self._channel = channel
        self._heard = heard
        self._take = take
        self._something = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Connect, beside everything else, and again whenever the connection is lost."""
        if self._task is None:
            self._stopping = False
            self._task = asyncio.get_running_loop().create_task(self._run())

    def wake(self) -> None:
        """There is something to send; never waits and never raises."""
        self._something.set()

    async def stop(self) -> None:
        """Send what waits, for two seconds at most, and close the connection."""
        task, self._task = self._task, None
        if task is None:
            return
        self._stopping = True
        self._something.set()
        await asyncio.wait([task], timeout=LAST_SECONDS)
        task.cancel()
        await asyncio.wait([task])

    async def _run(self) -> None:
        pause = SOONEST
        while True:
            try:
                connection = await self._connected()
                pause = SOONEST
                await self._serve(connection)
                return
            except DatabaseUnavailable as error:
                _logger.info("PostgreSQL's notifications are interrupted: %s", error.reason)
            if self._stopping:
                return
            await asyncio.sleep(pause)
            self._take()  # wake-ups of long ago help nobody
            pause = min(pause * 2, LATEST)

    async def _connected(self) -> "asyncpg.Connection":
        from prosa.drivers.sql.postgres import FAULTS, connect

        connection = await connect(self._url)
        try:
            connection.add_termination_listener(lambda _: self._something.set())
            await connection.add_listener(self._channel, lambda *found: self._heard(found[3]))
        except FAULTS as error:
            connection.terminate()
            raise DatabaseUnavailable(type(error).__name__) from error
        return connection

    async def _serve(self, connection: "asyncpg.Connection") -> None:
        """Send until it is stopped. Raises DatabaseUnavailable when the connection is lost."""
        from prosa.drivers.sql.postgres import FAULTS

        try:
            while not self._stopping:
                await self._send(connection)
                await self._wait()
            await self._send(connection)
        except FAULTS as error:
            raise DatabaseUnavailable(type(error).__name__) from error
        finally:
            connection.terminate()

    async def _send(self, connection: "asyncpg.Connection") -> None:
        self._something.clear()
        texts = self._take()
        if texts:
            await connection.execute(SEND, self._channel, texts, timeout=ANSWER_SECONDS)
        else:
            await connection.execute("SELECT 1", timeout=ANSWER_SECONDS)

    async def _wait(self) -> None:
        if not self._stopping:
            with suppress(TimeoutError):
                async with asyncio.timeout(PULSE_SECONDS):
                    await self._something.wait()
