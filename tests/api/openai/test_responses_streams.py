"""Streamed responses: the same for every reader, whenever it comes, and for nobody else."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import httpx2
import pytest

from prosa.api.edge import Front
from prosa.api.lazy import LazyApplication
from prosa.identity import OPERATOR
from tests.api.openai.answering import Event, Program, Stage, a_stage, events, text_of
from tests.calling import error, settled

SLOW = "[[mock delay=0.1 text='um dois três quatro cinco seis sete oito nove dez']] Conte!"
ENDLESS = "[[mock delay=0.05 repeat=4000]] Conte!"


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with a_stage() as made:
        yield made


class Live:
    """A stream that is read bit by bit."""

    def __init__(self, answer: httpx2.Response) -> None:
        assert answer.status_code == 200
        self.answer = answer
        self.text = ""
        self._pieces = answer.aiter_text()

    async def until(self, part: str) -> str:
        """What has come once this is in it."""
        async with asyncio.timeout(10):
            while part not in self.text:
                self.text += await anext(self._pieces)
        return self.text

    async def rest(self) -> str:
        """All that came in the end."""
        async with asyncio.timeout(20):
            async for piece in self._pieces:
                self.text += piece
        return self.text

    @property
    def id(self) -> str:
        """The response's id, as its first event told it."""
        first: Event = json.loads(self.text.split("\n")[1].removeprefix("data: "))
        found: str = first["response"]["id"]
        return found


def asking(program: Program, input: str = SLOW, **fields: object):  # type: ignore[no-untyped-def]  # httpx's own
    """A streamed response."""
    return program.http.stream("POST", "/v1/responses", json={"model": "mock", "input": input, "stream": True} | fields)


async def completed(program: Program, response_id: str) -> Event:
    """The response once it has ended."""
    found: Event = {}
    for _ in range(300):
        found = await program.get(response_id)
        if found["status"] not in ("queued", "in_progress"):
            break
        await asyncio.sleep(0.05)
    return found


async def test_the_events_come_in_the_specifications_order(stage: Stage) -> None:
    found = await stage.ana.stream("Olá, mundo", model="mock-echo")
    kinds = [event["type"].removeprefix("response.") for event in found]
    deltas = kinds.count("output_text.delta")
    assert kinds == [
        *("created", "in_progress", "output_item.added", "content_part.added"),
        *["output_text.delta"] * deltas,
        *("output_text.done", "content_part.done", "output_item.done", "completed"),
    ]
    assert "".join(event["delta"] for event in found if "delta" in event) == "Olá, mundo" == text_of(found[-1]["response"])
    assert await stage.ana.get(found[0]["response"]["id"]) == found[-1]["response"]


async def test_thoughts_calls_and_refusals_are_told_as_what_they_are(stage: Stage) -> None:
    tool = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}
    for model, fields, wanted in (
        ("mock-reasoning", {}, "response.reasoning_text.delta"),
        ("mock-tools", {"tools": [tool]}, "response.function_call_arguments.delta"),
        ("mock-refusal", {}, "response.refusal.delta"),
    ):
        kinds = [event["type"] for event in await stage.ana.stream("Olá", model=model, **fields)]
        assert wanted in kinds and wanted.replace(".delta", ".done") in kinds, (model, kinds)


async def test_every_reader_gets_the_same_from_whichever_number_it_begins(stage: Stage) -> None:
    async with asking(stage.ana) as answer:
        live = Live(answer)
        await live.until("output_text.delta")
        readers = {after: asyncio.create_task(stage.ana.follow(live.id, after)) for after in (-1, 0, 3)}
        whole = events((await live.rest()).removesuffix("data: [DONE]\n\n"))
    for after, reader in readers.items():
        assert await reader == whole[after + 1 :]
    last = whole[-1]["sequence_number"]
    for after in range(-1, last + 2):
        assert await stage.ana.follow(live.id, after) == whole[after + 1 :]
    again = await stage.ana.http.get(f"/v1/responses/{live.id}?stream=true", headers={"Last-Event-ID": str(last - 1)})
    assert again.text == live.text[live.text.index("event: response.completed") :]


