"""A document's text, read by a process that can do nothing else."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator
from typing import Final

import msgspec

from prosa.drivers.children import Bounds, ChildFailed, frame, talking
from prosa.drivers.documents.errors import NoText, NotReadNow, TooLarge, UnknownType, Unreadable
from prosa.drivers.documents.kinds import reader_of
from prosa.drivers.documents.models import Extracted, ExtractionBounds
from prosa.drivers.documents.orders import MODULE, Answer, Found, Holes, Order, Refusal, Why
from prosa.kit.errors import ProsaError

BOUNDS: Final = ExtractionBounds()
_ADDRESSES: Final = 2 << 30  # bytes beside the memory that code, libraries and reserved space may take
_LARGE: Final = 1 << 20
_BEYOND: Final = frozenset({"MemoryError", "status -6", "status -9", "status -24"})  # aborted, killed, out of processor time
_answer: Final = msgspec.msgpack.Decoder(Answer).decode


async def extract(filename: str, media_type: str, pieces: AsyncIterable[bytes], bounds: ExtractionBounds = BOUNDS) -> Extracted:
    """The text of a document that comes in pieces. `media_type`: as `files` has decided it.

    Raises UnknownType, Unreadable (NoText, TooLarge), NotReadNow, and whatever the pieces raise.
    """
    reader = reader_of(filename, media_type)
    if reader is None:
        raise UnknownType(media_type)
    answer = await _asked(Order(reader, media_type, filename[-80:], bounds.characters, bounds.memory), pieces, bounds)
    if isinstance(answer, Refusal):
        raise _refused(answer.why)
    if not isinstance(answer, Found):
        raise Unreadable
    return _sound(answer.document, bounds)


async def jail_holes(bounds: ExtractionBounds = BOUNDS) -> tuple[bool, list[str]]:
    """Whether the door is shut here while documents are read, and what can be done behind it all the same. Raises NotReadNow."""
    answer = await _asked(Order("holes", "", "", 0, bounds.memory), _nothing(), bounds)
    return (answer.jailed, answer.open) if isinstance(answer, Holes) else (False, [])


async def _nothing() -> AsyncIterator[bytes]:
    for piece in tuple[bytes, ...]():
        yield piece


async def _asked(order: Order, pieces: AsyncIterable[bytes], bounds: ExtractionBounds) -> Answer:
    limits = Bounds(bounds.seconds, bounds.processor_seconds, bounds.memory + _ADDRESSES)
    try:
        async with asyncio.timeout(bounds.seconds) as limit, talking(MODULE, _told(order, pieces, bounds), limits) as frames:
            async for data in frames:
                # A document of many pages would stop everybody else while it is decoded.
                return await asyncio.to_thread(_answer, data) if len(data) > _LARGE else _answer(data)
    except ChildFailed as error:
        if error.reason == "no process for it":
            raise NotReadNow from error
        raise TooLarge if error.reason in _BEYOND else Unreadable from error
    except TimeoutError as error:
        if not limit.expired():
            raise
        raise NotReadNow from error  # its processor time has a bound of its own: others took it
    except (msgspec.MsgspecError, ValueError) as error:
        raise Unreadable from error
    raise Unreadable


async def _told(order: Order, pieces: AsyncIterable[bytes], bounds: ExtractionBounds) -> AsyncIterator[bytes]:
    yield frame(msgspec.msgpack.encode(order))
    size = 0
    async for piece in pieces:
        size += len(piece)
        if size > bounds.bytes:
            raise TooLarge(f"it has more than {bounds.bytes >> 20} MB")
        yield piece


def _refused(why: Why) -> ProsaError:
    match why:
        case "characters":
            return TooLarge("it holds more text than one file may")
        case "memory":
            return TooLarge()
        case "packed":
            return TooLarge("it unpacks to more than one file may")
        case "locked":
            return Unreadable("it is protected by a password")
        case "empty" | "scanned":
            return NoText(scanned=why == "scanned")
        case "unknown":
            return UnknownType()
        case _:
            return Unreadable()


def _sound(document: Extracted, bounds: ExtractionBounds) -> Extracted:
    """What the process tells is believed as far as it can be true: places within the text, in order. Raises Unreadable."""
    size = len(document.text)
    if size > bounds.characters + bounds.characters // 4:
        raise TooLarge("it holds more text than one file may")
    places = [*document.pages, size], [*(heading.start for heading in document.headings), size]
    for each in places:
        if any(one > other for one, other in zip((0, *each), each, strict=False)):
            raise Unreadable
    return document
