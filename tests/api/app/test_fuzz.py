"""The API document against the running application, as an administrator who is signed in: no call makes a 5xx."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error

from prosa.api.document import openapi_document
from prosa.identity import Role
from tests.api.app.house import PAGE, house

pytestmark = pytest.mark.slow

schema = (
    schemathesis.openapi.from_file(openapi_document().decode()).include(path_regex="^/api/v1/").exclude(path_regex="sign-out")
)
KINDS = {"application/json", "application/problem+json"}


@pytest.fixture(scope="module")
def seat() -> Iterator[tuple[str, str]]:
    """A running prosa in a thread of its own, because the fuzzer asks synchronously, and an administrator's session."""
    found: list[tuple[str, str]] = []
    begun, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        async with house({"PROSA_REQUESTS_PER_MINUTE": "0"}) as home:
            # Not the one of the document's examples: with it the first call to try would be to delete oneself.
            home.password_hash = await home.prosa.system.people.identity.passwords.hash("not that of any example")
            root = await home.person("root", Role.ADMIN)
            found.append((home.prosa.base, root.browser.cookies["prosa_session"]))
            begun.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert begun.wait(30)
    yield found[0]
    base, session = found[0]
    still = httpx2.get(f"{base}/api/v1/me", cookies={"prosa_session": session})
    ended.set()
    thread.join(30)
    assert still.status_code == 200  # the calls were an administrator's to the last


@pytest.mark.attack("J10")
@schema.parametrize()
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_no_call_makes_a_server_error(case: schemathesis.Case[Any], seat: tuple[str, str]) -> None:
    base, session = seat
    answer = case.call(base_url=base, headers={"x-prosa-csrf": "1"} | PAGE, cookies={"prosa_session": session})
    print("X", case.method, case.path, answer.status_code, str(case.body)[:80], dict(case.headers or {}), case.cookies, answer.text[:150] if answer.status_code in (401,) else "")
    case.validate_response(answer, checks=[not_a_server_error])
    kind = (answer.headers.get("content-type") or ["application/json"])[0]
    assert kind in KINDS, kind
