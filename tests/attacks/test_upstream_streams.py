"""A provider that fails after its first word: what came, an error event, the end marker (attacks: Upstream, INV22)."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from tests.calling import PATH, QUICK, Stage, broke_off, call, changed, documents, resident, said, settled, staged
from tests.upstream import DONE, Answer, Asked, chunk, crash, head, raw, streaming

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.attack("J3")]

MB = 1024 * 1024
USAGE = b'data: {"choices":[],"usage":{"prompt_tokens":3,"completion_tokens":4,"total_tokens":7}}\n\n'
TEXT = ("Olá, ", "mundo: ", "日本 🎉")
WHOLE = b"".join((chunk(role="assistant"), *(chunk(text) for text in TEXT), chunk(finish="stop"), USAGE, DONE))


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def stage(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    async with staged(tmp_path_factory.mktemp("streams"), QUICK) as made:
        yield made


async def ask(stage: Stage, answer: Answer, **fields: Any) -> httpx2.Response:
    stage.alpha = answer
    return await stage.client.post(PATH, json=call(stream=True, **fields))


async def breaks(stage: Stage, answer: Answer, text: str) -> None:
    """The stream says this text, then that it broke; the call is settled once, and no connection is left."""
    before = settled(stage.prosa)
    found = documents((await ask(stage, answer)).text)
    assert (said(found), broke_off(found)) == (text, "stream_broken")
    assert changed(before, settled(stage.prosa)) == {"broken": 1}
    figures = stage.prosa.system.client.figures()
    assert figures.open == figures.idle


@pytest.mark.parametrize(
    "answer",
    [
        streaming(chunk("Olá"), chunk(" mundo")),
        streaming(chunk("Olá"), chunk(" mundo"), DONE[:7]),
        streaming(chunk("Olá"), chunk(" mundo"), b'data: {"choices":[{"delta":{"con'),
        raw(head(200, "text/event-stream"), chunk("Olá"), chunk(" mundo"), pause=0.02, reset=True),
        raw(
            b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n",
            *(b"%x\r\n%b\r\n" % (len(c), c) for c in (chunk("Olá mundo"),)),
        ),
        raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n%x\r\n%b\r\nNO" % (len(c := chunk("Olá mundo")), c)),
        streaming(chunk("Olá"), chunk(" mundo"), forever=True),
    ],
    ids=["end", "half-a-marker", "half-an-event", "reset", "chunked-end", "bad-chunk", "stall"],
)
async def test_a_stream_that_breaks_off_says_so(stage: Stage, answer: Answer) -> None:
    await breaks(stage, answer, "Olá mundo")


@pytest.mark.parametrize(
    ("event", "code"),
    [
        (b'data: {"error":{"message":"boom"}}\n\n', "provider_error"),
        (b'event: error\ndata: {"type":"overloaded_error"}\n\n', "provider_unavailable"),
        (b'data: {"error":{"message":"slow down","code":429}}\n\n', "provider_rate_limited"),
        (b'data: {"error":"plain words"}\n\n', "provider_error"),
    ],
)
async def test_an_error_event_of_the_provider_ends_the_stream_in_our_words(stage: Stage, event: bytes, code: str) -> None:
    before = settled(stage.prosa)
    found = documents((await ask(stage, streaming(chunk("Olá"), event, chunk("never")))).text)
    assert (said(found), broke_off(found)) == ("Olá", code)
    assert changed(before, settled(stage.prosa)) == {"broken": 1}


async def test_a_missing_end_marker_is_put_there(stage: Stage) -> None:
    body = WHOLE.removesuffix(DONE)
    assert (await ask(stage, streaming(body), stream_options={"include_usage": True})).content == body + DONE
    assert (await ask(stage, streaming(body[:-2]), stream_options={"include_usage": True})).content == body + DONE


@pytest.mark.parametrize(
    "garbage",
    [
        b"<html>oops</html>\n\n",
        bytes(range(256)) + b"\n\n",
        b"data: {no json}\n\n",
        b"data: \xff\xfe\n\n",
        b"data: 7\n\n",
        b"data: " + b"[" * 5000 + b"\n\n",
        b"HTTP/1.1 500 X\r\n\r\n",
    ],
    ids=["html", "bytes", "no-json", "no-utf-8", "number", "deep", "http"],
)
async def test_garbage_between_events_is_left_out(stage: Stage, garbage: bytes) -> None:
    found = documents((await ask(stage, streaming(chunk("a"), garbage, chunk("b"), chunk(finish="stop"), DONE))).text)
    assert said(found) == "ab" and "error" not in found[-1]


@pytest.mark.parametrize(
    "body",
    [
        b"\xef\xbb\xbf" + WHOLE,
        WHOLE.replace(b"\n\n", b"\r\n\r\n"),
        WHOLE.replace(b"\n\n", b"\r\r"),
        b": hello\n\n" + WHOLE.replace(b"\n\n", b"\n\n: ping\n\n"),
        WHOLE.replace(b"data: {", b"id: 7\nevent: message\nretry: 1\ndata:{"),
        WHOLE.replace(b"data: {", b"data: {\ndata: "),
    ],
    ids=["bom", "crlf", "cr", "comments", "fields", "two-lines"],
)
async def test_every_form_of_event_stream_passes_as_it_is(stage: Stage, body: bytes) -> None:
    answer = await ask(stage, streaming(body), stream_options={"include_usage": True})
    assert answer.content.startswith(body.removeprefix(b"\xef\xbb\xbf")[: body.rfind(b"[DONE]") - 3])
    assert answer.text.count("[DONE]") == 1
    assert "".join(TEXT[:2]).encode() in json.dumps(answer.text, ensure_ascii=False).encode() or all(
        t in answer.text for t in TEXT
    )


async def test_bytes_that_come_one_by_one_are_an_answer_however_slow(stage: Stage) -> None:
    quick = [WHOLE[index : index + 1] for index in range(len(WHOLE))]
    answer = await ask(stage, streaming(*quick), stream_options={"include_usage": True})
    assert answer.content == WHOLE
    # Slower than the whole silence that is allowed, but never silent that long.
    slow = [bytes((byte,)) for byte in chunk("é")[:20]]
    answer = await ask(stage, streaming(*slow, chunk("é")[20:], chunk(finish="stop"), DONE, pause=0.03))
    assert said(documents(answer.text)) == "é"


async def test_repeated_swapped_and_odd_chunks_pass_in_their_order(stage: Stage) -> None:
    odd = chunk("?").replace(b'"index": 0', b'"index": 77')
    wild = chunk("!").replace(b'"index": 0', b'"index": "none"')
    body = chunk("b") + chunk("a") + chunk("a") + odd + wild + chunk(finish="stop") + DONE
    answer = await ask(stage, streaming(body))
    # The choice 77 never ended, which is told; nothing is taken away or put in order.
    assert answer.content.startswith(body.removesuffix(DONE))
    assert answer.text.endswith("data: [DONE]\n\n")


async def test_missing_and_false_usage_is_estimated_and_marked(stage: Stage) -> None:
    false = b'data: {"choices":[],"usage":{"prompt_tokens":-5,"completion_tokens":1e99}}\n\n'
    for usage in (b"", false, b'data: {"choices":[],"usage":"many"}\n\n', b'data: {"choices":[],"usage":{}}\n\n'):
        await ask(stage, streaming(chunk("x" * 400), chunk(finish="stop"), usage, DONE))
    await asyncio.sleep(0.3)
    lines = [json.loads(line) for line in stage.prosa.log.getvalue().splitlines()][-4:]
    assert [(line["completion_tokens"], line["estimated"]) for line in lines] == [(100, True)] * 4
    assert all(line["prompt_tokens"] > 0 for line in lines)


@pytest.mark.attack("J5")
async def test_an_event_of_50_mb_flows_through_little_memory(stage: Stage) -> None:
    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream") + b'data: {"choices":[{"index":0,"delta":{"content":"')
        for _ in range(800):
            writer.write(b"x" * 65536)
            await writer.drain()
        writer.write(b'"}}]}\n\n' + chunk(finish="stop") + DONE)

    stage.alpha = answer
    before, most, size, end = resident(), 0, 0, b""
    async with stage.client.stream("POST", PATH, json=call(stream=True)) as reply:
        async for piece in reply.aiter_bytes():
            size, end = size + len(piece), (end + piece)[-200:]
            most = max(most, resident())
    assert size > 50 * MB and end.endswith(DONE)
    assert most - before < 24 * MB


def cut_after(seed: int, body: bytes) -> Answer:
    """Sends as many bytes as the request's `k` says; every second time the connection ends as a crash ends it."""
    chance = random.Random(seed)

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        writer.write(head(200, "text/event-stream"))
        await writer.drain()
        at = asked.fields["k"]
        middle = chance.randrange(at + 1)
        for piece in (body[:middle], body[middle:at]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        if asked.fields["reset"]:
            crash(writer)

    return answer


async def cut_everywhere(stage: Stage, places: list[int]) -> None:
    before, answer = settled(stage.prosa), cut_after(7, WHOLE)
    cuts = [(k, reset) for k in places for reset in (False, True)]
    for start in range(0, len(cuts), 20):
        some = cuts[start : start + 20]
        for (k, reset), got in zip(some, await asyncio.gather(*(ask(stage, answer, k=k, reset=r) for k, r in some)), strict=True):
            assert got.status_code == 200 or (got.status_code == 502 and (reset or k < 400)), k
            if got.status_code == 200:
                found = documents(got.text)
                assert "".join(TEXT).startswith(said(found)), k
                assert "error" in found[-1] or said(found) == "".join(TEXT), k
    done = changed(before, settled(stage.prosa))
    assert sum(done.values()) == len(cuts) and set(done) <= {"ok", "broken", "failed"}
    figures = stage.prosa.system.client.figures()
    assert figures.open == figures.idle


async def test_a_stream_cut_anywhere_is_never_taken_for_whole(stage: Stage) -> None:
    await cut_everywhere(stage, [*sorted(random.Random(11).sample(range(len(WHOLE)), 25)), len(WHOLE)])


@pytest.mark.faults
async def test_a_stream_cut_at_every_byte_is_never_taken_for_whole(stage: Stage) -> None:
    await cut_everywhere(stage, list(range(len(WHOLE) + 1)))


async def test_characters_split_between_reads_come_whole(stage: Stage) -> None:
    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        await streaming(WHOLE[: asked.fields["k"]], WHOLE[asked.fields["k"] :], pause=0.003)(asked, writer)

    places = [at for at in range(1, len(WHOLE)) if WHOLE[at] & 0xC0 == 0x80]
    assert len(places) == 8
    for k in places:
        assert (await ask(stage, answer, k=k, stream_options={"include_usage": True})).content == WHOLE
