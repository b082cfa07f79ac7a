"""The faults of the mock, as the gateway's own tests rely on them."""

import asyncio
import json
from email.utils import parsedate_to_datetime

import pytest

from prosa.drivers.outbound import ConnectFailed, ConnectionLost, FirstByteTimeout, SilenceTimeout, Timeouts, TotalTimeout
from prosa.gateway.providers.mock import LEAKED_KEY, MockTransport
from tests.gateway.providers.playing import TARGET, answer, begun, chat, joined, pieces, played, post, said


@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 413, 422, 429, 500, 502, 503, 504, 529, 418])
async def test_every_status_has_its_usual_error(status: int) -> None:
    reply = await begun(chat(f"[[mock status={status}]]", stream=True))
    error = json.loads(await reply.body(10_000))["error"]
    assert reply.status == status and error["message"] and error["type"]


async def test_retry_after_as_seconds_as_date_and_in_milliseconds() -> None:
    async def header(words: str) -> dict[str, str]:
        return (await begun(chat(f"[[mock status=429 {words}]]"))).headers

    assert (await header("retry_after=2"))["retry-after"] == "2"
    assert (await header("retry_after=0.5"))["retry-after"] == "0.5"
    assert parsedate_to_datetime((await header("retry_after=30 retry_after_form=date"))["retry-after"]).tzinfo
    assert (await header("retry_after=1.5 retry_after_form=ms"))["retry-after-ms"] == "1500"
    assert "retry-after" not in await header("")
    assert (await begun(chat(model="mock-busy"))).headers["retry-after"] == "1"


async def test_an_error_can_leak_and_take_other_shapes() -> None:
    request = post(
        "/v1/chat/completions", json.loads(chat("[[mock status=401 leak]]").body), (("Authorization", "Bearer top-secret"),)
    )
    message = (await answer(request))["error"]["message"]
    assert LEAKED_KEY in message and "Bearer top-secret" in message and "http://" in message
    shapes = [
        await answer(chat(f"[[mock status=500 error=ouch error_shape={shape}]]"))
        for shape in ("string", "detail", "list", "message")
    ]
    assert shapes[0] == {"error": "ouch"} and shapes[1] == {"detail": "ouch"} and shapes[2][0]["error"]["message"] == "ouch"
    assert (
        await played(chat("[[mock status=502 instead=html]]"))
        and await played(chat("[[mock status=500 body='plain words']]")) == b"plain words"
    )


async def test_two_hundred_with_something_else_in_it() -> None:
    for form in ("html", "garbage", "error", "empty", "truncated", "null_body"):
        reply = await begun(chat(f"[[mock instead={form}]]", stream=True))
        body = await reply.body(100_000)
        assert reply.status == 200 and not body.startswith(b"data:")
        assert ("html" in reply.headers["content-type"]) == (form == "html")


async def test_fail_first_fails_so_often_for_its_key_then_answers() -> None:
    transport = MockTransport()

    async def status(words: str, model: str = "mock") -> int:
        return (await begun(chat(f"[[mock {words}]]", model), transport)).status

    assert [await status("fail_first=2 key=a") for _ in range(4)] == [503, 503, 200, 200]
    assert [await status("fail_first=1 key=b status=429 retry_after=0") for _ in range(2)] == [429, 200]
    assert [await status("text=x", "mock-flaky") for _ in range(3)] == [503, 200, 200]
    assert [await status("text=y", "mock-flaky") for _ in range(2)] == [503, 200]
    for number in range(5000):
        transport.stage.perform("POST", "/chat/completions", {}, chat(f"[[mock fail_first=1 key={number}]]").body)
    assert await status("fail_first=2 key=a") == 503, "keys of long ago are forgotten"


async def test_connections_refused_dropped_and_cut() -> None:
    transport = MockTransport()
    with pytest.raises(ConnectFailed):
        await begun(chat("[[mock refuse]]"), transport)
    with pytest.raises(ConnectionLost):
        await begun(chat("[[mock drop]]"), transport)
    for stream in (False, True):
        whole = await played(chat("[[mock text='some words']]", stream=stream))
        for size in (0, 1, 100, len(whole) - 1):
            reply = await begun(chat(f"[[mock text='some words' cut_after={size}]]", stream=stream), transport)
            with pytest.raises(ConnectionLost):
                await pieces(reply)
            with pytest.raises(ConnectionLost):
                await reply.read()
    assert transport.figures().open == 0


async def test_a_stream_of_known_bytes_is_cut_where_it_was_told() -> None:
    reply = await begun(chat("[[mock cut_after=333]]", stream=True))
    read = b""
    with pytest.raises(ConnectionLost):
        while True:
            read += await reply.read()
    assert len(read) == 333


async def test_time_outs_are_those_of_the_real_client() -> None:
    short = Timeouts(first_byte=0.02, silence=0.02, total=None)
    with pytest.raises(FirstByteTimeout):
        await begun(chat("[[mock first_byte=5]]"), timeouts=short)
    with pytest.raises(TotalTimeout):
        await begun(chat("[[mock first_byte=5]]"), timeouts=Timeouts(total=0.02))
    transport = MockTransport()
    for stream in (True, False):
        with pytest.raises(SilenceTimeout):
            await pieces(await begun(chat("[[mock stall=5]]", stream=stream), transport, short))
        with pytest.raises(TotalTimeout):
            await pieces(await begun(chat("[[mock stall=5]]", stream=stream), transport, Timeouts(total=0.02)))
    with pytest.raises(TotalTimeout):
        await pieces(await begun(chat("[[mock delay=0.004]]", stream=True), transport, Timeouts(total=0.02)))
    assert transport.figures().open == 0


