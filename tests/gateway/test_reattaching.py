"""An answer in a provider's background, whose connection breaks: it is listened to again, and asked for once."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from tests.serving import running
from tests.upstream import Answer, Upstream, in_turn, saying, streaming, upstream

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0", "PROSA_RETRIES": "0"}
WORDS = [f"word{number} " for number in range(6)]
ITEM = {"type": "message", "id": "msg_1", "role": "assistant", "content": []}
GONE = saying({"error": {"message": "not found", "code": "not_found"}}, 404)
LET_GO = saying({"id": "resp_1", "deleted": True})


def event(type: str, **fields: object) -> bytes:
    """One event of a Responses stream."""
    return f"event: {type}\ndata: {json.dumps({'type': type} | fields)}\n\n".encode()


def state(kind: str, **fields: object) -> bytes:
    """An event about the response."""
    return event(f"response.{kind}", response={"id": "resp_1", "model": "m", "status": kind} | fields)


BEGUN = state("created") + event("response.output_item.added", output_index=0, item=ITEM)
DONE = state("completed", usage={"input_tokens": 3, "output_tokens": 6})


def said(*words: str) -> bytes:
    """Pieces of text."""
    return b"".join(event("response.output_text.delta", output_index=0, delta=word) for word in words)


@asynccontextmanager
async def asked(*answers: Answer) -> AsyncIterator[tuple[dict[str, Any], str, Upstream]]:
    """A stored answer by a provider that answers its requests so: the response, its log, and what the provider was asked."""
    async with upstream(in_turn(*answers)) as provider:
        lab = {"BASE_URL": provider.url, "KIND": "openai_responses", "MODELS": "m"}
        env = QUIET | {f"PROSA_PROVIDER_LAB_{name}": value for name, value in lab.items()}
        async with running(env) as prosa, httpx2.AsyncClient(base_url=f"{prosa.base}/v1", timeout=30) as http:
            made = (await http.post("/responses", json={"model": "lab/m", "input": "Olá!"})).json()
            log = (await http.get(f"/responses/{made['id']}", params={"stream": "true"})).text if "id" in made else ""
        yield made, log, provider


def requests(provider: Upstream) -> list[str]:
    """What it was asked, in order."""
    return [f"{asked.method} {asked.path}" for asked in provider.asked]


def text_of(response: dict[str, Any]) -> str:
    """The words of an answer."""
    return "".join(part["text"] for item in response["output"] for part in item["content"])


def told(log: str) -> str:
    """The words that its readers saw."""
    events = [json.loads(line[6:]) for line in log.splitlines() if line.startswith("data: {")]
    assert [event["sequence_number"] for event in events] == list(range(len(events)))
    return "".join(event["delta"] for event in events if event["type"] == "response.output_text.delta")


@pytest.mark.parametrize("heard", [0, 1, 4])
async def test_a_broken_connection_is_made_again_and_nothing_is_said_twice(heard: int) -> None:
    first = streaming(BEGUN, said(*WORDS[:heard]))
    again = streaming(BEGUN, said(*WORDS), DONE)
    async with asked(first, again, LET_GO) as (made, log, provider):
        assert made["status"] == "completed" and text_of(made) == "".join(WORDS) == told(log)
        assert '"how":"reattached"' in log and made["usage"]["output_tokens"] == 6
        assert requests(provider) == [
            "POST /v1/responses",
            "GET /v1/responses/resp_1?stream=true",
            "DELETE /v1/responses/resp_1",
        ]
        assert provider.asked[0].fields["background"] is True and provider.asked[0].fields["store"] is True


async def test_an_answer_that_is_lost_there_too_ends_with_what_was_said() -> None:
    async with asked(streaming(BEGUN, said(*WORDS[:3])), GONE) as (made, log, provider):
        assert made["status"] == "incomplete" and made["incomplete_details"] == {"reason": "interrupted"}
        assert text_of(made) == "".join(WORDS[:3]) == told(log)
        assert requests(provider)[:2] == ["POST /v1/responses", "GET /v1/responses/resp_1?stream=true"]


async def test_an_answer_that_failed_there_is_not_listened_to_again() -> None:
    failed = state("failed", error={"code": "server_error", "message": "oops"})
    async with asked(streaming(BEGUN, said(*WORDS[:3]), failed), LET_GO) as (made, log, provider):
        assert made["status"] == "incomplete" and text_of(made) == "".join(WORDS[:3]) == told(log)
        assert not [request for request in requests(provider) if request.startswith("GET")]


async def test_a_refusal_before_the_answer_begins_is_the_callers_error() -> None:
    refusal = saying({"error": {"message": "temperature is too high", "param": "temperature"}}, 400)
    async with asked(refusal) as (made, _log, provider):
        assert made.get("status") == "failed" or made["error"]["param"] == "temperature"
        assert len(provider.asked) == 1
