"""Answers that are runs: what being durable costs beside the plain relay, how late a piece comes, what a reader takes."""

import http.client
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Final

import msgspec

from bench.cases import Case
from bench.compile import BenchError
from bench.databases import Place, here, place
from bench.inside import median
from bench.measures import Figures
from bench.processes import busy_seconds
from bench.stage import SETTLE_SECONDS, Stage
from bench.subjects import prosa

GROUP: Final = "runs"  # all of them by one word
RELAY: Final = "/chat/completions"
DURABLE: Final = "/responses"
PIECES: Final = "50"
PACED: Final = ("--connections", "50", "--stream", "--prompt", f"chunks={PIECES} gap=20 size=200", "--expect", PIECES)
BURST: Final = ("--connections", "32", "--stream", "--prompt", f"chunks={PIECES} size=200", "--expect", PIECES)
LIVE: Final = ("--connections", "200", "--ramp", "400", "--stream", "--lag", "--expect", "100", "--limit", "60")
LIVE_PROMPT: Final = ("--prompt", "chunks=100 gap=50 size=200")
FOLLOWED: Final = 10  # runs that all the readers follow


@contextmanager
def served(stage: Stage, kind: str) -> Iterator[tuple[Stage, Place]]:
    """A warm prosa on a fresh database of this kind; a peer as it is."""
    with place(kind) as made:
        address = made.fresh()
        settings = {} if address.url is None else {"PROSA_DATABASE_URL": address.url}
        subject = prosa(**settings) if stage.subject.people else stage.subject
        own = Stage(subject, stage.sizes, stage.cores, stage.upstream)
        own.outcome = stage.outcome
        with own.running():
            own.warm_up()
            own.judge(own.load.run(own.aim, "--responses", *BURST, "--requests", "64", path=DURABLE), "warm-up of runs")
            yield own, made


def turns(stage: Stage) -> Figures:
    """CPU of a durable turn beyond that of the relay, in turn, paced and in bursts; PostgreSQL's own CPU beside it.

    A peer that stores answers is asked the same on SQLite, and what it takes beyond its own relay is told.
    """
    figures: Figures = {}
    for kind in here() if stage.subject.people else here()[:1]:
        with served(stage, kind) as (own, made):
            for name, options in (("turn", PACED), ("turn_burst", BURST)):
                told = in_turn(own, made, (DURABLE, ("--responses",)), options)
                figures[f"{kind}_{name}_relay_ms"] = median([one for one, _, _ in told])
                figures[f"{kind}_{name}_ms"] = median([other - one for one, other, _ in told])
                if made.server is not None:
                    figures[f"{kind}_{name}_server_ms"] = median([server for _, _, server in told])
    return figures


def in_turn(own: Stage, made: Place, run: tuple[str, Sequence[str]], options: Sequence[str]) -> list[tuple[float, float, float]]:
    """Each round's (relay, run, the database's part of the run), in milliseconds of CPU; `run`: path and options of its own."""
    told = []
    for turn in range(own.sizes.rounds):
        ways: list[tuple[str, Sequence[str]]] = [(RELAY, ()), run]
        found = {path: _milliseconds(own, made, path, *more, *options) for path, more in ways[:: -1 if turn % 2 else 1]}
        told.append((found[RELAY][0], *found[run[0]]))
    return told


def _milliseconds(own: Stage, made: Place, path: str, *options: str) -> tuple[float, float]:
    """Of the server's CPU for each answer, and of the database's."""
    assert own.server is not None
    before, database = busy_seconds(own.server.pid), made.busy()
    found = own.load.run(own.aim, *options, "--seconds", str(own.sizes.seconds), path=path)
    time.sleep(SETTLE_SECONDS)
    own.judge(found, f"{path} {' '.join(options)}")
    each = 1000 / max(1, found.ok)
    return (busy_seconds(own.server.pid) - before) * each, (made.busy() - database) * each


def lag(stage: Stage) -> Figures:
    """How much later a piece comes through the log than through the relay, with 200 runs under way."""
    figures: Figures = {}
    for kind in here():
        with served(stage, kind) as (own, _):
            plain = own.load.run(own.aim, *LIVE, *LIVE_PROMPT, "--requests", "200", path=RELAY)
            found = own.load.run(own.aim, "--responses", *LIVE, *LIVE_PROMPT, "--requests", "200", path=DURABLE)
            own.judge(found, "200 live runs")
        figures[f"{kind}_run_lag_p50_ms"] = found.lag.p50 - plain.lag.p50
        figures[f"{kind}_run_lag_p99_ms"] = found.lag.p99 - plain.lag.p99
        figures[f"{kind}_run_first_p50_ms"] = found.first.p50 - plain.first.p50
    return figures


def readers(stage: Stage) -> Figures:
    """Thousands who follow a few runs in one process: memory of each, and whether each got every piece in order."""
    count = stage.sizes.live
    with served(stage, "sqlite") as (own, _):
        runs = [_started(own, "chunks=60 gap=1000 size=200") for _ in range(FOLLOWED)]
        before = own.memory()
        options = ("--get", "--hold", "--lag", "--connections", str(count // FOLLOWED), "--ramp", "500", "--limit", "30")
        # Each from the beginning on, however late it comes: the log has it.
        held = [own.load.hold(own.aim, *options, path=f"{DURABLE}/{run}?stream=true") for run in runs]
        time.sleep(stage.sizes.hold)
        during = own.memory()
        found = [one.release() for one in held]
    opened = sum(one.opened for one in found)
    return {
        "readers_lost": count // FOLLOWED * FOLLOWED - opened + sum(one.failures for one in found),
        "readers_kb": (during.proportional - before.proportional) * 1024 / max(1, opened),
        "readers_lag_p99_ms": max(one.lag.p99 for one in found),
    }


class _Made(msgspec.Struct):
    id: str


def _started(own: Stage, directive: str) -> str:
    """A run in the background."""
    connection = http.client.HTTPConnection("127.0.0.1", own.site.port, timeout=10)
    body = {"model": own.aim.model, "input": f"Tell me something. @bench {directive} id=000000;", "background": True}
    headers = {"content-type": "application/json", "authorization": f"Bearer {own.aim.key}"}
    try:
        connection.request("POST", "/v1/responses", msgspec.json.encode(body), headers)
        answer = connection.getresponse()
        told = answer.read()
    finally:
        connection.close()
    if answer.status != 200:
        raise BenchError(f"a run in the background could not be started: {answer.status} {told[:200]!r}")
    return msgspec.json.decode(told, type=_Made).id


RUNS: dict[str, Case] = {"turns": turns, "run-lag": lag, "readers": readers}
