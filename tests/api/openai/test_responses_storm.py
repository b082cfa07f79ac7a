"""Callers that leave at any moment, by the hundred: nobody is told what another one was told, and nothing is left over."""

import asyncio
import random
from dataclasses import dataclass, field

import httpx2
import pytest

from prosa.kit.ids import new_object_id
from tests.api.openai.answering import Program, Stage, a_stage, text_of
from tests.databases import KINDS, an_address, environment

CALLERS = 6
CALLS = 40  # of each


@dataclass
class Told:
    """What came to one caller that was not its own, and how often it stayed to the end."""

    whole: int = 0
    strange: list[str] = field(default_factory=list)


async def call(program: Program, chance: random.Random, told: Told) -> None:
    """One call with a word that nobody else has; the caller may lose its patience at any moment."""
    word = new_object_id()
    body = {
        "model": "mock-echo",
        "input": f"[[mock delay=0.002]] {word}",
        "stream": chance.random() < 0.5,
        "store": chance.random() < 0.7,
    }
    try:
        async with asyncio.timeout(chance.choice((0.005, 0.02, 0.05, 0.1, 30.0))):
            answer = await program.http.post("/v1/responses", json=body)
    except TimeoutError:
        return
    told.whole += 1
    if answer.status_code != 200 or word not in answer.text:
        told.strange.append(answer.text[:300])


async def caller(program: Program, seed: int) -> Told:
    """Many calls of one caller, a few at a time."""
    told, chance = Told(), random.Random(seed)
    for _ in range(CALLS // 4):
        await asyncio.gather(*(call(program, chance, told) for _ in range(4)))
    return told


async def settle(stage: Stage) -> None:
    """Wait until nothing runs any more."""
    runs = stage.home.prosa.system.runs
    for _ in range(400):
        if not runs.live and not runs.followed:
            return
        await asyncio.sleep(0.05)
    raise AssertionError((runs.live, runs.followed))


@pytest.mark.slow
@pytest.mark.attack("A19")
@pytest.mark.parametrize("kind", KINDS)
async def test_a_storm_of_callers_that_leave_mixes_nothing_up_and_leaves_nothing(kind: str) -> None:
    with an_address(kind) as address:
        async with a_stage(**environment(address)) as stage:
            programs = [stage.ana, *[await stage.program(f"caller-{number}") for number in range(1, CALLERS)]]
            found = await asyncio.gather(*(caller(program, number) for number, program in enumerate(programs)))
            assert [each.strange for each in found] == [[]] * CALLERS
            assert all(each.whole for each in found)
            await settle(stage)
            for program in programs:
                await own(program)


async def own(program: Program) -> None:
    """What is stored is whole, and its owner's."""
    runs = (await program.http.get("/api/v1/runs?limit=100")).json()["data"]
    assert runs
    for run in runs:
        assert run["state"] == "completed", run
        made = await program.get(run["id"].replace("run_", "resp_"))
        items: httpx2.Response = await program.http.get(f"/v1/responses/{made['id']}/input_items")
        assert text_of(made).strip() in items.json()["data"][0]["content"][0]["text"] and text_of(made)
