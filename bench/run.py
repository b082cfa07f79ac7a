"""`make bench`: measures the direct call, prosa and the peers that are installed, one after the other, and prints the table."""

import argparse
import os
import platform
import resource
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from bench import peers
from bench.answering import GROUP as RUNS_GROUP
from bench.answering import RUNS
from bench.assisting import ASSISTING
from bench.assisting import GROUP as ASSISTING_GROUP
from bench.cases import CASES, FRESH, Case
from bench.compile import BUILT, BenchError
from bench.conversing import CONVERSATIONS
from bench.conversing import GROUP as CONVERSATIONS_GROUP
from bench.finding import FINDING
from bench.finding import GROUP as FINDING_GROUP
from bench.knowing import GROUP as KNOWING_GROUP
from bench.knowing import KNOWING
from bench.measures import FULL, QUICK, Outcome, Report, Sizes
from bench.metering import GROUP as METERING_GROUP
from bench.metering import METERING
from bench.painting import PAINTING
from bench.people import GROUP, PEOPLE
from bench.processes import Cores
from bench.reading import READING
from bench.report import comparison, load, missed, notes, save, table
from bench.searching import SEARCHING
from bench.stage import Stage
from bench.subjects import Subject, by_command, direct, prosa
from bench.upstream import Upstream
from bench.workers import workers

LATEST = BUILT / "latest.json"
OWN = (
    PEOPLE | RUNS | ASSISTING | CONVERSATIONS | FINDING | KNOWING | SEARCHING | READING | METERING | PAINTING
)  # cases that only the prosa of this tree has; a peer those that stand beside its name
GROUPS = {
    GROUP: tuple(PEOPLE),
    RUNS_GROUP: tuple(RUNS),
    ASSISTING_GROUP: tuple(ASSISTING),
    CONVERSATIONS_GROUP: tuple(CONVERSATIONS),
    FINDING_GROUP: tuple(FINDING),
    KNOWING_GROUP: (*KNOWING, *SEARCHING, *READING),
    METERING_GROUP: tuple(METERING),
}
CASE_NAMES = ("start", *CASES, "slow", "workers", *OWN)


def _groups() -> str:
    return "; ".join(f"{name} stands for {', '.join(cases)}" for name, cases in GROUPS.items())


def parse(argv: Sequence[str]) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="make bench", description="Measures prosa, the direct call and other gateways.")
    parser.add_argument(
        "cases",
        nargs="*",
        choices=(*CASE_NAMES, *GROUPS, []),
        metavar="CASE",
        help=f"measure these alone: {', '.join(CASE_NAMES)}; {_groups()}; default: all",
    )
    parser.add_argument(
        "--quick", action="store_true", help="about three minutes: shorter, fewer streams, no peers unless named by --subject"
    )
    parser.add_argument(
        "--only", action="append", choices=(*CASE_NAMES, *GROUPS), metavar="CASE", help="the same, one at a time; may repeat"
    )
    parser.add_argument(
        "--subject", action="append", metavar="NAME", help="direct, prosa or a peer's name; may repeat; default: all there are"
    )
    parser.add_argument("--also", action="append", default=[], metavar="NAME=COMMAND", help="a server by its command line")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with an earlier result")
    parser.add_argument("--json", type=Path, default=LATEST, metavar="FILE", help="where the result goes")
    parser.add_argument("--check", action="store_true", help="end with 1 when a goal is missed")
    return parser.parse_args(argv)


def chosen(options: argparse.Namespace) -> list[str]:
    """The cases that were asked for by name; none where all are meant."""
    asked = [*options.cases, *(options.only or ())]
    return [case for name in asked for case in GROUPS.get(name, (name,))]


def choose(options: argparse.Namespace) -> tuple[list[Subject], dict[str, str]]:
    """The subjects in the order of the table, and who is left out and why."""
    wanted: list[str] | None = options.subject
    found, left = peers.installed()
    reasons = {one.name: one.reason for one in left}
    only = chosen(options)
    if only and wanted is None and not options.also and OWN.keys() >= set(only):
        return _choose_own(found, left, set(only), quick=options.quick)
    subjects = [direct()]
    if wanted is None or "prosa" in wanted:
        subjects.append(prosa())
    subjects += [by_command(text) for text in options.also]
    if wanted is None and options.quick:
        reasons |= {peer.name: "not part of --quick" for peer in found}
    else:
        subjects += [peer for peer in found if wanted is None or peer.name in wanted]
    unknown = set(wanted or ()) - {subject.name for subject in subjects}
    if unknown:
        raise BenchError("not here: " + ", ".join(f"{name} ({reasons.get(name, 'unknown')})" for name in sorted(unknown)))
    return subjects, reasons if wanted is None else {}


