"""The outermost layer: routing, headers, errors, the lifespan."""

import asyncio
import re

import pytest

from prosa.api.edge import OPEN, Exchange, Front, Message, MethodNotAllowed, Receive, Route, Scope, Send
from prosa.identity import IdentitySettings
from prosa.kit.errors import BadRequest, Unavailable
from tests.api.edge.driver import HOT, Asked, Edge, OpenAIShape, ask, bearer

SECURITY = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "strict-origin-when-cross-origin",
    "x-frame-options": "SAMEORIGIN",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
    "vary": "Origin",
}
AUTHORISED = Asked(headers=[bearer()])


@pytest.mark.contract("B16")
@pytest.mark.attack("K7", "K8", "K12")
@pytest.mark.parametrize(
    "asked",
    [
        AUTHORISED,
        Asked(),
        Asked(method="GET"),
        Asked(path="/nothing", method="GET"),
        Asked(path=HOT + "/"),
        Asked(method="TRACE"),
        Asked(host=False),
        Asked(headers=[bearer(), (b"content-length", b"99999999999")]),
    ],
    ids=["200", "401", "405", "404", "307", "trace", "400", "413"],
)
async def test_every_answer_carries_the_security_headers_and_a_request_id(asked: Asked) -> None:
    answer = await ask(Edge().front(), asked)
    assert {name: answer.header(name) for name in SECURITY} == SECURITY
    assert re.fullmatch(r"req_[0-9a-f]{32}", answer.header("x-request-id") or "")
    assert answer.header("server") is None and answer.header("strict-transport-security") is None
    assert answer.header("access-control-allow-origin") is None and answer.whole


async def test_browsers_shall_stay_on_https_where_the_public_url_is_https() -> None:
    front = Edge(identity=IdentitySettings(public_url="https://chat.example")).front()
    assert (await ask(front)).header("strict-transport-security") == "max-age=31536000"


@pytest.mark.parametrize(
    ("given", "kept"), [("abc-1.2_3", True), ("a" * 65, False), ("a b", False), ("é", False), ("", False), ("a\x1b[31m", False)]
)
async def test_a_callers_own_request_id_is_kept_only_where_it_is_safe(given: str, kept: bool) -> None:
    edge = Edge()
    answer = await ask(edge.front(), headers=[bearer(), (b"x-request-id", given.encode())])
    assert (answer.header("x-request-id") == given) is kept
    assert edge.records[0].request_id == answer.header("x-request-id")


@pytest.mark.attack("K6")
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE", "CONNECT", "OPTIONS", "post", "PROPFIND"])
async def test_a_wrong_method_is_405_in_the_dialects_shape(method: str) -> None:
    answer = await ask(Edge().front(), method=method, headers=[bearer(), (b"x-http-method-override", b"POST")])
    assert (answer.status, answer.header("allow")) == (405, "POST")
    assert answer.json() == {"error": {"message": "Method Not Allowed", "code": "method_not_allowed"}}


async def test_a_slash_too_many_is_sent_to_the_path_without() -> None:
    front = Edge().front()
    answer = await ask(front, path=HOT + "/", query=b"a=1&b=2", headers=[(b"host", b"evil.example")], host=False)
    assert (answer.status, answer.header("location"), answer.body) == (307, HOT + "?a=1&b=2", b"")


@pytest.mark.attack("K1")
@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b"a/b"],
        [b"a?b"],
        [b"a#b"],
        [b"user@a"],
        [b"a b"],
        [b""],
        [b"a", b"a"],
        [b"a", b"b"],
        [b"a:999999"],
        [b"a\\b"],
        [b"[::1"],
    ],
)
async def test_a_host_that_is_none_or_more_than_one_is_refused(hosts: list[bytes]) -> None:
    for path in (HOT, "/anything"):
        answer = await ask(Edge().front(), path=path, host=False, headers=[bearer(), *((b"host", host) for host in hosts)])
        assert answer.status == 400


@pytest.mark.attack("K2")
@pytest.mark.parametrize(
    "path",
    [
        "/" + HOT,
        "/v1/./chat/completions",
        "/v1//chat/completions",
        "/V1/chat/completions",
        HOT + ";x",
        HOT + "\x00",
        "/v1\\chat\\completions",
        "/v1/../v1/chat",
    ],
)
async def test_a_path_that_only_resembles_a_hot_one_is_not_it(path: str) -> None:
    assert (await ask(Edge().front(), path=path, headers=[bearer()])).status == 404


