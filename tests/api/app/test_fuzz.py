"""The API document against the running application, as an administrator who is signed in: no call makes a 5xx."""

import asyncio
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error

from prosa.identity import Device, Role
from tests.api.app.house import PAGE, House, Person, house
from tests.api.fuzzing import described, examples

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]

PATHS = "^/api/v1/"
schema = described(path_regex=PATHS)
KINDS = {"application/json", "application/problem+json", "text/event-stream; charset=utf-8", "text/csv; charset=utf-8"}


@dataclass
class Seat:
    """An administrator before a running prosa in a thread of its own, because the fuzzer asks synchronously."""

    home: House
    root: Person
    loop: asyncio.AbstractEventLoop

    def session(self) -> str:
        """A fresh session: the calls end some, and a hundred wrong passwords all of them."""
        start = self.home.prosa.system.people.identity.sessions.start(self.root.account.id, Device("127.0.0.1"))
        return asyncio.run_coroutine_threadsafe(start, self.loop).result(30)[1]


@pytest.fixture(scope="module")
def seat() -> Iterator[Seat]:
    found: list[Seat] = []
    begun, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        async with house({"PROSA_REQUESTS_PER_MINUTE": "0"}) as home:
            # Not the password of the document's examples: with it the fuzzer would delete itself.
            home.password_hash = await home.prosa.system.people.identity.passwords.hash("not that of any example")
            found.append(Seat(home, await home.person("root", Role.ADMIN), asyncio.get_running_loop()))
            begun.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert begun.wait(30)
    yield found[0]
    ended.set()
    thread.join(30)


def check(case: schemathesis.Case[Any], seat: Seat) -> None:
    """One call of the administrator's."""
    for credential in ("Authorization", "X-API-Key"):  # the document tells the fuzzer of keys; the session is to count here
        case.headers.pop(credential, None)
    answer = case.call(base_url=seat.home.prosa.base, headers=dict(PAGE), cookies={"prosa_session": seat.session()})
    case.validate_response(answer, checks=[not_a_server_error])
    kind = (answer.headers.get("content-type") or ["application/json"])[0]
    assert kind in KINDS, kind
    assert answer.status_code != 401 or case.path.endswith("/sign-in"), answer.text


@pytest.mark.attack("J10")
@schema.parametrize()
@examples(3)
def test_no_call_makes_a_server_error(case: schemathesis.Case[Any], seat: Seat) -> None:
    check(case, seat)
