"""How a gateway's answer reaches a client, in any dialect."""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from prosa.api.edge import Exchange
from prosa.api.presence import ClientPresent
from prosa.gateway import GatewayReply, StreamBroken

SSE_HEADERS: Final = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache"),
    (b"x-accel-buffering", b"no"),
)

_STOPPING: Final = partial(StreamBroken, "The server is stopping; ask again.")
_ENDED: Final = partial(StreamBroken, "The credential of this call is not valid any more.")

Rewrite = Callable[[bytes], bytes]


def allowed_models(exchange: Exchange) -> frozenset[str] | None:
    """The only models that the caller's key may name; None: every one."""
    return exchange.caller.models if exchange.caller is not None else None


def untouched(data: bytes) -> bytes:
    """What is already as the dialect wants it."""
    return data


async def relay(
    exchange: Exchange, asking: Awaitable[GatewayReply], whole: Rewrite = untouched, piece: Rewrite = untouched
) -> None:
    """Wait for the answer and pass it on: `whole` and `piece` are the dialect's last word on a body and on a stream's events.

    Raises what the gateway raises, before anything was sent. A client that leaves ends it all at once. A slow one is waited for:
    nothing is read from the provider that the client has no room for.
    """
    with ClientPresent(exchange) as present:
        reply = await asking
        try:
            if reply.streaming:
                await _stream(exchange, reply, piece, present)
            else:
                await exchange.respond(200, whole(reply.body), reply.content_type)
        finally:
            reply.close()
            _note(exchange, reply)


async def _stream(exchange: Exchange, reply: GatewayReply, rewrite: Rewrite, present: ClientPresent) -> None:
    await exchange.start(200, SSE_HEADERS)
    unsent = b""
    try:
        while data := await reply.read():
            if unsent := rewrite(data):
                await exchange.write(unsent)
                unsent = b""
    except asyncio.CancelledError:
        if not present.left:
            # The server stops and can wait no longer, or the caller's right ended: the reader hears that this is not the end.
            # What waited for a slow reader comes first: it may hold the end marker itself.
            await exchange.write(unsent + rewrite(reply.interrupt(_ENDED() if exchange.revoked else _STOPPING())))
            await exchange.end()
        raise
    if exchange.repeat is not None and reply.record.fault is not None:
        exchange.repeat.spoil()
    await exchange.end()


def _note(exchange: Exchange, reply: GatewayReply) -> None:
    """What log and figures want to know of the call."""
    record, call = exchange.record, reply.record
    record.model, record.provider, record.attempts = call.model, call.provider, call.attempts
    usage = call.usage
    if usage is not None:
        record.prompt_tokens, record.completion_tokens, record.estimated = (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.estimated,
        )
    if call.fault is not None:
        record.fault = call.fault.code
