"""A provider that fails before its first word: a status that says so, another try, or another provider (attacks: Upstream)."""

import asyncio
import gzip
import json
import socket
import time
from collections.abc import AsyncIterator
from email.utils import formatdate

import httpx2
import pytest
import pytest_asyncio

from tests.calling import PATH, QUICK, Stage, call, changed, documents, error, named, said, settled, staged
from tests.serving import Running, running
from tests.upstream import (
    DONE,
    Answer,
    Asked,
    Upstream,
    chunk,
    completion,
    crash,
    head,
    in_turn,
    raw,
    saying,
    silent,
    streaming,
    upstream,
)

pytestmark = [pytest.mark.asyncio(loop_scope="module"), pytest.mark.attack("J3")]

WHOLE = streaming(chunk("Oi!"), chunk(finish="stop"), DONE)


_WRECKS = [
    *("reset", "closed", "half-a-head", "ssh", "two-lengths", "bad-chunk", "huge-head", "half-a-body", "silence"),
    *("silence-after-head", "html", "null", "empty", "wrong-gzip", "unknown-coding"),
]


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def still(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """One try at each provider."""
    async with staged(tmp_path_factory.mktemp("still"), QUICK | {"PROSA_MAX_ANSWER_MB": "1"}) as stage:
        yield stage


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def patient(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Stage]:
    """Two tries at each provider."""
    async with staged(tmp_path_factory.mktemp("patient"), QUICK | {"PROSA_RETRIES": "1"}) as stage:
        yield stage


async def post(prosa: Running, model: str = "alpha/m", **fields: object) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=30, verify=False) as client:
        return await client.post(PATH, json=call(model, **fields))


async def fails(prosa: Running, expected: tuple[int, str]) -> None:
    """Plain and streamed, the answer is this error, and each call is settled once."""
    before = settled(prosa)
    answers = await asyncio.gather(*(post(prosa, stream=stream) for stream in (False, True)))
    assert [error(answer) for answer in answers] == [expected, expected]
    assert changed(before, settled(prosa)) == {"failed": 2}
    figures = prosa.system.client.figures()
    assert figures.open == figures.idle


async def fails_at(address: str, expected: tuple[int, str], **env: str) -> None:
    known = {"PROSA_PROVIDER_ALPHA_BASE_URL": address, "PROSA_PROVIDER_ALPHA_API_KEY": "canary-alpha-key-1"}
    async with running(QUICK | known | env) as prosa:
        await fails(prosa, expected)


async def test_nobody_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    await fails_at(f"http://127.0.0.1:{port}/v1", (502, "upstream_unreachable"))


async def test_a_listener_takes_no_connection_in_time() -> None:
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        for each in crowd:
            each.setblocking(False)
            each.connect_ex(full.getsockname())
        address = f"http://127.0.0.1:{full.getsockname()[1]}/v1"
        await fails_at(address, (502, "upstream_unreachable"), PROSA_CONNECT_SECONDS="0.2")
        for each in crowd:
            each.close()


async def test_a_name_that_nobody_knows() -> None:
    await fails_at("http://nowhere.invalid/v1", (502, "upstream_unreachable"))


