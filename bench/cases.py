"""The cases with one server process: requests, streams, leaving, slow readers, and what is left afterwards."""

import time
from collections.abc import Callable
from dataclasses import replace

from bench.measures import Figures
from bench.stage import SETTLE_SECONDS, Stage

MILLION = 1_000_000
MS = 1e-6  # of nanoseconds

PLAIN = ("--connections", "32")
SLOW_READERS = 8
LEAVING = 40
HALF_MOST = 20_000.0  # requests a second, so that the direct call is not driven to its own bound


def plain(stage: Stage) -> Figures:
    """A closed loop of small answers."""
    found, cpu = stage.measured(*PLAIN, "--seconds", str(stage.sizes.seconds))
    figures = {"plain_rps": found.rate, "plain_p50_ms": found.latency.p50, "plain_p99_ms": found.latency.p99}
    if stage.server and found.ok:
        figures["plain_cpu_ms"] = cpu / found.ok * 1000
    return figures


def half(stage: Stage) -> Figures:
    """Half the rate that the closed loop reached, here and at the provider directly; the difference is what was added."""
    reached = stage.outcome.figures.get("plain_rps") or plain(stage)["plain_rps"]
    rate = ("--rate", f"{min(reached / 2, HALF_MOST):.0f}", "--seconds", str(stage.sizes.seconds))
    found, _ = stage.measured(*PLAIN, *rate)
    figures = {"half_p50_ms": found.latency.p50, "half_p99_ms": found.latency.p99}
    if stage.server:
        without = stage.load.run(stage.direct, *PLAIN, *rate)
        figures["half_added_p50_ms"] = found.latency.p50 - without.latency.p50
        figures["half_added_p99_ms"] = found.latency.p99 - without.latency.p99
    return figures


def embeddings(stage: Stage) -> Figures:
    """A closed loop of small vectors."""
    aim = replace(stage.aim, model=stage.subject.vectors or stage.subject.model)
    options = ("--connections", "32", "--seconds", str(stage.sizes.seconds / 2), "--embeddings")
    found, cpu = stage.measured(*options, path="/embeddings", aim=aim)
    return {"embed_cpu_ms": cpu / found.ok * 1000} if stage.server and found.ok else {}


def burst(stage: Stage) -> Figures:
    """Streams whose chunks come as fast as they are taken."""
    stream = ("--stream", "--prompt", "chunks=100 size=200", "--expect", "100")
    found, cpu = stage.measured("--connections", "50", "--seconds", str(stage.sizes.seconds), *stream)
    return {"burst_cpu_s": cpu / found.chunks * MILLION} if stage.server and found.chunks else {}


def paced(stage: Stage) -> Figures:
    """Fifty streams of a chunk each 20 ms."""
    stream = ("--stream", "--lag", "--prompt", "chunks=100 gap=20 size=200", "--expect", "100")
    found, cpu = stage.measured("--connections", "50", "--seconds", str(stage.sizes.seconds), *stream)
    figures = {"paced_lag_p99_ms": found.lag.p99} if found.chunks else {}
    if stage.server and found.chunks:
        figures["paced_cpu_s"] = cpu / found.chunks * MILLION
    return figures


def concurrent(stage: Stage) -> Figures:
    """As many calls at once, each waiting half a second for its provider."""
    count = str(stage.sizes.concurrent if stage.subject.own or not stage.server else stage.sizes.peer_live)
    found, _ = stage.measured("--connections", count, "--requests", count, "--prompt", "first=500", "--limit", "30")
    return {"concurrent_lost": int(count) - found.ok}