@pytest.mark.attack("A3")
async def test_nobody_resumes_the_stream_of_another_at_any_instant(stage: Stage) -> None:
    bia = await stage.program("bia")

    async def tried(response_id: str) -> None:
        bare = response_id.removeprefix("resp_")
        for method, path in (
            *(
                ("GET", f"/v1/responses/{{}}{rest}")
                for rest in ("", "?stream=true", "?stream=true&starting_after=2", "/input_items")
            ),
            *(("POST", "/v1/responses/{}/cancel"), ("DELETE", "/v1/responses/{}")),
            *(("GET", "/api/v1/runs/{}/events"), ("GET", "/api/v1/runs/{}/events?starting_after=2"), ("GET", "/api/v1/runs/{}")),
        ):
            prefix = "run_" if "/runs/" in path else "resp_"
            same = {"x-request-id": "the-same"}
            answers = [
                await bia.http.request(method, path.format(prefix + name), headers=same) for name in (bare, "0" * 32, "nothing")
            ]
            assert {(answer.status_code, answer.content) for answer in answers} == {(404, answers[0].content)}, path
        follow = await bia.http.post("/v1/responses", json={"input": "a", "previous_response_id": response_id})
        nothing = await bia.http.post("/v1/responses", json={"input": "a", "previous_response_id": "resp_" + "0" * 32})
        assert (follow.status_code, follow.content) == (400, nothing.content)

    async with asking(stage.ana) as answer:
        live = Live(answer)
        for instant in ("response.created", "output_item.added", "output_text.delta", "output_text.done", "response.completed"):
            await live.until(instant)
            await tried(live.id)
        await live.rest()
    await tried(live.id)
    talk = (await stage.ana.http.post("/v1/conversations", json={})).json()["id"]
    first = await stage.ana.create(ENDLESS, background=True, conversation=talk)
    waiting = await stage.ana.create("Olá", background=True, conversation=talk)
    assert (await stage.ana.get(waiting["id"]))["status"] == "queued"
    await tried(waiting["id"])
    await stage.ana.http.post(f"/v1/responses/{first['id']}/cancel")
    await completed(stage.ana, waiting["id"])
    await stage.ana.http.delete(f"/v1/responses/{waiting['id']}")
    await tried(waiting["id"])


@pytest.mark.attack("A17", "C4")
async def test_a_revoked_key_ends_its_streams_within_a_second_and_the_answer_goes_on(stage: Stage) -> None:
    async with asking(stage.ana) as answer:
        live = Live(answer)
        await live.until("output_text.delta")
        async with stage.ana.http.stream("GET", f"/v1/responses/{live.id}?stream=true") as second:
            follower = Live(second)
            await follower.until("output_text.delta")
            waiting = asyncio.create_task(stage.ana.http.post("/v1/responses", json={"model": "mock", "input": ENDLESS}))
            await asyncio.sleep(0.1)
            keys = stage.home.prosa.system.people.identity.keys
            began = time.monotonic()
            for key in (await keys.list(OPERATOR)).items:
                if key.name.startswith("program"):
                    await keys.revoke(OPERATOR, key.id)
            texts = [await live.rest(), await follower.rest()]
            refused = await waiting
            assert time.monotonic() - began < 1
    assert error(refused) == (401, "invalid_api_key")
    for text in texts:
        assert "response.completed" not in text and "[DONE]" not in text and '"error":{' not in text
        assert text.rstrip().endswith("follow on from the last number")
    runs = stage.home.prosa.system.runs
    run = await runs.get(stage.ana.person.account.id, live.id.removeprefix("resp_"))
    async with asyncio.timeout(10):
        assert (await runs.finished(run)).state == "completed"  # a call that has begun is paid for, and its words are the owner's


async def test_who_leaves_cancels_nothing_that_is_stored(stage: Stage) -> None:
    async with asking(stage.ana) as answer:
        live = Live(answer)
        await live.until("output_text.delta")
    response_id = live.id
    with pytest.raises(httpx2.ReadTimeout):
        await stage.ana.http.post("/v1/responses", json={"model": "mock", "input": SLOW}, timeout=0.3)
    listed = (await stage.ana.http.get("/api/v1/runs?open=true")).json()["data"]
    assert len(listed) == 2 and f"run_{response_id.removeprefix('resp_')}" in [run["id"] for run in listed]
    for run in listed:
        found = await completed(stage.ana, run["id"].replace("run_", "resp_"))
        assert found["status"] == "completed"
    assert settled(stage.home.prosa) == {"ok": 2}


@pytest.mark.parametrize("stream", [True, False])
async def test_who_leaves_ends_what_is_not_stored(stage: Stage, stream: bool) -> None:
    if stream:
        async with asking(stage.ana, ENDLESS, store=False) as answer:
            await Live(answer).until("output_text.delta")
    else:
        with pytest.raises(httpx2.ReadTimeout):
            await stage.ana.http.post("/v1/responses", json={"model": "mock", "input": ENDLESS, "store": False}, timeout=0.3)
    for _ in range(50):
        if settled(stage.home.prosa):
            break
        await asyncio.sleep(0.02)
    assert settled(stage.home.prosa) == {"cancelled": 1}
    assert (await stage.ana.http.get("/api/v1/runs")).json()["data"] == []


