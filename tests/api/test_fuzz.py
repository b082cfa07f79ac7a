"""The API document against the running application: nothing that fits the document, and nothing that nearly does, makes a 5xx."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from schemathesis.checks import not_a_server_error

from tests.api.fuzzing import described, examples
from tests.serving import serving

pytestmark = [pytest.mark.slow, pytest.mark.unmeasured]

schema = described()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """A running prosa in a thread of its own, because the fuzzer asks synchronously."""
    address: list[str] = []
    begun, ended = threading.Event(), threading.Event()

    async def serve() -> None:
        limits = {"RATE_LIMIT_PER_MINUTE": "0", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
        async with serving(limits) as found:
            address.append(found)
            begun.set()
            await asyncio.to_thread(ended.wait)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert begun.wait(30)
    yield address[0]
    ended.set()
    thread.join(30)


def check(case: schemathesis.Case[Any], base: str) -> None:
    """One call."""
    answer = case.call(base_url=base)
    case.validate_response(answer, checks=[not_a_server_error])


@pytest.mark.attack("J10")
@schema.parametrize()
@examples(4)
def test_no_call_makes_a_server_error(case: schemathesis.Case[Any], base: str) -> None:
    check(case, base)
