"""What the first process of a service does beside serving: the database's newest form, the proof of the secrets, the way in."""

import asyncio
import logging
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from prosa.boot.migrate import migrate_apart
from prosa.boot.settings import Settings
from prosa.drivers.sql import Database, DatabaseUnavailable, DatabaseUnusable, needs_migration
from prosa.drivers.vault import OtherSecrets, load_secrets, settle
from prosa.identity import IdentityParts
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.boot")
AGAIN_SECONDS = 1.0


@dataclass(slots=True)
class Readying:
    """Run once beside the first process's requests. `announce` is given the set-up code while nobody is an admin yet.

    `leader`: the process to stop when the database turns out to have been made with other secrets (it couldn't be asked before).
    """

    settings: Settings
    database: Database
    identity: IdentityParts
    announce: Callable[[str], None] | None
    leader: int
    _stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Returns when all is done, or can't be, or `stop` was called."""
        if await asyncio.to_thread(self._must_migrate) and not await migrate_apart(self.settings.database, self._secrets()):
            _logger.error("the database couldn't be brought up to date; its first use will try again")
        for step in (self._prove, self._invite):
            while not await step():
                if await self._stopped_meanwhile():
                    return

    def stop(self) -> None:
        """Wait for nothing any more; what is being done is finished."""
        self._stopping.set()

    def _must_migrate(self) -> bool:
        try:
            return needs_migration(self.settings.database)
        except (DatabaseUnusable, DatabaseUnavailable) as error:
            _logger.error("the database can't be used: %s", error.reason or error.message)
            return False

    def _secrets(self) -> tuple[str, ...]:
        return load_secrets(self.settings.secrets, self.settings.server.data_dir)

    async def _prove(self) -> bool:
        """Hold the secrets against the database, which knows the newest one from now on; False while it doesn't answer."""
        try:
            await settle(self.database, self.identity.keyring, time.time())
        except OtherSecrets as error:
            _logger.critical("%s Set PROSA_SECRET to the one that it was made with. The server stops.", error.message)
            self.stop()
            os.kill(self.leader, signal.SIGTERM)
            return False
        except ProsaError:
            return False
        return True

    async def _invite(self) -> bool:
        """Tell the way in while there is no admin; False while the database doesn't answer."""
        try:
            if self.announce is not None and await self.identity.accounts.setup_needed():
                self.announce(await self.identity.accounts.setup_code())
        except ProsaError:
            return False
        return True

    async def _stopped_meanwhile(self) -> bool:
        try:
            await asyncio.wait_for(self._stopping.wait(), AGAIN_SECONDS)
        except TimeoutError:
            return False
        return True
