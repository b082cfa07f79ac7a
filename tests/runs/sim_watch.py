"""What must hold at every commit, looked at by the database itself: triggers that report to the history."""

import sqlite3
from collections.abc import Callable
from functools import cache
from typing import Final

from tests.runs.sim_loop import OUTSIDE, SimProcess

TERMINAL: Final = ("completed", "failed", "cancelled", "incomplete")

# Each tells, with `report`, of what may not be. They are temporary: no file ever holds them.
TRIGGERS: Final = f"""
CREATE TEMP TRIGGER watch_events BEFORE INSERT ON main.run_events BEGIN
  SELECT report('a gap or a repeat in the log', NEW.run_id, NEW.first)
    WHERE NEW.first <> (SELECT coalesce(max(last), -1) + 1 FROM main.run_events WHERE run_id = NEW.run_id)
    AND NOT EXISTS (SELECT 1 FROM main.run_events WHERE run_id = NEW.run_id AND first = NEW.first);
  SELECT report('a batch with a wrong count', NEW.run_id, NEW.first)
    WHERE NEW.last - NEW.first <> length(NEW.payload) - length(replace(NEW.payload, char(10), ''));
  SELECT report('an event without a run', NEW.run_id, NEW.first)
    WHERE NOT EXISTS (SELECT 1 FROM main.runs WHERE id = NEW.run_id);
  SELECT report('an event of a driver that was fenced off', NEW.run_id, NEW.first)
    WHERE NEW.fence <> (SELECT fence FROM main.runs WHERE id = NEW.run_id);
END;
CREATE TEMP TRIGGER watch_events_written AFTER INSERT ON main.run_events BEGIN
  SELECT wrote(NEW.run_id, NEW.fence, NEW.first);
  SELECT report('an event behind the terminal one', NEW.run_id, NEW.first)
    WHERE EXISTS (SELECT 1 FROM main.run_events WHERE run_id = NEW.run_id AND final AND first < NEW.first);
END;
CREATE TEMP TRIGGER watch_log_changed BEFORE UPDATE ON main.run_events BEGIN
  SELECT report('the log was changed', OLD.run_id, OLD.first);
END;
CREATE TEMP TRIGGER watch_runs BEFORE UPDATE ON main.runs BEGIN
  SELECT report('changed after its end', OLD.id, OLD.state || ' ' || NEW.state)
    WHERE OLD.state IN {TERMINAL} AND (NEW.state <> OLD.state OR NEW.result IS NOT OLD.result OR NEW.fence <> OLD.fence
      OR NEW.driver IS NOT NULL OR NEW.ended_at IS NOT OLD.ended_at);
  SELECT report('a fence that goes back', OLD.id, NEW.fence) WHERE NEW.fence < OLD.fence;
  SELECT report('another driver under the same fence', OLD.id, NEW.fence)
    WHERE NEW.fence = OLD.fence AND NEW.driver IS NOT NULL AND NEW.driver IS NOT OLD.driver;
  SELECT report('started before one that waits longer', OLD.id, '')
    WHERE OLD.state = 'queued' AND NEW.state = 'running' AND EXISTS (SELECT 1 FROM main.runs older
      WHERE older.conversation_id = OLD.conversation_id AND older.state IN ('queued', 'running', 'waiting')
      AND (older.created_at, older.id) < (OLD.created_at, OLD.id));
END;
CREATE TEMP TRIGGER watch_runs_changed AFTER UPDATE ON main.runs BEGIN
  SELECT moved(NEW.id, OLD.state, NEW.state);
END;
CREATE TEMP TRIGGER watch_runs_made AFTER INSERT ON main.runs BEGIN
  SELECT moved(NEW.id, '', NEW.state);
END;
CREATE TEMP TRIGGER watch_items_made AFTER INSERT ON main.items WHEN NEW.made BEGIN
  SELECT moved(id, state, state) FROM main.runs WHERE id = NEW.run_id;
END;
CREATE TEMP TRIGGER watch_runs_gone AFTER DELETE ON main.runs BEGIN
  SELECT moved(OLD.id, OLD.state, '');
END;
"""

_ENDS: Final = (
    "SELECT (SELECT count(*) FROM run_events WHERE run_id = $1 AND final),"
    " (SELECT count(*) FROM items WHERE run_id = $1 AND made),"
    " (SELECT count(*) FROM items WHERE run_id = $1 AND NOT made), (SELECT count(*) FROM run_events WHERE run_id = $1),"
    " (SELECT final FROM run_events WHERE run_id = $1 ORDER BY first DESC LIMIT 1)"
)


class _Triggers:
    """What the triggers of a connection call: the same for all histories, for a new function has SQLite forget all statements."""

    watch: "Watch"

    def __init__(self, connection: sqlite3.Connection) -> None:
        connection.create_function("report", 3, lambda *found: self.watch.report(*found))
        connection.create_function("wrote", 3, lambda *found: self.watch.wrote(*found))
        connection.create_function("moved", 3, lambda *found: self.watch.moved(*found))
        connection.executescript(TRIGGERS)


_triggers: Final = cache(_Triggers)


class Watch:
    """Judges every commit; what it finds wrong stands in `violations`."""

    def __init__(self, connection: sqlite3.Connection, time: Callable[[], float]) -> None:
        self.violations: list[str] = []
        self.writer = OUTSIDE
        self.moves: list[tuple[float, str, str, str]] = []  # every change of a run's state that was committed
        self._time = time
        self._connection = connection
        self._touched: dict[str, str] = {}  # the runs that this transaction moved, to where
        self._holders: dict[tuple[str, int], SimProcess] = {}
        _triggers(connection).watch = self
        self._touched.clear()
        self.moves.clear()

    def before_commit(self) -> None:
        """Every run that has ended now has exactly one terminal event, the last one, and its row; an open one has none."""
        for run_id, state in self._touched.items():
            finals, made, given, batches, last = self._connection.execute(_ENDS, (run_id,)).fetchone()
            ended = state in TERMINAL
            if state == "" and (batches or given or made):
                self.report("rows of a deleted run", run_id, f"{batches} {given} {made}")
            elif state and (finals, made, given) != (int(ended), int(ended), 1):
                self.report("terminal events, rows made, rows given", run_id, f"{state} {finals} {made} {given}")
            elif ended and not last:
                self.report("the terminal event isn't the last", run_id, state)
        self._touched.clear()

    def report(self, what: str, run_id: str, more: object) -> None:
        self.violations.append(f"{self._time() - 1000:.4f} {self.writer!r}: {what}: {run_id} {more}")

    def wrote(self, run_id: str, fence: int, first: int) -> None:
        holder = self._holders.setdefault((run_id, fence), self.writer)
        if holder is not self.writer:
            self.report(f"two processes under one fence, {holder!r} and", run_id, f"{fence} {first}")

    def moved(self, run_id: str, old: str, new: str) -> None:
        self._touched[run_id] = new
        self.moves.append((self._time() - 1000, run_id, old, new))