async def test_a_path_with_braces_takes_any_name_there_and_leaves_its_other_methods_to_the_application() -> None:
    async def tells(exchange: Exchange) -> None:
        await exchange.respond(200, exchange.scope["path_params"]["thing_id"].encode())

    async def refuses(scope: Scope, receive: Receive, send: Send) -> None:
        raise MethodNotAllowed(("GET",))

    place, edge = "/v1/things/{thing_id}/parts", Edge()
    front = Front({("POST", place): Route(tells, OPEN, OpenAIShape())}, refuses, edge.parts())
    assert (await ask(front, path="/v1/things/é b/parts")).body == "é b".encode()
    assert edge.records[0].path == place
    for path, allow in (("/v1/things/a/parts", "GET, POST"), ("/v1/things//parts", "GET"), ("/v1/things/a/b/parts", "GET")):
        answer = await ask(front, method="PUT", path=path)
        assert (answer.status, answer.header("allow")) == (405, allow)


@pytest.mark.attack("K11", "J9")
@pytest.mark.parametrize(
    ("query", "status"),
    [
        (b"a=1&b=2", 200),
        (b"a=1&a=2", 400),
        (b"a=1&%61=2", 400),
        (b"include[]=1&include[]=2", 200),
        (b"&".join([b"x"] * 101), 400),
        (b"a" * 9000, 400),
    ],
)
async def test_a_query_has_one_meaning(query: bytes, status: int) -> None:
    assert (await ask(Edge().front(), AUTHORISED, query=query)).status == status


@pytest.mark.attack("K11", "J9")
async def test_repeated_or_too_many_header_fields_are_refused() -> None:
    front = Edge().front()
    for name in (b"content-type", b"origin", b"content-length"):
        assert (await ask(front, headers=[bearer(), (name, b"1"), (name, b"1")])).status == 400
    assert (await ask(front, headers=[bearer(), bearer()])).status == 400
    assert (await ask(front, headers=[bearer(), (b"accept", b"a"), (b"accept", b"b")])).status == 200
    assert (await ask(front, headers=[bearer(), *((b"x-%d" % number, b"") for number in range(200))])).status == 431


@pytest.mark.attack("J10", "K12")
async def test_what_nobody_foresaw_is_a_500_without_its_text() -> None:
    async def fails(exchange: Exchange) -> None:
        raise KeyError("sk-secret in /srv/secret/place")

    edge = Edge()
    answer = await ask(edge.front(fails), headers=[(b"origin", b"https://site.example")])
    assert answer.status == 500 and answer.json()["error"]["message"] == "Internal server error"
    assert answer.header("access-control-allow-origin") == "https://site.example" and b"secret" not in answer.body
    assert edge.faults[0][0] == answer.header("x-request-id") and edge.records[0].fault == "internal_error"


async def test_the_default_fault_log_tells_where_but_not_what(caplog: pytest.LogCaptureFixture) -> None:
    from prosa.api.edge.parts import log_fault

    try:
        raise ValueError("sk-secret")
    except ValueError as error:
        log_fault("req_1", error)
    assert "ValueError" in caplog.text and "test_front.py" in caplog.text and "sk-secret" not in caplog.text


async def test_a_stream_that_fails_is_broken_off_not_ended() -> None:
    async def fails(exchange: Exchange) -> None:
        await exchange.start(200, ((b"content-type", b"text/event-stream"),))
        await exchange.write(b"data: 1\n\n")
        raise Unavailable("late")

    edge = Edge()
    front = edge.front(fails)
    answer = await ask(front)
    assert answer.body == b"data: 1\n\n" and not answer.whole
    assert edge.records[0].fault == "service_unavailable" and edge.records[0].status == 200
    assert front._parts.metrics.streams.cell(()) == [0.0] and front._open == [0.0]


async def test_retry_after_is_whole_seconds_and_at_least_one() -> None:
    async def fails(exchange: Exchange) -> None:
        raise Unavailable("later", retry_after=2.1)

    assert (await ask(Edge().front(fails))).header("retry-after") == "3"


