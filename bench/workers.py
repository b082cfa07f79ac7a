"""The cases with four worker processes: memory they share, what they answer together, ten thousand connections."""

import time

from bench.measures import Figures
from bench.stage import Stage

WORKERS = 4


def workers(stage: Stage) -> Figures:
    """Measures one start with four workers; empty for what cannot be started so."""
    if not stage.subject.own or stage.subject.launch is None:
        return {}
    with stage.running(WORKERS):
        stage.warm_up()
        figures: Figures = {"workers_pss_mb": stage.memory().proportional}
        found, _ = stage.measured("--connections", "256", "--seconds", str(stage.sizes.seconds))
        figures |= {
            "workers_rps": found.rate,
            "workers_mean_ms": found.latency.mean,
            "workers_after_mb": stage.memory().proportional,
        }
        return figures | _connections(stage)


def _connections(stage: Stage) -> Figures:
    count = stage.sizes.workers_live
    options = ("--ramp", str(stage.sizes.ramp * 2), "--prompt", "chunks=1000 gap=2000 size=200", "--limit", "30")
    streams = stage.load.hold(stage.aim, "--hold", "--connections", str(count), *options)
    time.sleep(stage.sizes.hold / 2)
    memory = stage.memory().proportional
    found = streams.release()
    stage.judge(found, f"{count} connections over four workers")
    connections, files = stage.left_over()
    if connections or files:
        stage.outcome.problems.append(f"four workers: {connections} connections and {files} files left over")
    return {"workers_lost": max(count - found.opened, found.failures), "workers_live_mb": memory}
