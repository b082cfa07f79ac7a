"""What it costs to tell who calls: a person's key, a key of the settings, a browser's cookie, nobody."""

import asyncio
import time
from dataclasses import replace
from functools import partial

from bench.databases import place
from bench.inside import HOME, Fields, Inside, Step, costs, inside, median, undisturbed
from bench.load import Aim
from bench.lodging import KEYS_EACH, inhabited, unguarded
from bench.measures import Figures, Sizes
from bench.processes import busy_seconds
from bench.seeding import CHEAP, Crowd, Person, seeded
from bench.stage import SETTLE_SECONDS, Stage
from bench.subjects import CALLER_KEY
from prosa.identity import Door

FEW = 100  # people
PLAIN = ("--connections", "32")
BURST = ("--connections", "50", "--stream", "--prompt", "chunks=100 size=200", "--expect", "100")
MILLION = 1_000_000
COOKIE = "cookie: prosa_session={token}", "x-prosa-csrf: 1"


def keys(stage: Stage) -> Figures:
    """The gateway with a person's key; in turn with it one of the settings, a cookie, and a server that asks for nothing."""
    with inhabited(stage, FEW) as (own, crowd), unguarded(stage) as open_to_all:
        person, seconds = crowd.people[1], str(stage.sizes.seconds / 2)
        cookie = tuple(line.format(token=person.session) for line in COOKIE)
        ways = {
            "person": (own, replace(own.aim, key=person.keys[0])),
            "settings": (own, own.aim),
            "cookie": (own, replace(own.aim, key="", headers=cookie)),
            "none": (open_to_all, open_to_all.aim),
        }
        told: dict[str, list[float]] = {name: [] for name in ways}
        for turn in range(stage.sizes.rounds):
            for name in list(ways)[:: -1 if turn % 2 else 1]:
                told[name].append(_milliseconds(*ways[name], *PLAIN, "--seconds", seconds))
        found, cpu = own.measured(*BURST, "--seconds", str(stage.sizes.seconds), aim=ways["person"][1])
    figures = {f"key_over_{name}_us": _beyond(told["person"], told[name]) for name in ("settings", "none")}
    figures |= {"key_plain_cpu_ms": median(told["person"]), "cookie_over_settings_us": _beyond(told["cookie"], told["settings"])}
    if found.chunks:
        figures["key_burst_cpu_s"] = cpu / found.chunks * MILLION
    return figures


def _milliseconds(stage: Stage, aim: Aim, *options: str) -> float:
    """CPU of the server for each request; the clock is finer than the accounting's ticks, for differences are small."""
    assert stage.server is not None
    before = busy_seconds(stage.server.pid)
    found = stage.load.run(aim, *options)
    time.sleep(SETTLE_SECONDS)
    stage.judge(found, " ".join(options))
    return (busy_seconds(stage.server.pid) - before) / max(1, found.ok) * 1000


def _beyond(these: list[float], those: list[float]) -> float:
    """The median of the rounds' differences, in microseconds."""
    return median([one - other for one, other in zip(these, those, strict=True)]) * 1000


def checks(stage: Stage) -> Figures:
    """The same checks within one process, without sockets; a request that is made and not looked at is taken off."""
    with place("sqlite") as made:
        crowd = seeded(made.fresh(), FEW, FEW * KEYS_EACH, CHEAP)
        with undisturbed():
            return asyncio.run(_checks(crowd, stage.sizes))


async def _checks(crowd: Crowd, sizes: Sizes) -> Figures:
    async with inside(crowd, CALLER_KEY) as parts:
        steps = _steps(parts, crowd.people[1])
        told: dict[str, list[float]] = {name: [] for name in steps}
        for _ in range(sizes.rounds):
            for name, step in steps.items():
                await parts.people.identity.rights.look()  # what is remembered counts for a second after this
                await step()
                told[name].append(await costs(step, sizes.checks))
                await parts.people.journal.flush()
    cost = {name: median(values) for name, values in told.items()}
    fresh = cost["made"] + cost["forgotten"]
    return {
        "check_key_us": cost["recognised"],
        "check_key_guard_us": cost["key"] - cost["made"],
        "check_settings_guard_us": cost["settings"] - cost["made"],
        "check_key_fresh_us": cost["key_fresh"] - fresh,
        "check_cookie_us": cost["cookie"] - cost["made"],
        "check_cookie_fresh_us": cost["cookie_fresh"] - fresh,
    }


def _steps(parts: Inside, person: Person) -> dict[str, Step]:
    rights, authenticator = parts.people.identity.rights, parts.people.identity.authenticator
    key: Fields = [(b"authorization", f"Bearer {person.keys[0]}".encode())]
    settings: Fields = [(b"authorization", f"Bearer {CALLER_KEY}".encode())]
    cookie: Fields = [(b"cookie", f"prosa_session={person.session}".encode()), (b"x-prosa-csrf", b"1")]
    shown = tuple(key)

    async def made() -> None:
        parts.exchange(key)

    async def recognised() -> None:
        assert authenticator.recognised(shown, HOME.address, Door.OPENAI) is not None

    async def forgotten() -> None:
        rights.tell(None, None)

    async def fresh(fields: Fields) -> None:
        rights.tell(None, None)
        await parts.guarded(fields)

    return {
        "made": made,
        "key": partial(parts.guarded, key),
        "recognised": recognised,
        "settings": partial(parts.guarded, settings),
        "cookie": partial(parts.guarded, cookie),
        "forgotten": forgotten,
        "key_fresh": partial(fresh, key),
        "cookie_fresh": partial(fresh, cookie),
    }