async def test_a_client_that_leaves_is_written_down_and_not_answered() -> None:
    edge = Edge()
    answer = await ask(edge.front(), AUTHORISED, pieces=[b"{", b"}"], lost=True)
    assert answer.status == 0 and (edge.records[0].status, edge.records[0].fault) == (499, "client_left")


async def test_a_record_tells_the_request() -> None:
    edge = Edge()
    await ask(edge.front(), AUTHORISED)
    record = edge.records[0]
    assert (record.path, record.status, record.dialect, record.key_id, record.caller_kind) == (
        HOT,
        200,
        "openai",
        "settings-1",
        "key",
    )
    assert record.bytes_out > 0 and record.seconds >= (record.first_byte_seconds or 0) > 0


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """A framework that does what frameworks do: own 500s, absolute redirects, routes in the scope."""
    path = scope["path"]
    if path == "/raises":
        await _plain(send, 500, b"Internal Server Error")
        raise RuntimeError("secret")
    if path == "/refuses":
        raise BadRequest("so not")
    if path == "/means-it":
        await _plain(send, 500, b'{"detail":"meant"}')
        return
    if path == "/reads":
        size = 0
        while True:
            message = await receive()
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
        await _plain(send, 200, str(size).encode())
        return
    if path == "/moved":
        await _plain(send, 307, b"", (b"location", b"http://127.0.0.1:3000//evil.example/x?y=1"))
        return
    scope["route"] = type("Route", (), {"path": "/things/{id}"})()
    assert isinstance(scope["prosa.exchange"], Exchange)
    await _plain(send, 200, b"{}", (b"vary", b"Accept"))


async def _plain(send: Send, status: int, body: bytes, *headers: tuple[bytes, bytes]) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"Content-Type", b"application/json"), *headers]})
    await send({"type": "http.response.body", "body": body})


@pytest.mark.parametrize(
    ("path", "status", "body"),
    [
        ("/raises", 500, b'{"detail":"Internal server error"}'),
        ("/refuses", 400, b'{"detail":"so not"}'),
        ("/means-it", 500, b'{"detail":"meant"}'),
    ],
)
async def test_the_applications_failures_are_told_as_ours(path: str, status: int, body: bytes) -> None:
    answer = await ask(Edge().front(fallback=application), path=path)
    assert (answer.status, answer.body, answer.whole) == (status, body, True)
    assert answer.header("x-frame-options") == "SAMEORIGIN" and answer.header("x-request-id")


@pytest.mark.attack("K10")
async def test_the_applications_redirects_stay_on_this_server() -> None:
    answer = await ask(Edge().front(fallback=application), path="/moved")
    assert answer.header("location") == "/evil.example/x?y=1"


async def test_the_applications_routes_are_named_by_their_template() -> None:
    edge = Edge()
    answer = await ask(edge.front(fallback=application), path="/things/7")
    await ask(edge.front(), path="/../../etc/passwd")
    assert [record.path for record in edge.records] == ["/things/{id}", "other"]
    assert answer.header("vary") == "Origin, Accept" and answer.header("content-type") == "application/json"


async def test_the_application_reads_a_bounded_body() -> None:
    from prosa.api.edge import EdgeSettings

    front = Edge(settings=EdgeSettings(body_bytes=10)).front(fallback=application)
    assert (await ask(front, path="/reads", pieces=[b"12345", b"12345"])).body == b"10"
    answer = await ask(front, path="/reads", pieces=[b"12345", b"123456", b"7"])
    assert (answer.status, answer.header("connection")) == (413, "close")
    assert (await ask(front, path="/reads", headers=[(b"content-length", b"11")], pieces=[b"1"])).status == 413


async def test_websockets_are_turned_away() -> None:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "websocket.connect"}

    await Edge().front()({"type": "websocket"}, receive, send)
    assert sent == [{"type": "websocket.close", "code": 1008}]


async def test_a_cancelled_request_is_counted_off() -> None:
    async def waits(exchange: Exchange) -> None:
        await asyncio.sleep(60)

    edge = Edge()
    front = Front({("POST", HOT): Route(waits, OPEN, OpenAIShape())}, application, edge.parts())
    task = asyncio.create_task(ask(front))
    await asyncio.sleep(0)
    assert front._open == [1.0]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert front._open == [0.0] and edge.records[0].fault == "cancelled"
