"""prosa's parts within this process: what one step costs, without sockets between."""

import gc
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.seeding import CHEAP, PASSWORD, Crowd, Person
from prosa.api.edge import Access, EdgeParts, Exchange, guard
from prosa.api.edge.headers import AnswerHeaders
from prosa.boot.http import prepare_folder
from prosa.boot.people import People, make_people
from prosa.boot.settings import load
from prosa.identity import Device, Door, Permission, SignIn
from prosa.identity.accounts import AccountParts, AccountService
from prosa.identity.one_time import OneTime
from prosa.identity.passwords import Passwords
from prosa.kit.clock import SystemClock
from prosa.usage import MemoryLimiter, UsageSettings

MICRO = 1e6
ACCESS = Access(Permission.CALL_MODELS, Door.OPENAI)
Fields = list[tuple[bytes, bytes]]
Step = Callable[[], Awaitable[object]]
HOME = Device("127.0.0.1", "bench")


@dataclass(frozen=True, slots=True)
class Inside:
    """One process's parts over a filled database; `sign_ins` is the service with hashes that cost next to nothing."""

    crowd: Crowd
    people: People
    edge: EdgeParts
    sign_ins: AccountService

    def exchange(self, fields: Fields) -> Exchange:
        """A request for a model's answer with these header fields."""
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": "POST",
            "path": "/v1/chat/completions",
            "query_string": b"",
            "scheme": "http",
            "client": ("127.0.0.1", 50_000),
            "headers": [(b"host", b"127.0.0.1:3000"), (b"content-type", b"application/json"), *fields],
        }
        return Exchange(scope, _nothing, _ignored, self.edge, _ANSWER)

    async def guarded(self, fields: Fields) -> None:
        """A request as far as its handler: made, let in, and forgotten."""
        exchange = self.exchange(fields)
        await guard(exchange, ACCESS)
        self.edge.open_calls.remove(exchange)

    async def sign_in(self, person: Person) -> None:
        """Somebody signs in and gets a session, but for the hash."""
        done = await self.sign_ins.sign_in(SignIn(person.email, PASSWORD, HOME))
        await self.people.identity.sessions.start(done.account.id, HOME, done.proved_at)


_ANSWER = AnswerHeaders()


async def _nothing() -> dict[str, object]:
    return {"type": "http.disconnect"}


async def _ignored(message: object) -> None:
    """An answer that goes nowhere."""


@asynccontextmanager
async def inside(crowd: Crowd, keys: str = "") -> AsyncIterator[Inside]:
    """The parts over this database; `keys` are those of the settings. Changes of rights are looked for when somebody asks."""
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        env = crowd.settings | {"PROSA_DATA_DIR": f"{folder}/data", "API_KEYS": keys}
        settings, clock = load(env, Path(folder)).settings, SystemClock()
        prepare_folder(settings.server)
        limiter = MemoryLimiter(clock)
        people = make_people(settings, limiter, clock)
        usage = UsageSettings(key_per_minute=1_000_000, anonymous_per_minute=1_000_000)
        edge = EdgeParts(people.identity.authenticator, limiter, usage=usage, open_calls=people.open_calls)
        desk = AccountService(
            AccountParts(
                database=people.database,
                rights=people.identity.rights,
                keyring=people.identity.keyring,
                passwords=Passwords(cost=CHEAP),
                one_time=OneTime(people.identity.keyring, clock),
                invites=people.identity.invites,
                attempts=limiter,
                clock=clock,
                settings=settings.identity.people,
            )
        )
        try:
            yield Inside(crowd, people, edge, desk)
        finally:
            await desk.aclose()
            await people.stop()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Without the collector, which a server seldom lets look."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


async def costs(step: Step, count: int, busy: Callable[[], float] = time.thread_time) -> float:
    """Microseconds of CPU that a step takes, done `count` times; `busy` tells the CPU seconds used so far."""
    before = busy()
    for _ in range(count):
        await step()
    return (busy() - before) / count * MICRO


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)
