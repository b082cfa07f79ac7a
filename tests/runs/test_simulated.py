"""Histories of several servers over one store that fails: whatever happens, nothing is lost, doubled, torn or left over.

Each history tries the invariants of docs on runs at every commit and at everything that a reader sees; sim_watch.py and
sim_history.py say which. Seeds of histories that go wrong are printed, cut down to what it takes.
"""

import asyncio
import gc
import logging
import random
from collections.abc import Iterator

import pytest

from tests.runs import sim_history
from tests.runs.scripted import Script, Step
from tests.runs.sim_history import Deed, complaints, drawn, end, played, repeatable, told
from tests.runs.sim_store import Fate
from tests.runs.sim_world import SERVERS, World

HISTORIES = 1_000
PARTS = 100  # of the million, so that it can be spread over processes and goes on where it was interrupted
MILLION = 1_000_000
FIRST = 7_000_000  # the first seed of the million


pytestmark = pytest.mark.unmeasured


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """What servers log when their database is gone isn't looked at."""
    logging.disable()
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True, scope="module")
def seldom_collected() -> Iterator[None]:
    """A history makes some thousand objects that refer to each other; to look for them ten times in each takes a tenth of it."""
    before = gc.get_threshold()
    gc.set_threshold(20_000, 20, 20)
    yield
    gc.set_threshold(*before)


@pytest.mark.parametrize("part", range(10))
def test_a_thousand_histories(part: int) -> None:
    wrong = [found for seed in range(part, HISTORIES, 10) if (found := told(seed))]
    assert not wrong, "\n".join(wrong[:3])


def test_histories_that_nobody_has_seen_before() -> None:
    first = random.SystemRandom().randrange(2**40)
    wrong = [found for seed in range(first, first + 50) if (found := told(seed))]
    assert not wrong, "\n".join(wrong[:3])


@pytest.mark.faults
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("part", range(PARTS))
def test_a_million_histories(part: int) -> None:
    share = MILLION // PARTS
    wrong = []
    for seed in range(FIRST + part * share, FIRST + (part + 1) * share):
        found = told(seed)
        if found:
            print(found)
            wrong.append(found)
        if len(wrong) == 3:
            break
    assert not wrong, "\n".join(wrong)


def test_a_history_is_the_same_each_time() -> None:
    tales: list[list[str]] = []
    for _ in range(2):
        tales.append([])
        for seed in range(5):
            played(seed, drawn(seed), lambda world: setattr(world.store, "telling", tales[-1].append))
    assert tales[0] == tales[1] and len(tales[0]) > 100


# One server drives one run, and the write of this number fails in each way: it isn't any worse for it.
SCENES = {0: "completed", 1: "completed", 4: "failed", 5: "failed", 6: "completed", 8: "completed", 9: "completed"}
START = 2  # the number of the write that starts it


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fate", [Fate.FAIL, Fate.UNKNOWN])
def test_a_write_that_fails_anywhere_is_made_up_for_by_the_same_driver(scene: int, fate: Fate) -> None:
    for number in range(40):
        world = staged(scene, number, fate)
        if world.store.fates:
            break  # it takes no more writes than that
        found = world.store.rows("SELECT state, attempts FROM runs")
        # Where nobody knew whether it was started, whoever finds it drives it.
        assert found == [(SCENES[scene], 1)] or (number == START and found == [(SCENES[scene], 2)]), (number, found)
    assert number > 4


@pytest.mark.parametrize("scene", SCENES)
@pytest.mark.parametrize("fate", [Fate.LOSE, Fate.KEEP])
def test_a_process_that_is_killed_at_any_write_is_followed_by_another(scene: int, fate: Fate) -> None:
    for number in range(40):
        world = staged(scene, number, fate)
        if world.store.fates:
            break
        found = world.store.rows("SELECT state FROM runs")
        assert found in ([(SCENES[scene],)], [] if not world.runs[0].acknowledged else None), (number, found)
    assert number > 4


def staged(scene: int, number: int, fate: Fate) -> World:
    """The world after one run, of which the server's write of this number met this fate."""
    kept: list[World] = []

    def prepare(world: World) -> None:
        kept.append(world)
        world.patient = True
        world.loop.outside_later(0.0, lambda: world.store.plan(world.servers[0].process, number, fate))

    share = (scene + 0.1) / sim_history.SPREAD
    deeds = [Deed("start", 0.1, 0, share, 0.0, 1.0), Deed("read", 0.2, 1, 0.0, 0.0, 0.0), Deed("read", 0.2, 0, 0.0, 0.0, 0.0)]
    wrong = played(1000 * scene + number, deeds, prepare)
    assert not wrong, (number, wrong)
    return kept[0]


@pytest.mark.parametrize("seed", range(20))
def test_a_reader_of_a_run_that_is_deleted_hears_of_it(seed: int) -> None:
    moments: dict[str, float] = {}

    async def tale(world: World) -> None:
        world.begin()
        world.patient = True
        await world.start(0, sim_history.SCRIPTS[9], None, replace=False)
        reading = [asyncio.create_task(world.read(place, world.runs[0], after, 0.0)) for place in (0, 1) for after in (-1, 0, 7)]
        await asyncio.sleep(0.7)
        await world.delete(2, world.runs[0])
        assert world.runs[0].deleted
        moments["deleted"] = world.loop.time()
        await asyncio.wait(reading)
        moments["heard"] = world.loop.time()

    with repeatable(seed):
        world = World(seed)
        try:
            world.loop.run(tale(world))
        finally:
            world.loop.bury()
    assert moments["heard"] - moments["deleted"] < 0.6
    assert not complaints(world)


@pytest.mark.parametrize("step", range(20))
def test_a_process_that_stops_while_it_takes_a_run_over_leaves_it_to_the_next(step: int) -> None:
    lines = [""]
    stopped: list[int] = []

    with repeatable(step):
        world = World(step)

        def look(line: str) -> None:
            lines.append(line)
            if line.startswith("    UPDATE runs SET driver = CAST") and not stopped:
                stopped.append(next(place for place in range(SERVERS) if f" {world.servers[place].process!r} " in lines[-2]))
                world.loop.outside_later(step / 2000, lambda: world.client(world.stop(stopped[0])))

        async def tale() -> None:
            world.begin()
            world.patient = True
            await world.start(0, sim_history.SCRIPTS[9], None, replace=False)  # who takes it over waits for long
            for place in range(1, SERVERS):  # and has something to write at any moment
                await world.start(place, Script([Step("push", 1), Step("wait", 0.005)] * 600), None, replace=False)
            world.kill(0)
            await end(world)

        world.store.telling = look
        try:
            world.loop.run(tale())
        finally:
            world.loop.bury()
    assert stopped
    assert not complaints(world)