@pytest.mark.attack("A17")
async def test_one_that_is_not_stored_ends_with_the_right_to_it_and_says_so(stage: Stage) -> None:
    async with asking(stage.ana, ENDLESS, store=False) as answer:
        live = Live(answer)
        await live.until("output_text.delta")
        keys = stage.home.prosa.system.people.identity.keys
        for key in (await keys.list(OPERATOR)).items:
            await keys.revoke(OPERATOR, key.id)
        text = await asyncio.wait_for(live.rest(), 1)
    *_, told, end, rest = text.split("\n\n")
    assert json.loads(told.removeprefix("data: "))["error"]["code"] == "stream_broken" and (end, rest) == ("data: [DONE]", "")
    assert settled(stage.home.prosa) == {"cancelled": 1}


async def test_one_that_is_not_stored_streams_as_the_others(stage: Stage) -> None:
    found = await stage.ana.stream("Olá, mundo", model="mock-echo", store=False)
    assert found[-1]["type"] == "response.completed" and text_of(found[-1]["response"]) == "Olá, mundo"
    assert error(await stage.ana.http.get(f"/v1/responses/{found[0]['response']['id']}")) == (404, "not_found")


async def test_a_failure_after_the_beginning_is_told_in_the_response(stage: Stage) -> None:
    made = await stage.ana.create("Olá", model="mock-error")
    assert made["status"] == "failed" and made["error"]["code"] == "server_error"
    found = await stage.ana.stream("Olá", model="mock-error")
    assert found[-1]["type"] == "response.failed" and found[-1]["response"]["status"] == "failed"


async def test_a_second_message_waits_in_order_or_takes_the_place_of_the_first(stage: Stage) -> None:
    talk = (await stage.ana.http.post("/v1/conversations", json={})).json()["id"]
    first = await stage.ana.create(SLOW, background=True, conversation=talk)
    second = await stage.ana.create("Segunda", model="mock-echo", background=True, conversation=talk)
    assert second["status"] == "queued" and (await stage.ana.get(second["id"]))["conversation"] == {"id": talk}
    followed = await stage.ana.follow(second["id"])
    kinds = [event["type"] for event in followed]
    assert kinds[0] == "response.created" and "response.in_progress" in kinds and kinds[-1] == "response.completed"
    assert (await stage.ana.get(first["id"]))["status"] == "completed"
    third = await stage.ana.create(ENDLESS, background=True, conversation=talk)
    fourth = await stage.ana.create("Quarta", model="mock-echo", conversation=talk, when_busy="replace")
    assert fourth["status"] == "completed" and (await stage.ana.get(third["id"]))["status"] == "cancelled"
    said = (await stage.ana.http.get(f"/v1/conversations/{talk}/items?order=asc&limit=100")).json()["data"]
    asked = [item["content"][0]["text"] for item in said if item["role"] == "user"]
    assert asked == [SLOW, "Segunda", ENDLESS, "Quarta"]
    assert [item["role"] for item in said[:4]] == ["user", "assistant"] * 2


async def test_a_repeated_request_gets_the_same_response(stage: Stage) -> None:
    once = {"Idempotency-Key": "one-and-the-same"}
    body = {"model": "mock", "input": SLOW, "stream": True}
    async with stage.ana.http.stream("POST", "/v1/responses", json=body, headers=once) as answer:
        live = Live(answer)
        await live.until("output_text.delta")
    again = await stage.ana.http.post("/v1/responses", json=body, headers=once)
    assert again.status_code == 200 and again.text.endswith("data: [DONE]\n\n")
    found = events(again.text.removesuffix("data: [DONE]\n\n"))
    assert found[0]["response"]["id"] == live.id and found == await stage.ana.follow(live.id)
    other = await stage.ana.http.post("/v1/responses", json=body | {"input": "b"}, headers=once)
    assert other.status_code == 422
    assert len((await stage.ana.http.get("/api/v1/runs")).json()["data"]) == 1


async def test_a_silent_stream_is_kept_awake(stage: Stage) -> None:
    front = stage.home.prosa.system.app
    assert isinstance(front, Front) and isinstance(front._fallback, LazyApplication)
    front._fallback._parts.readers.silence_seconds = 0.1
    async with asking(stage.ana, "[[mock first_byte=0.5]] Conte!") as answer:
        text = await Live(answer).rest()
    assert text.count(": keep-alive\n\n") >= 2 and text.endswith("data: [DONE]\n\n")
    assert events(text.removesuffix("data: [DONE]\n\n"))[-1]["type"] == "response.completed"
