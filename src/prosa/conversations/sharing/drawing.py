"""How what a model said in a shared conversation is shown: its Markdown as HTML, which a process of its own makes.

Anybody who has a link asks for it, so it is bounded: a few at a time, and what was made is kept for the next reader. A link shows
the same as long as it lives. Where nothing is made the words are shown as they were written.
"""

import asyncio
import re
from collections import OrderedDict
from typing import Final

import msgspec

from prosa.conversations.sharing.models import Shared
from prosa.drivers.children import Bounds, ChildFailed, answer

MODULE: Final = "prosa.conversations.sharing.markup_child"
BOUNDS: Final = Bounds(seconds=20.0, processor_seconds=10, memory=1 << 30)
KEPT: Final = 8 * 1024 * 1024  # characters
_AT_ONCE: Final = 2
_MOST_WAITING: Final = 20
# Without any of these a text looks the same as Markdown and as it was written.
_MARKS: Final = re.compile(r"[*_`#|\[\]<>$~\\&=]|^\s*(?:[-+]|\d+[.)])\s|\n\s*\n|^(?:\t| {4})|^-{3}", re.MULTILINE)

Drawn = tuple[str | None, ...]
"""For each message its HTML; None: show the text."""


class Drawing:
    """One for each process of the server."""

    def __init__(self, bounds: Bounds = BOUNDS) -> None:
        self._bounds = bounds
        self._turn = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0
        self._kept: OrderedDict[str, Drawn] = OrderedDict()
        self._size = 0

    async def drawn(self, shared: Shared) -> Drawn:
        """What a link shows."""
        messages = shared.snapshot.messages
        asked = [number for number, each in enumerate(messages) if each.role == "assistant" and _MARKS.search(each.text)]
        if not asked:
            return (None,) * len(messages)
        kept = self._kept.get(shared.share.id)
        if kept is not None:
            self._kept.move_to_end(shared.share.id)
            return kept
        made = await self._made([messages[number].text for number in asked])
        if made is None:
            return (None,) * len(messages)
        found = dict(zip(asked, made, strict=True))
        drawn = tuple(found.get(number) for number in range(len(messages)))
        self._keep(shared.share.id, drawn)
        return drawn

    async def _made(self, texts: list[str]) -> list[str] | None:
        if self._waiting >= _MOST_WAITING:
            return None
        self._waiting += 1
        try:
            async with self._turn:
                said = await answer(MODULE, msgspec.msgpack.encode(texts), self._bounds)
        except ChildFailed:
            return None
        finally:
            self._waiting -= 1
        return msgspec.msgpack.decode(said, type=list[str])

    def _keep(self, id: str, drawn: Drawn) -> None:
        if id not in self._kept:
            self._kept[id] = drawn
            self._size += _size(drawn)
        while self._size > KEPT:
            _, gone = self._kept.popitem(last=False)
            self._size -= _size(gone)


def _size(drawn: Drawn) -> int:
    return sum(len(each or "") for each in drawn)
