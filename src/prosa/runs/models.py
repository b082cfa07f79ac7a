"""The nouns of runs. Nothing here knows what a run is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

import msgspec

from prosa.drivers.journal import Part
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id

if TYPE_CHECKING:
    from prosa.runs.drive import Drive


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"  # behind the open run of its conversation
    RUNNING = "running"
    WAITING = "waiting"  # for somebody outside; nobody drives it
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INCOMPLETE = "incomplete"


OPEN = frozenset({RunState.QUEUED, RunState.RUNNING, RunState.WAITING})


class Why(StrEnum):
    """Why a run is ended from outside its kind's own work."""

    CANCELLED = "cancelled"
    FAILED = "failed"
    INTERRUPTED = "interrupted"  # its drivers died too often
    EXPIRED = "expired"  # nobody came for whom it waited


class Run(msgspec.Struct, frozen=True, array_like=True):
    """A run as it is stored. `request`, `result` and `metadata` are JSON; moments in microseconds since 1970.

    `fence` is the number of its last change of driver: who holds another one can't write.
    """

    id: str
    space: str
    kind: str
    state: RunState
    fence: int
    driver: str | None
    attempts: int
    conversation_id: str | None
    previous_id: str | None
    account_id: str | None
    credential_id: str | None
    request: str
    result: str | None
    metadata: str | None
    created_at: int
    ended_at: int | None
    trimmed: bool

    @property
    def open(self) -> bool:
        """Whether it has still to end."""
        return self.state in OPEN


class Event(NamedTuple):
    """One event of a log: its number, from 0 on, and one line of JSON."""

    number: int
    data: bytes


@dataclass(frozen=True, slots=True)
class NewRun:
    """A run to start. `events` are the first of its log; `parts` are written with it or not at all: the caller's items. `alone`:
    it doesn't wait behind an open run of its conversation, but isn't started then."""

    space: str
    kind: str
    request: bytes
    events: tuple[bytes, ...]
    parts: tuple[Part, ...] = ()
    id: str = field(default_factory=new_object_id)
    conversation_id: str | None = None
    previous_id: str | None = None
    account_id: str | None = None
    credential_id: str | None = None
    metadata: bytes | None = None
    alone: bool = False

    def begun(self, driver: str, fence: int, now: int) -> Run:
        """The run as it stands once it is written and driven, where it has nobody to wait for."""
        return Run(
            *(self.id, self.space, self.kind, RunState.RUNNING, fence, driver, 1, self.conversation_id, self.previous_id),
            *(self.account_id, self.credential_id, self.request.decode(), None),
            *(None if self.metadata is None else self.metadata.decode(), now, None, False),
        )


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends: the last of `events` is the terminal one; `rows` are written with it or not at all (see `fenced_insert`).

    With the state WAITING it isn't over: it goes on with `Engine.wake`, until the moment `due_at` (microseconds since 1970), at
    which it is ended.
    """

    state: RunState
    events: tuple[bytes, ...]
    result: bytes
    rows: tuple[Part, ...] = ()
    due_at: int | None = None


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which of a space's runs, and which page of them: those after `after`, a run of the page before. `whole`: with what they
    were asked and what came of them."""

    kind: str | None = None
    open_only: bool = False
    conversation_id: str | None = None
    limit: int = 20
    after: Run | None = None
    newest_first: bool = True
    whole: bool = False


class Kind(Protocol):
    """What a kind of run does. The engine knows it by its name. Kinds are subclasses: most leave some of it as it is."""

    name: str  # as it is stored with each run

    async def drive(self, drive: "Drive") -> Ending:
        """Do the work; where `drive.resumed`, go on from `drive.log`. A ProsaError ends the run as `settle` says."""
        ...

    async def settle(self, run: Run, log: Sequence[Event], why: Why, error: ProsaError | None) -> Ending:
        """End a run from outside, by what its log holds."""
        ...

    def promoted(self, run: Run) -> Sequence[Part]:
        """Rows to write when a run that waited in its conversation is started."""
        return ()

    def removing(self, run: Run) -> Sequence[Part]:
        """Rows to delete with a run."""
        return ()
