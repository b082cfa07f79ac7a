"""What is read of many runs at once, without reading them whole: that may be megabytes each."""

from collections.abc import Sequence

from prosa.drivers.sql import Database
from prosa.runs.store import MANY


class Glances:
    """Glances at runs of one space at a time."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def told(self, space: str, run_ids: Sequence[str], where: str, names: Sequence[str]) -> dict[str, Sequence[bytes]]:
        """Members of the object under `where` in the JSON that each run was asked; of runs that aren't there, nothing."""
        asked = "request" if self._database.kind == "sqlite" else "CAST(request AS json)"
        members = ", ".join(f"CAST({asked} -> '{where}' -> '{name}' AS TEXT)" for name in names)
        found: dict[str, Sequence[bytes]] = {}
        for begin in range(0, len(run_ids), MANY):
            some = run_ids[begin : begin + MANY]
            places = ", ".join(f"${number}" for number in range(2, len(some) + 2))
            text = f"SELECT id, {members} FROM runs WHERE space = $1 AND id IN ({places})"  # noqa: S608  # our own words
            rows = await self._database.fetch(text, space, *some)
            found.update({str(id): [b"null" if one is None else str(one).encode() for one in told] for id, *told in rows})
        return found

    async def newest_in(self, space: str, kind: str, conversation_ids: Sequence[str]) -> dict[str, str]:
        """The id of the newest run of this kind in each of these conversations; where there is none, nothing."""
        found: dict[str, str] = {}
        for begin in range(0, len(conversation_ids), MANY):
            some = conversation_ids[begin : begin + MANY]
            places = ", ".join(f"(CAST(${number} AS TEXT))" for number in range(3, len(some) + 3))
            text = (
                f"WITH asked(id) AS (VALUES {places}) SELECT id, (SELECT runs.id FROM runs"  # noqa: S608  # our own words
                " WHERE runs.conversation_id = asked.id AND space = $1 AND kind = $2"
                " ORDER BY created_at DESC, runs.id DESC LIMIT 1) FROM asked"
            )
            rows = await self._database.fetch(text, space, kind, *some)
            found.update({str(id): str(run_id) for id, run_id in rows if run_id is not None})
        return found
