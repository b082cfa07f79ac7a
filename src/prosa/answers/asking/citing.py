"""Marks of sources in a model's words: found though they come in pieces."""

import re
from collections.abc import Mapping
from typing import Final

from prosa.answers.responses import Source

Piece = tuple[str, Source | None]
"""Words, and the source that is cited with them: by the mark that the words are, or, where marks aren't kept, behind them."""
_OPEN: Final = "【"
_MARK: Final = re.compile(r"【(\d{1,6}:\d{1,4})(?:†[^【】]{0,200})?】")
_LONGEST: Final = 220  # characters of a mark; what is longer is none


class Citing:
    """Takes words as they come. What may become a mark is held back until it is one or can't be any more."""

    def __init__(self, sources: Mapping[str, Source], *, keep: bool) -> None:
        self._sources = sources
        self._keep = keep
        self._held = ""

    def feed(self, text: str) -> list[Piece]:
        """The words that can be said now."""
        if not self._held and _OPEN not in text:
            return [(text, None)]
        text, self._held = self._held + text, ""
        begun = text.rfind(_OPEN)
        if begun >= 0 and "】" not in text[begun:] and len(text) - begun <= _LONGEST:
            text, self._held = text[:begun], text[begun:]
        return self._pieces(text)

    def rest(self) -> list[Piece]:
        """What is held back at the end."""
        text, self._held = self._held, ""
        return self._pieces(text)

    def _pieces(self, text: str) -> list[Piece]:
        found: list[Piece] = []
        at = 0
        for mark in _MARK.finditer(text):
            source = self._sources.get(mark[1])
            if source is None:
                continue
            if before := text[at : mark.start()]:
                found.append((before, None))
            found.append((mark[0] if self._keep else "", source))
            at = mark.end()
        if rest := text[at:]:
            found.append((rest, None))
        return found
