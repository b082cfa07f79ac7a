"""The way to the application behind the hot paths: bounds on what goes in, the common header fields on what comes out."""

from time import perf_counter
from urllib.parse import urlsplit

from prosa.api.edge.asgi import Header, Message
from prosa.api.edge.errors import ClientLeft
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.idempotency import Repeat


class Passage:
    """Receive and send for one request of the application.

    A 500 that comes whole is held until the application has returned: where it goes on to raise, the edge answers in the
    dialect's shape instead.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._held: list[Message] = []
        self._head: Message | None = None  # of an answer that is kept
        self._told = False  # the body that was read before the application asked

    async def receive(self) -> Message:
        """The next piece of the body, or that the client has left. Raises PayloadTooLarge."""
        heard = self._exchange.heard if self._exchange.repeat is not None else None
        if heard is not None and not self._told:
            self._told = True
            return {"type": "http.request", "body": heard, "more_body": False}
        try:
            return await self._exchange.receive()
        except ClientLeft:
            return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        """Pass on a piece of the answer. Raises PayloadTooLarge where the application made another error of that."""
        exchange = self._exchange
        if message["type"] == "http.response.start":
            if exchange.oversized:
                raise exchange.too_large()
            own = _headers(exchange, message)
            if exchange.repeat is not None:
                exchange.repeat.begin(message["status"], own)
            message = {**message, "headers": exchange.compose(own.copy())}
            exchange.record.status = message["status"]
            if message["status"] == 500:
                self._held.append(message)
                return
        elif self._held:
            self._held.append(message)
            if message.get("more_body"):
                await self.release()
            return
        await self._pass(message)

    async def release(self) -> None:
        """Send what was held: the application meant it."""
        held, self._held = self._held, []
        for message in held:
            await self._pass(message)

    async def _pass(self, message: Message) -> None:
        exchange = self._exchange
        if exchange.repeat is not None:
            await self._pass_kept(exchange.repeat, message)
            return
        await self._forward(message)

    async def _pass_kept(self, repeat: Repeat, message: Message) -> None:
        """The same where the answer is kept: its end goes out once it is, and of one without a body the head is the end."""
        if message["type"] == "http.response.start":
            self._head = message
            return
        repeat.add(message.get("body", b""))
        if not message.get("more_body", False):
            await repeat.finish()
        if self._head is not None:
            head, self._head = self._head, None
            await self._forward(head)
        await self._forward(message)

    async def _forward(self, message: Message) -> None:
        exchange, record = self._exchange, self._exchange.record
        if message["type"] == "http.response.start":
            exchange.started = True
        elif message["type"] == "http.response.body":
            if record.first_byte_seconds is None:
                record.first_byte_seconds = perf_counter() - exchange.began
            record.bytes_out += len(message.get("body", b""))
            exchange.ended = not message.get("more_body", False)
        await exchange.forward(message)


def _headers(exchange: Exchange, message: Message) -> list[Header]:
    """The application's own fields; a redirect to this server's name is made relative, since Host is the caller's word."""
    headers: list[Header] = [(bytes(name).lower(), bytes(value)) for name, value in message.get("headers", ())]
    if 300 <= message["status"] < 400:
        host = exchange.header(b"host") or b""
        headers = [(name, _relative(value, host) if name == b"location" else value) for name, value in headers]
    return headers


def _relative(location: bytes, host: bytes) -> bytes:
    url = urlsplit(location.decode("latin-1"))
    if url.scheme not in {"http", "https"} or url.netloc.encode("latin-1") != host:
        return location
    path = "/" + url.path.lstrip("/")
    return (f"{path}?{url.query}" if url.query else path).encode("latin-1")
