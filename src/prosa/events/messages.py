"""What wake-ups look like on their way to another process: short lists of topics with a hint each."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

Message = tuple[str, str]  # topic, payload

TOPIC_BYTES: Final = 200
PAYLOAD_BYTES: Final = 1000
_Packet = tuple[str, list[Message]]  # who sent it, and what


def bounded(topic: str, payload: str) -> Message | None:
    """The message as it may travel: a hint that is too long is left out, a topic that is can't be."""
    if _length(topic) > TOPIC_BYTES:
        return None
    return topic, payload if _length(payload) <= PAYLOAD_BYTES else ""


def packets(sender: str, messages: Iterable[Message], most: int) -> Iterator[bytes]:
    """As few packets as hold the messages, none longer than `most` bytes."""
    head = len(_encoded((sender, [])))
    waiting: list[Message] = []
    size = head
    for message in messages:
        own = len(_encoded(message)) + 1
        if waiting and size + own > most:
            yield _encoded((sender, waiting))
            waiting, size = [], head
        waiting.append(message)
        size += own
    if waiting:
        yield _encoded((sender, waiting))


def read(packet: bytes | str) -> _Packet | None:
    """Sender and messages; None for anything else, which is not ours."""
    try:
        found: _Packet = _decoder.decode(packet)
    except (msgspec.DecodeError, UnicodeError):
        return None
    return found


def _encoded(value: object) -> bytes:
    return msgspec.json.encode(value)


def _length(text: str) -> int:
    """Its bytes; one that has no bytes (half of a surrogate pair) counts as endless."""
    try:
        return len(text.encode())
    except UnicodeEncodeError:
        return PAYLOAD_BYTES + 1


_decoder = msgspec.json.Decoder(_Packet)