def held(stage: Stage, count: int) -> Figures:
    """Streams of a chunk a second, all open together, then left all at once; memory in MB and CPU while they are held."""
    sizes = stage.sizes
    before = stage.memory()
    prompt = ("--prompt", "chunks=1000 gap=1000 size=200", "--lag", "--limit", "30")
    streams = stage.load.hold(stage.aim, "--hold", "--connections", str(count), "--ramp", str(sizes.ramp), *prompt)
    time.sleep(1.0)
    cpu, began, chunks = stage.cpu(), time.monotonic(), stage.upstream.counters().chunks
    time.sleep(sizes.hold)
    spent, seconds, relayed = stage.cpu() - cpu, time.monotonic() - began, stage.upstream.counters().chunks - chunks
    during = stage.memory()
    found = streams.release()
    stage.judge(found, f"{count} live streams")
    told = stage.upstream.counters()
    until = time.monotonic() + 5.0
    while told.open_streams and time.monotonic() < until:
        time.sleep(0.02)
        told = stage.upstream.counters()
    if not found.opened:
        return {"lost": count}
    return {
        "lost": max(count - found.opened, found.failures),
        "kb": (during.proportional - before.proportional) * 1024 / max(1, found.opened),
        "mb": during.resident,
        "cores": spent / seconds,
        "cpu_s": spent / max(1, relayed) * MILLION,
        "lag_p99_ms": found.lag.p99,
        "first_p99_ms": found.first.p99,
        "told_ms": (told.now if told.open_streams else told.last_abort) * MS - found.left_at * MS,
    }


def live(stage: Stage) -> Figures:
    """Many live streams; fewer of them at peers, some of which stop at a few hundred."""
    count = stage.sizes.live if stage.subject.own or not stage.server else stage.sizes.peer_live
    found = held(stage, count)
    names = ("lost", "lag_p99_ms", "first_p99_ms") + (("kb", "cpu_s", "told_ms") if stage.server else ())
    return {f"live_{name}": found[name] for name in names if name in found}


def most(stage: Stage) -> Figures:
    """As many live streams as one process must hold."""
    if not stage.sizes.most or not stage.subject.own:
        return {}
    found = held(stage, stage.sizes.most)
    return {f"most_{name}": found[name] for name in ("lost", "mb", "cores", "lag_p99_ms", "first_p99_ms") if name in found}


def leaving(stage: Stage) -> Figures:
    """Clients leave one by one in the middle of their streams."""
    prompt = ("--prompt", "chunks=10000 gap=100 size=200", "--limit", "20")
    streams = stage.load.hold(stage.aim, "--hold", "--connections", str(LEAVING), "--gap", "25", *prompt)
    time.sleep(0.5)
    found = streams.release()
    stage.judge(found, "leaving")
    time.sleep(1.5)
    told = dict(stage.upstream.aborts()[-LEAVING:])
    now = stage.upstream.counters().now
    delays = sorted((told.get(connection, now) - left) * MS for connection, left in found.leaves)
    if not stage.server or not delays:
        return {}
    return {"told_p50_ms": delays[len(delays) // 2], "told_most_ms": delays[-1]}


def slow(stage: Stage) -> Figures:
    """Readers that stop reading in the middle of a fast stream of 16 MB, and later read all of it."""
    before = stage.memory()
    chunks = "16000" if stage.subject.own or not stage.server else "4000"  # LiteLLM needs half a minute for these
    prompt = ("--prompt", f"chunks={chunks} size=1000", "--expect", chunks, "--limit", "60")
    readers = stage.load.hold(stage.aim, "--slow", "--connections", str(SLOW_READERS), *prompt)
    highest = 0.0
    for _ in range(10):
        time.sleep(0.2)
        highest = max(highest, stage.memory().proportional)
    found = readers.release()
    stage.judge(found, "slow readers")
    figures: Figures = {"slow_lost": SLOW_READERS - found.ok}
    if stage.server:
        figures["slow_mb"] = max(0.0, highest - before.proportional) / SLOW_READERS
    return figures


def leftovers(stage: Stage) -> Figures:
    """What is still open when all clients have gone."""
    if not stage.server:
        return {}
    time.sleep(SETTLE_SECONDS)
    connections, files = stage.left_over()
    return {"left_connections": connections, "left_files": files, "highest_mb": stage.memory().highest}


Case = Callable[[Stage], Figures]
CASES: dict[str, Case] = {  # live before what makes the heap grow: its memory is then its own
    "plain": plain,
    "half": half,
    "embeddings": embeddings,
    "live": live,
    "most": most,
    "burst": burst,
    "paced": paced,
    "concurrent": concurrent,
    "leaving": leaving,
    "leftovers": leftovers,
}
FRESH: dict[str, Case] = {"slow": slow, "leftovers": leftovers}  # a start of its own, so that no free heap hides what is held
