"""The way to the application behind the hot paths."""

from prosa.api.edge import EdgeSettings, Message, Receive, Scope, Send
from tests.api.edge.driver import Edge, ask

START: Message = {"type": "http.response.start", "status": 200, "headers": []}


async def test_the_application_hears_that_the_client_left() -> None:
    heard: list[str] = []

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        heard.append((await receive())["type"])

    await ask(Edge().front(fallback=application), path="/x", lost=True)
    assert heard == ["http.disconnect"]


async def test_an_application_that_makes_another_error_of_a_large_body_is_overruled() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        from prosa.kit.errors import PayloadTooLarge

        try:
            await receive()
        except PayloadTooLarge:
            await send({**START, "status": 400})

    front = Edge(settings=EdgeSettings(body_bytes=2)).front(fallback=application)
    answer = await ask(front, path="/x", pieces=[b"123"])
    assert answer.status == 413 and answer.header("connection") == "close"


async def test_a_500_that_streams_is_the_applications_own() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "status": 500})
        await send({"type": "http.response.body", "body": b"a", "more_body": True})
        await send({"type": "http.response.body", "body": b"b"})

    answer = await ask(Edge().front(fallback=application), path="/x")
    assert (answer.status, answer.pieces, answer.whole) == (500, [b"a", b"b"], True)


async def test_a_stream_of_the_application_is_counted_and_bound_to_its_head() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send(dict(START))
        for _ in range(3):
            await send({"type": "http.response.body", "body": b"12", "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    edge = Edge()
    answer = await ask(edge.front(fallback=application), path="/x")
    assert answer.body == b"121212" and edge.records[0].bytes_out == 6 and answer.header("x-request-id")


async def test_a_redirect_elsewhere_is_left_alone() -> None:
    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        await send({**START, "status": 302, "headers": [(b"location", b"https://docs.example/x")]})
        await send({"type": "http.response.body", "body": b""})

    assert (await ask(Edge().front(fallback=application), path="/x")).header("location") == "https://docs.example/x"
