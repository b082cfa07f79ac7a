"""A stretch of Markdown cut into parts that can each be drawn alone."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Final

from prosa.knowledge.excerpts.models import Excerpt, Mark, Part, Stretch, Wanted

LOOK: Final = 600  # characters in which the end of a line, or of a paragraph, is looked for
_NOWHERE: Final = Mark(0, None)
_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})([^`\n]*)")
_RULE: Final = re.compile(r"\|(?: ?:?-+:? ?\|)+\s*")


def cut(stretch: Stretch, wanted: Wanted) -> Excerpt:
    """What is wanted of a stretch that holds it; an edge that isn't told by the wish lies where a line begins."""
    low, high = _edges(stretch, wanted)
    cited = (-1, -1) if wanted.before is not None or wanted.after is not None else (wanted.start, wanted.end)
    places = sorted({low, high, *_between(low, high, cited), *_between(low, high, _pages(stretch.marks))})
    fences = _fences(stretch) if stretch.code is None else []
    parts = (_part(stretch, piece, cited, fences) for piece in pairwise(places))
    return Excerpt(tuple(part for part in parts if part.text.strip()), low, high, stretch.length)


def _edges(stretch: Stretch, wanted: Wanted) -> tuple[int, int]:
    low, high = wanted.bounds
    low, high = max(min(low, stretch.end), stretch.start), max(min(high, stretch.end), stretch.start)
    if wanted.after is None and low > 0:
        low = _forward(stretch, low, min(wanted.start, high) if wanted.before is None else high - 1)
    if wanted.before is None and high < stretch.length:
        high = _backward(stretch, high, max(min(wanted.end, high), low) if wanted.after is None else low + 1)
    return low, max(high, low)


def _forward(stretch: Stretch, place: int, most: int) -> int:
    """Where the next paragraph begins, or the next line, not behind `most`; else the place itself."""
    text = stretch.text[place - stretch.start : max(min(most, place + LOOK) - stretch.start, 0)]
    for sign in ("\n\n", "\n"):
        if (at := text.find(sign)) >= 0:
            return place + at + len(sign)
    return place


def _backward(stretch: Stretch, place: int, least: int) -> int:
    """Where the last paragraph, or line, before it ends, not before `least`."""
    begin = max(least, place - LOOK)
    text = stretch.text[max(begin - stretch.start, 0) : place - stretch.start]
    for sign in ("\n\n", "\n"):
        if (at := text.rfind(sign)) >= 0:
            return begin + at + len(sign)
    return place


def _between(low: int, high: int, places: Sequence[int]) -> Iterator[int]:
    return (place for place in places if low < place < high)


def _pages(marks: Sequence[Mark]) -> list[int]:
    """Where another page begins."""
    return [mark.start for before, mark in zip((_NOWHERE, *marks), marks, strict=False) if mark.page != before.page]


def _part(stretch: Stretch, piece: tuple[int, int], cited: tuple[int, int], fences: Sequence[tuple[int, int, str]]) -> Part:
    start, end = piece
    at = bisect_right(stretch.marks, start, key=lambda mark: mark.start) - 1
    mark = stretch.marks[at] if at >= 0 else _NOWHERE
    text = stretch.text[start - stretch.start : end - stretch.start]
    if stretch.code is not None:
        text = _code(text, stretch.code, first=start == 0, last=end == stretch.length)
    else:
        text = _header(stretch, start) + _fenced(text, piece, fences)
    return Part(start, end, text, mark.page, mark.heading, cited[0] <= start < cited[1])


def _code(text: str, language: str, *, first: bool, last: bool) -> str:
    """A piece of a text that is code from its first line, which opens the fence, to its last, which closes it."""
    lines = text.rstrip("\n").split("\n")
    lines = lines[1 if first else 0 : len(lines) - 1 if last else len(lines)]
    fence = "```"
    while any(fence in line for line in lines):
        fence += "`"
    return "\n".join((fence + language, *lines, fence)) if any(line.strip() for line in lines) else ""


def _fenced(text: str, piece: tuple[int, int], fences: Sequence[tuple[int, int, str]]) -> str:
    """A piece with the fences that lie outside of it."""
    start, end = piece
    for begin, stop, opening in fences:
        if begin < start <= stop:
            text = f"{opening}\n{text}"
        if begin < end <= stop:
            text = f"{text.rstrip()}\n{opening[: len(opening) - len(opening.lstrip('`~'))]}"
    return text


def _fences(stretch: Stretch) -> list[tuple[int, int, str]]:
    """Pieces of code: from the end of the line that opens each to the beginning of the one that closes it, and how it opens."""
    found: list[tuple[int, int, str]] = []
    lines = list(_lines(stretch))
    signs = [(start, end, mark) for start, end, line in lines if (mark := _FENCE.match(line))]
    # A first sign that says no language, of an odd number, closes what began before the stretch.
    if stretch.start and len(signs) % 2 and not signs[0][2][2].strip():
        found.append((stretch.start - 1, signs[0][0], signs.pop(0)[2][1]))
    opened: tuple[int, str] | None = None
    for start, end, mark in signs:
        if opened is None:
            opened = end, mark[1] + mark[2].strip()
        elif opened[1].startswith(mark[1]) and not mark[2].strip():
            found.append((opened[0] - 1, start, opened[1]))
            opened = None
    if opened is not None:
        found.append((opened[0] - 1, stretch.end + 1, opened[1]))
    return found


def _header(stretch: Stretch, place: int) -> str:
    """The first two lines of the table in the rows of which a place lies, behind them."""
    if stretch.text[place - stretch.start : place - stretch.start + 1] != "|":
        return ""
    before = stretch.text[: place - stretch.start].split("\n")
    if before[-1]:
        return ""  # within a line
    above: list[str] = []
    for line in reversed(before[:-1]):
        if not line.startswith("|"):
            break
        above.append(line)
    rows = above[::-1]
    if len(rows) >= 2 and _RULE.fullmatch(rows[1]):
        return f"{rows[0]}\n{rows[1]}\n"
    return stretch.header if len(rows) == len(before) - 1 else ""


def _lines(stretch: Stretch) -> Iterator[tuple[int, int, str]]:
    """Each line with where it begins and where the next one does."""
    at = stretch.start
    for line in stretch.text.split("\n"):
        yield at, at + len(line) + 1, line
        at += len(line) + 1