async def test_a_server_that_speaks_no_tls() -> None:
    async with upstream(WHOLE) as provider:
        await fails_at(provider.url.replace("http:", "https:"), (502, "upstream_unreachable"))
        assert provider.asked == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (raw(reset=True), (502, "upstream_broken")),
        (raw(), (502, "upstream_broken")),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-le", reset=True), (502, "upstream_broken")),
        (raw(b"SSH-2.0-OpenSSH_9.6\r\n"), (502, "upstream_broken")),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\ncontent-length: 8\r\n\r\n"), (502, "upstream_broken")),
        (raw(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n"), (502, "upstream_broken")),
        (raw(b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000 + b"\r\n\r\n"), (502, "upstream_broken")),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", reset=True), (502, "upstream_broken")),
        (silent(), (504, "upstream_timeout")),
        (raw(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n", pause=5), (504, "upstream_timeout")),
        (raw(head(200, "text/html") + b"<!doctype html><title>502 Bad Gateway</title>"), (502, "provider_error")),
        (raw(head(200, "application/json") + b"null"), (502, "provider_error")),
        (raw(head(200, "application/json")), (502, "provider_error")),
        (raw(head(200, "application/json", "content-encoding: gzip\r\n") + b"no gzip at all"), (502, "upstream_broken")),
        (raw(head(200, "application/json", "content-encoding: br\r\n") + b"???"), (502, "upstream_broken")),
    ],
    ids=_WRECKS,
)
async def test_what_is_no_answer_becomes_a_status(still: Stage, answer: Answer, expected: tuple[int, str]) -> None:
    still.alpha = answer
    await fails(still.prosa, expected)


async def test_a_gzip_that_nobody_asked_for_is_read_where_the_answer_is_whole(still: Stage) -> None:
    body = gzip.compress(json.dumps(completion()).encode())
    still.alpha = raw(head(200, "application/json", "content-encoding: gzip\r\n") + body)
    assert (await post(still.prosa)).json() == completion()
    assert error(await post(still.prosa, stream=True)) == (502, "upstream_broken")


@pytest.mark.parametrize(
    ("status", "expected", "tries", "elsewhere"),
    [
        (204, (502, "provider_error"), 2, True),
        (302, (502, "provider_error"), 2, True),
        (400, (400, "invalid_request"), 1, False),
        (401, (503, "provider_auth"), 1, True),
        (402, (503, "provider_quota"), 1, True),
        (403, (503, "provider_auth"), 1, True),
        (404, (404, "model_not_found"), 1, True),
        (408, (504, "upstream_timeout"), 1, True),
        (409, (502, "provider_error"), 2, True),
        (413, (413, "payload_too_large"), 1, False),
        (422, (400, "invalid_request"), 1, False),
        (429, (429, "provider_rate_limited"), 2, True),
        (500, (502, "provider_error"), 2, True),
        (502, (502, "provider_error"), 2, True),
        (503, (503, "provider_unavailable"), 2, True),
        (504, (504, "upstream_timeout"), 1, True),
        (529, (503, "provider_unavailable"), 2, True),
    ],
)
async def test_each_status_is_told_tried_again_or_passed_on(
    patient: Stage, status: int, expected: tuple[int, str], tries: int, elsewhere: bool
) -> None:
    patient.alpha, patient.beta = raw(f"HTTP/1.1 {status} X\r\nconnection: close\r\n\r\n".encode()), WHOLE
    before = settled(patient.prosa), len(patient.asked)
    alone, together = await asyncio.gather(post(patient.prosa, user="me"), post(patient.prosa, "team", stream=True))
    assert error(alone) == expected
    assert len([asked for asked in patient.asked[before[1] :] if "user" in asked.fields]) == tries
    if elsewhere:
        assert said(documents(together.text)) == "Oi!"
    else:
        assert error(together) == expected
    assert changed(before[0], settled(patient.prosa)) == ({"failed": 1, "ok": 1} if elsewhere else {"failed": 2})


@pytest.mark.parametrize(
    ("line", "least", "most"),
    [
        ("retry-after: 0", 0, 0.15),
        ("retry-after: 0.3", 0.3, 0.6),
        ("retry-after-ms: 250", 0.25, 0.5),
        (f"retry-after: {formatdate(1, usegmt=True)}", 0, 0.15),
        ("retry-after: Sun Nov  6 08:49:37 1994", 0, 0.15),
        ("retry-after: soon", 0.2, 0.5),
        ("retry-after: NaN", 0.2, 0.5),
        ("retry-after: -7", 0.2, 0.5),
        ("retry-after: Wed, 21 Oct 99999999999999999999 07:28:00 GMT", 0.2, 0.5),
    ],
)
async def test_the_wait_that_a_provider_asks_for_is_kept(patient: Stage, line: str, least: float, most: float) -> None:
    patient.alpha = in_turn(saying({}, 429, f"{line}\r\n"), WHOLE)
    begun = time.monotonic()
    answer = await post(patient.prosa, stream=True)
    assert least <= time.monotonic() - begun < most + 0.5
    assert said(documents(answer.text)) == "Oi!"


@pytest.mark.parametrize(
    "line", ["retry-after: 120", "retry-after-ms: 120000", "retry-after: {date}"], ids=["seconds", "milliseconds", "date"]
)
async def test_a_long_wait_is_the_callers_own_unless_another_provider_is_there(patient: Stage, line: str) -> None:
    told = line.format(date=formatdate(time.time() + 300, usegmt=True))
    patient.alpha, patient.beta = saying({}, 429, f"{told}\r\n"), saying(completion())
    before = len(patient.asked)
    answer = await post(patient.prosa)
    assert error(answer) == (429, "provider_rate_limited")
    assert 100 <= int(answer.headers["retry-after"]) <= 300
    assert len(patient.asked) == before + 1
    assert (await post(patient.prosa, "team")).json() == completion()


@pytest.mark.parametrize(
    "said_first",
    [
        b'data: {"error":{"message":"overloaded","code":"engine_overloaded"}}\n\n',
        b'event: error\ndata: {"error":{"type":"overloaded_error"}}\n\n',
        b": waiting\n\n: waiting\n\n",
        b'{"error":{"message":"boom","code":503}}',
        b"<html>",
        chunk(role="assistant"),
        DONE,
        b'data: {"choi',
    ],
)
async def test_a_stream_that_breaks_before_its_first_word_is_a_failed_try(patient: Stage, said_first: bytes) -> None:
    patient.alpha = in_turn(streaming(said_first), WHOLE)
    before = settled(patient.prosa), len(patient.asked)
    answer = await post(patient.prosa, stream=True)
    assert (answer.status_code, said(documents(answer.text))) == (200, "Oi!")
    assert len(patient.asked) == before[1] + 2 and changed(before[0], settled(patient.prosa)) == {"ok": 1}


async def test_an_error_with_status_200_is_an_error(still: Stage) -> None:
    still.alpha = saying({"error": {"message": "no such thing", "type": "invalid_request_error"}})
    await fails(still.prosa, (400, "invalid_request"))


async def test_a_refusal_whose_words_never_come_is_told_all_the_same(still: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.gateway.beginning._ERROR_SECONDS", 0.1)
    still.alpha = raw(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 100\r\n\r\n{", pause=30)
    await fails(still.prosa, (400, "invalid_request"))


@pytest.mark.parametrize("how", ["closed", "reset", "answered-late"])
async def test_a_kept_connection_that_dies_costs_no_answer(how: str) -> None:
    provider: Upstream

    async def answer(_asked: Asked, writer: asyncio.StreamWriter) -> None:
        if len(provider.asked) == 2 and how != "answered-late":
            if how == "reset":
                crash(writer)
            raise ConnectionResetError
        body = json.dumps(completion()).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))
        if how == "answered-late":
            writer.write(b"HTTP/1.1 408 Request Timeout\r\ncontent-length: 0\r\n\r\n")
            raise ConnectionResetError

    async with upstream(answer, keep=True) as provider, running(QUICK | named(alpha=provider)) as prosa:
        for _ in range(3):
            assert (await post(prosa)).json() == completion()
        assert settled(prosa) == {"ok": 3}


async def test_a_key_that_is_revoked_while_calls_run(patient: Stage) -> None:
    revoked = saying({"error": {"message": "Key canary-alpha-key-1 was revoked"}}, 401)
    patient.alpha, patient.beta = in_turn(WHOLE, revoked), WHOLE
    assert said(documents((await post(patient.prosa, "team", stream=True)).text)) == "Oi!"
    answer = await post(patient.prosa, stream=True)
    assert error(answer) == (503, "provider_auth") and "canary" not in answer.text
    assert said(documents((await post(patient.prosa, "team", stream=True)).text)) == "Oi!"


async def test_an_answer_beyond_the_bound_is_refused(still: Stage) -> None:
    still.alpha = saying(completion("x" * 3_000_000))
    assert error(await post(still.prosa)) == (502, "upstream_broken")
