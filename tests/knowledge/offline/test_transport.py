"""The offline model answers at its own address like any provider, from a process of its own."""

import asyncio
import json
from collections.abc import AsyncIterator

import pytest

from prosa.drivers.outbound import FirstByteTimeout, OutboundRequest, Target, Timeouts
from prosa.gateway import MockTransport
from prosa.knowledge.offline import NAME, OfflineTransport
from prosa.knowledge.offline.transport import HOST
from prosa.knowledge.offline.worker import Worker

STAND_IN = "tests.knowledge.offline.stand_in"
HERE = Target("http", HOST, 80)
PATIENT = Timeouts(first_byte=60.0)


@pytest.fixture
async def transport() -> AsyncIterator[OfflineTransport]:
    """Over the mock, with the stand-in for a model."""
    made = OfflineTransport(MockTransport(), Worker(module=STAND_IN))
    yield made
    await made.aclose()


def asking(*texts: str, path: str = "/v1/embeddings", **more: object) -> OutboundRequest:
    """The request of a call."""
    return OutboundRequest("POST", path, (), json.dumps({"model": NAME, "input": list(texts), **more}).encode())


async def answered(transport: OfflineTransport, request: OutboundRequest, timeouts: Timeouts = PATIENT) -> tuple[int, dict]:  # type: ignore[type-arg]  # JSON
    """Status and body."""
    reply = await transport.open(HERE, request, timeouts)
    return reply.status, json.loads(await reply.body(1 << 24))


async def test_texts_have_their_vectors_in_order_and_their_tokens_are_told(transport: OfflineTransport) -> None:
    status, body = await answered(transport, asking("a", "bbb", "cc", "dddd", "eeeee"))
    assert status == 200 and body["usage"] == {"prompt_tokens": 15, "total_tokens": 15}
    assert [row["embedding"][0] for row in body["data"]] == [1, 3, 2, 4, 5]
    status, body = await answered(transport, asking("a", encoding_format="base64"))
    assert status == 200 and len(body["data"][0]["embedding"]) == 2048


async def test_what_it_cannot_do_is_refused_and_the_rest_of_the_world_is_reached(transport: OfflineTransport) -> None:
    assert (await answered(transport, asking(path="/v1/chat/completions")))[0] == 404
    assert (await answered(transport, asking("a", model="other")))[0] == 404
    assert (await answered(transport, asking()))[0] == 400
    assert (await answered(transport, OutboundRequest("POST", "/v1/embeddings", (), b'{"input": [[1, 2]]}')))[0] == 400
    listed = await answered(transport, OutboundRequest("GET", "/v1/models"))
    assert [model["id"] for model in listed[1]["data"]] == [NAME]
    elsewhere = await transport.open(Target("http", "mock.invalid", 80), asking("a", path="/v1/embeddings"), PATIENT)
    assert json.loads(await elsewhere.body(1 << 24))["data"]


async def test_a_process_that_fails_is_told_and_the_next_call_has_another(transport: OfflineTransport) -> None:
    for word in ("fail", "die"):
        status, body = await answered(transport, asking(word))
        assert status == 503 and body["error"]["type"] == "server_error"
        assert (await answered(transport, asking("ab")))[0] == 200


async def test_a_caller_who_waits_no_longer_keeps_nobody_else_from_an_answer(transport: OfflineTransport) -> None:
    with pytest.raises(FirstByteTimeout):
        await answered(transport, asking("slow"), Timeouts(first_byte=0.05))
    both = await asyncio.gather(answered(transport, asking("ab")), answered(transport, asking("abc")))
    assert [body["data"][0]["embedding"][0] for _, body in both] == [2, 3]


async def test_a_process_that_nobody_asks_ends_and_comes_back() -> None:
    worker = Worker(idle=0.05, module=STAND_IN)
    assert (await worker.embed(["abc"]))[0] == 3
    assert worker._task is not None
    await asyncio.wait_for(asyncio.shield(worker._task), 60)
    assert (await worker.embed(["abcd"]))[0] == 4
    await worker.aclose()
