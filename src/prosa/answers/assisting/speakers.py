"""Which assistant answered: of runs that began in the app, and of those of the Assistants API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.pinned import Pending
from prosa.answers.models import ANSWER
from prosa.runs import Engine, Run, RunState

_id: Final = msgspec.json.Decoder(str | None).decode
_number: Final = msgspec.json.Decoder(int | None).decode


@dataclass(frozen=True, slots=True)
class Speaker:
    """An assistant as a run found it: its id as it is shown, the version that the run has, its name in that version."""

    assistant_id: str
    version: int
    name: str | None


class Speakers:
    """Looks it up for one space at a time."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    async def of(self, space: str, runs: Sequence[Run]) -> dict[str, Speaker]:
        """By the runs' ids; of a run without assistant, nothing."""
        found = await self.by_ids(space, [run.id for run in runs if run.kind == ANSWER])
        return {id: speaker for id, speaker in found.items() if speaker is not None}

    async def by_ids(self, space: str, run_ids: Sequence[str]) -> dict[str, Speaker | None]:
        """The same by ids alone; None: the run is there, and no assistant in it."""
        told = await self._engine.glances.told(space, run_ids, "assisting", ("assistant_id", "version", "name"))
        return {run_id: _speaker(*members) for run_id, members in told.items()}

    async def last(self, space: str, conversation_ids: Sequence[str]) -> dict[str, Speaker]:
        """The assistants of the newest answers of conversations, by the conversations' ids; where there is none, nothing."""
        newest = await self._engine.glances.newest_in(space, ANSWER, conversation_ids)
        told = await self.by_ids(space, list(newest.values()))
        return {id: speaker for id, run_id in newest.items() if (speaker := told.get(run_id)) is not None}

    async def awaited(self, space: str, runs: Sequence[Run]) -> dict[str, Pending]:
        """What those of these runs wait for that wait, by their ids."""
        found = {}
        for run in runs:
            if run.state is RunState.WAITING and run.kind == ANSWER:
                whole = run if run.result else await self._engine.get(space, run.id)
                if whole.state is RunState.WAITING:
                    found[run.id] = Pending.of(whole.result or "")
        return found


def _speaker(id: bytes, version: bytes, name: bytes) -> Speaker | None:
    shown = _id(id)
    return None if shown is None else Speaker(shown, _number(version) or 0, _id(name))