async def test_speed_and_delay_take_their_time() -> None:
    loop = asyncio.get_running_loop()
    for stream in (True, False):
        started = loop.time()
        await played(chat("[[mock text='a b c d e f g h i j' speed=200 delay=0.001]]", stream=stream))
        assert 0.055 <= loop.time() - started < 1


@pytest.mark.attack("J12")
async def test_a_client_that_leaves_is_noticed_at_every_phase() -> None:
    transport = MockTransport()
    waiting = asyncio.create_task(transport.open(TARGET, chat("[[mock first_byte=60]]"), Timeouts()))
    await asyncio.sleep(0)
    assert transport.figures().open == 1
    waiting.cancel()
    await asyncio.wait([waiting])
    assert (transport.figures().open, transport.figures().left) == (0, 1)
    reply = await begun(chat(model="mock-stall", stream=True), transport)
    reading = asyncio.create_task(pieces(reply))
    await asyncio.sleep(0.01)
    reply.close()
    reply.close()
    with pytest.raises(ConnectionLost):
        await reading
    assert (transport.figures().open, transport.figures().left, transport.pool().open) == (0, 2, 0)
    reply = await begun(chat(stream=True), transport)
    while b"[DONE]" not in await reply.read():
        pass
    reply.close()
    assert (transport.figures().finished, transport.figures().left) == (1, 2)
    assert await reply.read() == b""


async def test_a_cancelled_read_loses_nothing() -> None:
    reply = await begun(chat("[[mock text=abc delay=0.02]]", stream=True))
    await reply.read()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(reply.read(), 0.001)
    assert b"abc" in await reply.read()


async def test_framing_may_be_strange_and_still_carries_the_same_events() -> None:
    plain = await played(chat("[[mock text='São 你好']]", mock={"key": "1"}, stream=True))
    crlf = await played(chat("[[mock text='São 你好' framing=crlf space=false]]", stream=True))
    assert crlf.count(b"\r\n\r\n") == plain.count(b"\n\n") and b"data:{" in crlf
    assert b"\r\r" in await played(chat("[[mock framing=cr]]", stream=True))
    assert (await played(chat("[[mock bom]]", stream=True))).startswith(b"\xef\xbb\xbfdata: ")
    assert (await played(chat("[[mock comments=2]]", stream=True))).startswith(b": ping\n\ndata: ")
    assert b"id: 1\nevent: message\nretry: 3000\ndata: " in await played(chat("[[mock sse_fields]]", stream=True))


async def test_bytes_are_split_also_within_a_character() -> None:
    read = await pieces(await begun(chat("[[mock text='São 你好 👋' split=1]]", stream=True)))
    assert {len(piece) for piece in read} == {1} and "你好" in b"".join(read).decode().replace('"}', "")


async def test_events_go_missing_come_twice_and_in_the_wrong_order() -> None:
    body = await played(chat("[[mock done=false finish_reason=missing]]", stream=True))
    assert b"[DONE]" not in body and b'"finish_reason":"' not in body
    text = "one two three"

    async def streamed(words: str) -> str:
        chunks = [
            line.removeprefix("data: ")
            for line in (await played(chat(f"[[mock text='{text}' {words}]]", stream=True))).decode().split("\n\n")
        ]
        return joined([json.loads(line) for line in chunks if line.startswith("{")])

    assert await streamed("") == text
    assert await streamed("duplicate=2") == "oneone two three"
    assert await streamed("swap=2") == " twoone three"
    assert await streamed("wrong_index=true") == ""


async def test_an_error_event_and_garbage_in_mid_stream() -> None:
    body = await played(chat("[[mock error_after=3 error='it broke' error_code=overloaded]]", stream=True))
    last = json.loads(body.decode().split("\n\n")[-2].removeprefix("data: "))
    assert last["error"]["message"] == "it broke" and body.count(b"data: ") == 4
    assert b"\x00\x01\x02" in await played(chat("[[mock garbage_after=2]]", stream=True))
    late = await played(chat("[[mock text=x error_after=50 garbage_after=50]]", stream=True))
    assert b"\x00\x01" in late and b'"error"' in late and b"[DONE]" not in late


async def test_a_huge_event_comes_in_one_piece() -> None:
    read = await pieces(await begun(chat("[[mock huge=3000000]]", stream=True)))
    assert max(map(len, read)) > 3_000_000 and len(read) == 4


async def test_other_status_headers_and_paths() -> None:
    reply = await begun(chat('[[mock status=201 headers={"X-Extra":"1","content-encoding":"gzip"} content_type=text/plain]]'))
    assert (reply.status, reply.headers["x-extra"], reply.headers["content-type"]) == (201, "1", "text/plain")
    assert (await begun(chat("[[mock status=204]]", stream=True))).status == 204
    assert (await begun(post("/v1/nothing", {}))).status == 404
    assert await said(chat("[[mock text=yes report_model=other]]")) == "yes"
