"""Counts and cuts text. A token of the mock is a word, or a sign, with the blanks before it; long words are several."""

import re
from collections.abc import Iterable

_TOKEN = re.compile(r"\s*(?:\w{1,8}|[^\w\s])|\s+")


def tokens(text: str) -> list[str]:
    """The tokens of a text; joined they are the text again."""
    return _TOKEN.findall(text)


def count(texts: Iterable[str]) -> int:
    """How many tokens these texts have, each counted by itself."""
    return sum(len(_TOKEN.findall(text)) for text in texts)


def chunks(text: str, characters: int | None) -> list[str]:
    """The pieces in which a stream sends a text: its tokens, or so many characters each."""
    if characters is None:
        return tokens(text)
    return [text[start : start + characters] for start in range(0, len(text), characters)]


def shorten(pieces: list[str], most: int) -> tuple[list[str], bool]:
    """At most so many tokens of these pieces, and whether something had to go."""
    kept: list[str] = []
    left = most
    for piece in pieces:
        here = tokens(piece)
        if len(here) > left:
            rest = "".join(here[:left])
            return [*kept, rest] if rest else kept, True
        left -= len(here)
        kept.append(piece)
    return kept, False


def stop_at(pieces: list[str], stops: Iterable[str]) -> tuple[list[str], bool]:
    """The pieces up to the first stop sequence, and whether there was one."""
    text = "".join(pieces)
    places = [place for stop in stops if stop and (place := text.find(stop)) >= 0]
    if not places:
        return pieces, False
    end = min(places)
    kept: list[str] = []
    for piece in pieces:
        if len(piece) >= end:
            return [*kept, piece[:end]] if end else kept, True
        kept.append(piece)
        end -= len(piece)
    return kept, True
