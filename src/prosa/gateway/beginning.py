"""How an answer begins: with its first word, or with a refusal that becomes a typed error."""

import asyncio

from prosa.drivers.outbound import OutboundError, Reply
from prosa.gateway.errors import ProviderFault
from prosa.gateway.faults import translate
from prosa.gateway.models import StreamRelay
from prosa.kit.errors import ProsaError

_ERROR_BYTES = 64 * 1024
_ERROR_SECONDS = 5.0  # for the words of a refusal, whose status is already there
_FIRST_BYTES = 64 * 1024  # held at most before a stream's first word, while a failure may still become a status


async def refusal(reply: Reply, secret: str | None) -> ProviderFault:
    """The fault behind an answer that is not 200."""
    return translate(reply.status, reply.headers, await words_of(reply), secret)


async def words_of(reply: Reply) -> bytes:
    """What a refusal says, as far as it comes in time."""
    try:
        async with asyncio.timeout(_ERROR_SECONDS):
            return await reply.body(_ERROR_BYTES)
    except (OutboundError, TimeoutError):
        return b""  # the status alone says enough


async def first_words(reply: Reply, relay: StreamRelay) -> bytes:
    """The stream up to its first word. Until then a failure is raised, so that it becomes a status, a retry or another target.

    An answer in a provider's background has begun with its id: whoever loses it before it speaks has to find it again.
    """
    held = b""
    figures = relay.figures
    while not (figures.text_chars or figures.finished or figures.done or figures.response_id or len(held) > _FIRST_BYTES):
        data = await reply.read()
        held += relay.feed(data) if data else relay.finish()
        if figures.fault is not None and not figures.text_chars:
            raise _early(figures.fault)
        if not data:
            break
    return held


def _early(fault: ProsaError) -> ProviderFault:
    """A stream that broke before its first word is a failed try like any other."""
    return fault if isinstance(fault, ProviderFault) else ProviderFault(fault.message)
