"""The way to the application behind the hot paths: bounds on what goes in, the common header fields on what comes out."""

from time import perf_counter
from urllib.parse import urlsplit

from prosa.api.edge.asgi import Header, Message
from prosa.api.edge.errors import ClientLeft
from prosa.api.edge.exchange import Exchange


class Passage:
    """Receive and send for one request of the application.

    A 500 that comes whole is held until the application has returned: where it goes on to raise, the edge answers in the
    dialect's shape instead.
    """

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._held: list[Message] = []

    async def receive(self) -> Message:
        """The next piece of the body, or that the client has left. Raises PayloadTooLarge."""
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
            message = {**message, "headers": exchange.compose(_headers(exchange, message))}
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
