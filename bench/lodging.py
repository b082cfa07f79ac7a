"""prosa with people in its database, or without any key, served beside the stage's own subject."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from bench.seeding import SECRET, Crowd, seeded
from bench.stage import Stage
from bench.subjects import REQUESTS_A_MINUTE, Site, Subject, data_folder, prosa
from prosa.drivers.sql import DatabaseAddress

KEYS_EACH = 5


@contextmanager
def inhabited(stage: Stage, people: int) -> Iterator[tuple[Stage, Crowd]]:
    """A warm prosa whose SQLite file holds so many people; the key of the settings counts beside theirs."""
    crowds: list[Crowd] = []

    def fill(site: Site) -> None:
        crowds.append(seeded(DatabaseAddress(path=data_folder(site) / "prosa.db"), people, people * KEYS_EACH))

    with _warm(stage, replace(prosa(PROSA_SECRET=SECRET), prepare=fill)) as own:
        yield own, crowds[0]


@contextmanager
def unguarded(stage: Stage) -> Iterator[Stage]:
    """A warm prosa that has neither keys nor people: whoever calls from this machine is let in."""
    with _warm(stage, replace(prosa(API_KEYS="", PROSA_ANONYMOUS_REQUESTS_PER_MINUTE=REQUESTS_A_MINUTE), key="")) as own:
        yield own


@contextmanager
def _warm(stage: Stage, subject: Subject) -> Iterator[Stage]:
    own = Stage(subject, stage.sizes, stage.cores, stage.upstream)
    own.outcome = stage.outcome  # what fails there is told with the rest
    with own.running():
        own.warm_up()
        yield own
