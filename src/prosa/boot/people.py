"""People's parts of one process: the database, identity over it, and what follows changes of rights."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prosa.administration import erase_actor
from prosa.answers import erase_approvals, inherit_approvals
from prosa.api.edge import OpenCalls
from prosa.assistants import erase_assistants, inherit_assistants
from prosa.boot.locking import PEOPLED
from prosa.boot.settings import Settings
from prosa.conversations import (
    erase_conversations,
    erase_memory,
    erase_orphans,
    erase_shares,
    erase_shelf,
    inherit_conversations,
    inherit_memory,
    inherit_shares,
    inherit_shelf,
)
from prosa.drivers.journal import Journal
from prosa.drivers.mail import Mailer
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring, load_secrets
from prosa.events import Look, Signals, erase_changes, inherit_changes
from prosa.files import erase_files, inherit_files
from prosa.identity import RIGHTS_TOPIC, Foundation, IdentityParts, erase_repeats, inherit_repeats, make_identity
from prosa.interactions import erase_interactions, inherit_interactions
from prosa.kit.clock import Clock
from prosa.knowledge import erase_passages, erase_stores, inherit_passages, inherit_stores
from prosa.privacy import ErasureList, ErasureNotes, ErasuresUnwritable, erase_traces, list_of
from prosa.prompts import erase_prompts, inherit_prompts
from prosa.runs import erase_runs, inherit_runs
from prosa.usage import erase_usage, inherit_usage

if TYPE_CHECKING:
    from prosa.identity import Attempts

# What features keep of an account goes with it.
ERASERS = (
    *(erase_stores, erase_passages),  # before files, whose end marks them in stores: what is written again leaves its old bytes
    *(erase_interactions, erase_runs, erase_files, erase_conversations, erase_shelf),
    *(erase_shares, erase_repeats, erase_changes, erase_memory, erase_usage),
    *(erase_actor, erase_assistants, erase_prompts),
    erase_approvals,
    *(erase_orphans, erase_traces),
)
SIGNALS = "signals"  # the processes' sockets, in the run folder


@dataclass(slots=True)
class People:
    """What knows people, and keeps that knowledge true."""

    database: Database
    signals: Signals
    journal: Journal
    identity: IdentityParts
    open_calls: OpenCalls
    clock: Clock
    erasures: ErasureList
    peopled: Path  # the note that there were accounts
    noted: bool = False
    look: Look | None = None

    async def start(self) -> None:
        """Follow changes of rights from now on."""
        with suppress(ErasuresUnwritable):  # the first deletion says so
            await asyncio.to_thread(self.erasures.begin)
        await self.signals.start()
        self.look = Look(self._follow, self.signals, RIGHTS_TOPIC)
        self.look.start()

    async def _follow(self) -> None:
        self.open_calls.expire(self.clock.now())
        await self.identity.rights.look()
        if self.identity.rights.peopled and not self.noted:
            self._note_peopled()

    def _note_peopled(self) -> None:
        self.noted = True
        with suppress(OSError):  # the folder was taken away as well
            self.peopled.touch(mode=0o600)

    async def stop(self) -> None:
        """Let everything go; what was noted and not written yet is written first."""
        if self.look is not None:
            await self.look.stop()
        await self.journal.aclose()
        await self.signals.stop()
        await self.identity.aclose()
        await self.database.aclose()


def make_people(settings: Settings, attempts: "Attempts", clock: Clock) -> People:
    """The parts of one process or command; made inside its loop. Raises SecretsUnusable."""
    database = Database(settings.database)
    signals = Signals(settings.server.run_dir / SIGNALS, database)
    journal = Journal(database)
    erasures = list_of(settings.server.data_dir, settings.privacy.copy)
    foundation = Foundation(
        database=database,
        signals=signals,
        journal=journal,
        keyring=Keyring.of(settings.secrets or load_secrets((), settings.server.data_dir)),
        attempts=attempts,
        clock=clock,
        mailer=Mailer(settings.mail) if settings.mail is not None else None,
        heirs=(
            *(inherit_interactions, inherit_runs, inherit_files, inherit_conversations, inherit_shelf),
            *(inherit_shares, inherit_repeats, inherit_changes, inherit_memory, inherit_usage),
            *(inherit_assistants, inherit_stores, inherit_passages, inherit_prompts, inherit_approvals),
        ),
        # The last one notes it where no backup reaches: what isn't noted isn't deleted.
        erasers=(*ERASERS, ErasureNotes(erasures)),
    )
    identity = make_identity(settings.identity, foundation)
    open_calls = OpenCalls()
    open_calls.still = identity.stored.still
    identity.rights.foresee(open_calls.spare)
    identity.rights.watch(open_calls.changed)
    peopled = settings.server.run_dir / PEOPLED
    if peopled.exists():
        identity.rights.assume_peopled()
    return People(database, signals, journal, identity, open_calls, clock, erasures, peopled)
