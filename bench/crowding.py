"""Whether many people cost more than few: signing in, finding keys, listing, with 10,000 people and with 100."""

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

from bench.databases import Place, here, place
from bench.inside import Inside, costs, inside, median, undisturbed
from bench.lodging import KEYS_EACH
from bench.measures import Figures, Sizes
from bench.seeding import CHEAP, PASSWORD, Crowd, Person, seeded
from bench.stage import Stage
from prosa.identity import OPERATOR, AccountQuery, Door, KeyQuery, OriginKind, Reach, Signs
from prosa.identity.passwords import Passwords

FEW = 100  # people
HASHES = 5
Deed = Callable[[Inside, Sequence[Person], random.Random], Awaitable[object]]
_SIGNS = Signs((), "127.0.0.1", True, OriginKind.NONE)


def crowd(stage: Stage) -> Figures:
    """Every deed with many people and with few, in turn, on each database that is here; and the hash, which knows no crowd."""
    figures: Figures = {"hash_ms": asyncio.run(_hash())}
    for kind in here():
        with place(kind) as made:
            many = seeded(made.fresh(), stage.sizes.people, stage.sizes.people * KEYS_EACH, CHEAP)
            few = seeded(made.fresh(), FEW, FEW * KEYS_EACH, CHEAP)
            with undisturbed():
                told = asyncio.run(_compared(made, (many, few), stage.sizes))
        figures |= {f"{kind}_{name}": value for name, value in told.items()}
    return figures


async def _compared(made: Place, crowds: tuple[Crowd, Crowd], sizes: Sizes) -> Figures:
    """Of every deed its cost with many, and by how much that is more than with few: the median of the rounds' ratios."""
    chance = random.Random(1)
    told: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in DEEDS}
    async with inside(crowds[0]) as many, inside(crowds[1]) as few:
        # Of either crowd as many take part, so that this side of the measuring knows no difference.
        sides = [(side, parts, chance.sample(parts.crowd.people, FEW)) for side, parts in ((0, many), (1, few))]
        for turn in range(-1, sizes.rounds):  # the first one only warms up
            for name, deed in DEEDS.items():
                for side, parts, those in sides[:: -1 if turn % 2 else 1]:
                    count = sizes.deeds * (10 if deed is _find_key else 1)
                    cost = await costs(partial(deed, parts, those, chance), count, lambda: time.process_time() + made.busy())
                    if turn >= 0:
                        told[name][side].append(cost)
    figures = {f"{name}_us": median(costly) for name, (costly, _) in told.items()}
    ratios = {name: [one / other for one, other in zip(*pair, strict=True)] for name, pair in told.items()}
    return figures | {f"{name}_ratio": median(values) for name, values in ratios.items()}


async def _sign_in(parts: Inside, those: Sequence[Person], chance: random.Random) -> None:
    await parts.sign_in(chance.choice(those))


async def _find_key(parts: Inside, those: Sequence[Person], chance: random.Random) -> None:
    text = chance.choice(chance.choice(those).keys)
    assert await parts.people.identity.stored.bearer(text, _SIGNS, Door.OPENAI) is not None


async def _list_people(parts: Inside, _those: Sequence[Person], chance: random.Random) -> None:
    after = chance.randrange(len(parts.crowd.people) // 2)
    page = await parts.people.identity.accounts.list(OPERATOR, AccountQuery(after=after))
    assert len(page.items) == AccountQuery().limit


async def _list_keys(parts: Inside, those: Sequence[Person], chance: random.Random) -> None:
    account_id = chance.choice(those).account_id
    page = await parts.people.identity.keys.list(Reach(account_id), KeyQuery(account_id))
    assert len(page.items) == KEYS_EACH


async def _list_every_key(parts: Inside, _those: Sequence[Person], _chance: random.Random) -> None:
    page = await parts.people.identity.keys.list(OPERATOR, KeyQuery())
    page = await parts.people.identity.keys.list(OPERATOR, KeyQuery(after=page.next))
    assert len(page.items) == KeyQuery().limit


DEEDS: dict[str, Deed] = {
    "sign_in": _sign_in,
    "find_key": _find_key,
    "list_people": _list_people,
    "list_keys": _list_keys,
    "list_every_key": _list_every_key,
}


async def _hash() -> float:
    """CPU milliseconds of one look at a password."""
    passwords = Passwords()
    try:
        stored = await passwords.hash(PASSWORD)
        before = time.process_time()
        for _ in range(HASHES):
            await passwords.verify(stored, PASSWORD)
        return (time.process_time() - before) / HASHES * 1000
    finally:
        await passwords.aclose()
