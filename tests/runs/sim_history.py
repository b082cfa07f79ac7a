"""Histories: drawn from a seed, played, judged; one that went wrong is cut down to what it takes.

`python -m tests.runs.sim_history --seed N` plays one again and tells what happened; `--seconds 600` plays as many as fit.
"""

import argparse
import asyncio
import logging
import random
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final
from unittest import mock

from tests.runs.scripted import Script, Step
from tests.runs.sim_loop import Stuck
from tests.runs.sim_store import Fate
from tests.runs.sim_world import LEASE, SERVERS, Known, World

SCRIPTS: Final = (
    Script([Step("push", 2)]),
    Script([Step("push", 5), Step("wait", 0.1), Step("push", 5), Step("flush")]),
    Script([Step("push", 3), Step("wait", 1.0), Step("push", 2), Step("wait", 1.5), Step("push", 1)]),
    Script([Step("push", 3), Step("wait", 0.5), Step("push", 2)], giving_up=True),
    Script([Step("wait", 0.3), Step("fail")]),
    Script([Step("push", 1), Step("break")]),
    Script([Step("push", 40), Step("flush"), Step("push", 1)]),
    Script([Step("push", 1), Step("ask"), Step("push", 2)]),
    Script([]),
    Script([Step("push", 1), Step("wait", 2.5 * LEASE), Step("push", 1)]),
)
SPREAD: Final = len(SCRIPTS) - 0.7  # the last one takes long, and is rare
KINDS: Final = {"start": 8, "read": 8, "cancel": 2, "delete": 1, "wake": 1, "pause": 1, "kill": 1, "boot": 2, "stop": 0.5}
FAULTS: Final = {"fate": 4, "outage": 0.7}
LONGEST: Final = 7.0  # seconds that a script takes at most, when nobody disturbs it


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that is done, `after` so many seconds since the one before; `a`, `b`, `c` say what of it."""

    what: str
    after: float
    place: int
    a: float
    b: float
    c: float


def drawn(seed: int) -> list[Deed]:
    """The deeds of a history."""
    draw = random.Random(seed)
    weights = KINDS | (FAULTS if draw.random() < 0.8 else {})
    names, shares = list(weights), list(weights.values())
    pace = draw.choice((0.01, 0.05, 0.3))
    return [
        Deed(name, draw.expovariate(1 / pace), draw.randrange(SERVERS), draw.random(), draw.random(), draw.random())
        for name in ["start", *draw.choices(names, shares, k=draw.randrange(4, 22))]
    ]


def played(seed: int, deeds: Sequence[Deed], prepare: Callable[[World], None] = lambda world: None) -> list[str]:
    """Play a history; what was wrong with it."""
    with repeatable(seed):
        return _played(World(seed), deeds, prepare)


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Whatever is drawn at random is drawn from the seed, so that a history is the same each time."""
    chance = random.Random(seed)
    with (
        mock.patch("uuid.uuid4", lambda: uuid.UUID(int=chance.getrandbits(128))),
        mock.patch("secrets.randbelow", chance.randrange),
        mock.patch("secrets.SystemRandom", lambda: chance),
        mock.patch("prosa.runs.lease_store.needs_migration", lambda address: False),
    ):
        yield


def _played(world: World, deeds: Sequence[Deed], prepare: Callable[[World], None]) -> list[str]:
    prepare(world)
    try:
        world.loop.run(_whole(world, deeds))
    except Stuck as error:
        world.wrong.insert(0, f"stuck: {error}")
    finally:
        world.loop.bury()
    return complaints(world)


def complaints(world: World) -> list[str]:
    """All that was found wrong."""
    faults = [f"nobody caught {fault.get('exception')!r}: {fault.get('message')}" for fault in world.loop.faults]
    return world.store.watch.violations + world.wrong + faults


def shrunk(seed: int, deeds: Sequence[Deed]) -> list[Deed]:
    """As few of the deeds as still go wrong."""
    found = list(deeds)
    size = len(found)
    while size:
        before = len(found)
        for start in range(len(found) - size, -1, -1):
            fewer = found[:start] + found[start + size :]
            if played(seed, fewer):
                found = fewer
        if len(found) == before or size > len(found):
            size //= 2
    return found


def told(seed: int) -> str:
    """Play the history of a seed; "" where all was well, else what went wrong and how to see it again."""
    if not played(seed, deeds := drawn(seed)):
        return ""
    fewer = shrunk(seed, deeds)
    lines = [f"seed {seed}; again: PYTHONHASHSEED=0 python -m tests.runs.sim_history --seed {seed}"]
    return "\n  ".join([*lines, *map(str, fewer), *played(seed, fewer)[:8]])


async def _whole(world: World, deeds: Sequence[Deed]) -> None:
    world.begin()
    for deed in deeds:
        await do(world, deed)
    await end(world)


async def do(world: World, deed: Deed) -> None:
    """Do it, in its time."""
    await asyncio.sleep(deed.after)
    _DEEDS[deed.what](world, deed)


async def end(world: World) -> None:
    """Let everything come to its end, and judge it."""
    await asyncio.sleep(0.2)
    await _heal(world)
    if any(server.engine.live for server in world.servers):
        await asyncio.sleep(0.5)  # who was robbed may not have seen it yet
    _judge(world)
    for place in range(SERVERS):
        await world.stop(place)
    left = world.store.rows("SELECT count(*) FROM run_drivers WHERE id IN (?, ?, ?)", *_drivers(world))
    if left != [(0,)]:
        world.wrong.append(f"{left} leases are left of processes that have stopped")


def _drivers(world: World) -> list[str]:
    return [server.engine.driver_id for server in world.servers]