def _choose_own(
    found: Sequence[Subject], left: Sequence[peers.Left], only: set[str], *, quick: bool
) -> tuple[list[Subject], dict[str, str]]:
    """Where all cases are this prosa's own: it, and of the peers those that have any of them, too."""
    beside = [peer for peer in found if only & set(peer.beside)]
    reasons = {one.name: one.reason for one in left if only & set(one.beside)}
    if quick:
        return [prosa()], reasons | {peer.name: "not part of --quick" for peer in beside}
    return [prosa(), *beside], reasons


def measure(subject: Subject, only: Sequence[str] | None, sizes: Sizes, cores: Cores) -> Outcome:
    """All cases of one subject; what stops it is kept among its problems."""
    with Upstream(cores) as upstream:
        stage = Stage(subject, sizes, cores, upstream)
        try:
            _measure_one_process(stage, only)
            if not only or "workers" in only:
                _say(subject, "workers")
                stage.keep(workers(stage))
            _measure_own(stage, only)
        except BenchError as error:
            stage.outcome.problems.append(str(error))
        return stage.outcome


def _measure_own(stage: Stage, only: Sequence[str] | None) -> None:
    for name, case in OWN.items():
        has = stage.subject.people or name in stage.subject.beside
        if has and (not only or name in only):
            _say(stage.subject, name)
            try:
                stage.keep(case(stage))
            except BenchError as error:
                stage.outcome.problems.append(f"{name}: {error}")


def _measure_one_process(stage: Stage, only: Sequence[str] | None) -> None:
    for cases in (CASES, FRESH):
        chosen = {name: case for name, case in cases.items() if not only or name in only}
        if set(chosen) - {"leftovers"} or (cases is CASES and (not only or "start" in only)):
            _measure_one_start(stage, chosen)


def _measure_one_start(stage: Stage, cases: dict[str, Case]) -> None:
    _say(stage.subject, "start")
    with stage.running() as ready:
        if stage.server and "ready_s" not in stage.outcome.figures:
            stage.keep({"ready_cpu_s": ready.cpu, "ready_s": ready.seconds, "ready_mb": stage.memory().resident})
        stage.warm_up()
        for name, case in cases.items():
            _say(stage.subject, name)
            try:
                stage.keep(case(stage))
            except BenchError as error:
                stage.outcome.problems.append(f"{name}: {error}")


def _say(subject: Subject, case: str) -> None:
    print(f"… {subject.name}: {case}", file=sys.stderr, flush=True)


def against_litellm(outcomes: Sequence[Outcome]) -> None:
    """Adds how many times prosa's CPU LiteLLM's is."""
    costs = {outcome.name: outcome.figures.get("plain_cpu_ms", 0.0) for outcome in outcomes}
    for outcome in outcomes:
        if outcome.name != "litellm" and costs.get("litellm") and costs[outcome.name]:
            outcome.figures["plain_litellm"] = costs["litellm"] / costs[outcome.name]


def _machine(cores: Cores) -> str:
    held = f"load and provider on {cores.load + cores.upstream}, server on {cores.server}" if cores.load else "not pinned"
    system = f"Linux {platform.release()}, load {os.getloadavg()[0]:.1f} at the start"
    return f"{os.cpu_count()} cores ({held}), {system}, Python {platform.python_version()}"


def bench(options: argparse.Namespace) -> int:
    """Measures, prints, saves; 1 when --check is given and prosa misses a goal."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    earlier = load(options.against) if options.against else None
    cores = Cores.here()
    if cores.load:
        os.sched_setaffinity(0, cores.load)
    sizes = QUICK if options.quick else FULL
    subjects, left_out = choose(options)
    only = chosen(options)
    report = Report(time.strftime("%Y-%m-%dT%H:%M:%S%z"), _machine(cores), "quick" if options.quick else "full", [], left_out)
    for subject in subjects:
        report.outcomes.append(measure(subject, only, sizes, cores))
    against_litellm(report.outcomes)
    save(report, options.json)
    own = next((subject.name for subject in subjects if subject.own), "prosa")
    print(f"{report.when}  {report.machine}\n{table(report, sizes, own)}")
    for note in notes(report):
        print(note)
    if earlier:
        print(f"\nagainst {options.against}\n{comparison(report, earlier)}")
    figures = next((outcome.figures for outcome in report.outcomes if outcome.name == own), {})
    return 1 if options.check and (missed(figures) or not figures) else 0


def main(argv: Sequence[str]) -> int:
    """Runs it; 2 with one line when it cannot."""
    try:
        return bench(parse(argv))
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