async def _heal(world: World) -> None:
    """No more faults: everything has to come to its end, and nothing may be without a driver for longer than is promised."""
    world.store.fates.clear()
    world.store.down = False
    for place, server in enumerate(world.servers):
        server.process.paused = False
        world.boot(place)
    since = world.loop.time()
    until = since + LONGEST * 8 + LEASE
    while world.loop.time() < until:
        await asyncio.sleep(0.3)
        open_ones = world.store.rows("SELECT id, state, driver, conversation_id FROM runs WHERE ended_at IS NULL")
        for run_id, state, driver, _ in open_ones:
            if state == "waiting":
                world.client(world.wake(0, next(known for known in world.runs if known.id == run_id)))
            elif state == "running" and world.loop.time() > since + LEASE + 2 and driver not in _drivers(world):
                world.wrong.append(f"{run_id} has no living driver {world.loop.time() - since:.2f} s after all was well again")
                return
        if not open_ones and not world.readers and all(task.done() for task in world.clients):
            return
    world.wrong.append(f"still open: {open_ones}; readers: {world.readers}")


def _judge(world: World) -> None:
    for task in world.clients:
        if task.done() and task.exception() is not None:
            world.wrong.append(f"a client failed: {task.exception()!r}")
    for known in world.runs:
        _judge_run(world, known)
    for server in world.servers:
        if server.engine.live:
            world.wrong.append(f"{server.process!r} drives runs that have ended: {server.engine.driven()}")


def _judge_run(world: World, known: Known) -> None:
    rows = world.store.rows("SELECT state FROM runs WHERE id = ?", known.id)
    log = world.store.rows("SELECT first, payload FROM run_events WHERE run_id = ? ORDER BY first", known.id)
    events = {first + index: line.encode() for first, text in log for index, line in enumerate(text.split("\n"))}
    if known.acknowledged and not known.deletion and not rows:
        world.wrong.append(f"{known.id} was acknowledged and is lost")
    if known.deleted and (rows or events):
        world.wrong.append(f"{known.id} was deleted and is there")
    if not rows:
        return
    if known.final not in (None, rows[0][0]):
        world.wrong.append(f"{known.id} was said to be {known.final} and is {rows[0][0]}")
    if not known.seen.items() <= events.items():
        world.wrong.append(f"{known.id}: what readers saw isn't what the log holds")
    if known.ends - {max(events)}:
        world.wrong.append(f"{known.id}: readers came to the end at {known.ends}, and the log ends at {max(events)}")
    if sorted(events) != list(range(len(events))):
        world.wrong.append(f"{known.id}: a gap in the log, {sorted(events)}")


# What can be done


def _start(world: World, deed: Deed) -> None:
    script = SCRIPTS[int(deed.a * SPREAD)]
    conversation = None if deed.b < 0.5 else f"conversation {int(deed.b * 4)}"
    world.client(world.start(deed.place, script, conversation, replace=deed.c < 0.2))


def _some(world: World, deed: Deed) -> Known | None:
    return world.runs[-1 - int(deed.a**2 * len(world.runs))] if world.runs else None


def _read(world: World, deed: Deed) -> None:
    known = _some(world, deed)
    if known is not None and known.acknowledged:
        after = -1 if deed.b < 0.5 else int((deed.b - 0.5) * 2 * (len(known.seen) + 1)) - 1
        world.client(world.read(deed.place, known, after, 0.0 if deed.c < 0.7 else deed.c / 3))


def _with_run(verb: str) -> Callable[[World, Deed], None]:
    def do(world: World, deed: Deed) -> None:
        known = _some(world, deed)
        if known is not None:
            world.client(getattr(world, verb)(deed.place, known))

    return do


def _fate(world: World, deed: Deed) -> None:
    fate = list(Fate)[int(deed.a * 4)]
    process = world.servers[deed.place].process if deed.c < 0.7 else None
    world.store.plan(process, int(deed.b**2 * 12), fate)


def _outage(world: World, deed: Deed) -> None:
    world.store.down = True
    world.loop.outside_later(deed.a**2 * 4, lambda: setattr(world.store, "down", False))


_DEEDS: Final[dict[str, Callable[[World, Deed], None]]] = {
    "start": _start,
    "read": _read,
    "cancel": _with_run("cancel"),
    "delete": _with_run("delete"),
    "wake": _with_run("wake"),
    "pause": lambda world, deed: world.pause(deed.place, deed.a**2 * LEASE * 3),
    "kill": lambda world, deed: world.kill(deed.place),
    "boot": lambda world, deed: world.boot(deed.place),
    "stop": lambda world, deed: world.client(world.stop(deed.place, deed.a * 2 if deed.b < 0.5 else 0.0)),
    "fate": _fate,
    "outage": _outage,
}


def main() -> None:
    """See above."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--trace", action="store_true", help="with --seed: every commit")
    given = parser.parse_args()
    logging.disable()
    if given.seed is not None and given.trace:
        deeds = shrunk(given.seed, drawn(given.seed))
        sys.exit("\n".join(played(given.seed, deeds, lambda world: setattr(world.store, "telling", print))))
    if given.seed is not None:
        sys.exit(told(given.seed) or 0)
    first = random.SystemRandom().randrange(2**40)
    began, count, wrong = time.monotonic(), 0, 0
    while time.monotonic() - began < given.seconds:
        found = told(first + count)
        count += 1
        if found:
            wrong += 1
            print(found, flush=True)
    print(f"{count} histories from seed {first}, {wrong} wrong, {(time.monotonic() - began) / count * 1000:.1f} ms each")
    sys.exit(wrong > 0)


if __name__ == "__main__":
    main()
