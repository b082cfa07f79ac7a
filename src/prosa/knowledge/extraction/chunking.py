"""A document in passages: cut where it is divided itself, at headings, paragraphs, lines, sentences."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from prosa.drivers.documents import Extracted
from prosa.knowledge.extraction.models import Chunking, Passage

_CHARACTERS: Final = 4  # bytes that a token is likely to be, as the gateway estimates
_PARAGRAPH: Final = re.compile(r"\n{2,}")
_LINE: Final = re.compile(r"\n")
_SENTENCE: Final = re.compile(r"[.!?…。！？][\"'”’)\]]?\s")
_WORD: Final = re.compile(r"\s+")
_BLANKS: Final = re.compile(r"\s*")
_LONGEST_MATCH: Final = 3  # characters of a sentence's end; of the others as many as say that it is one
_TABLE: Final = re.compile(r"^(\|[^\n]*\|\n\|(?: ?:?-+:? ?\|)+\n)(?:\|[^\n]*(?:\n|\Z))+", re.MULTILINE)
_LEAST: Final = 0.5  # of the longest: no passage is cut shorter for the sake of a good place
_LONGEST_HEADER: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a table's header ends and the table ends, and the header."""

    start: int
    end: int
    header: str


def chunks(extracted: Extracted, chunking: Chunking) -> Iterator[Passage]:
    """The passages in order, cut as they are asked for; what one says at its end the next repeats, but not across a heading."""
    text = extracted.text
    cutter = _Cutter(extracted, chunking)
    start = _start(text, 0)
    while start < len(text):
        end = cutter.end(start)
        yield cutter.passage(start, start + len(text[start:end].rstrip()))
        start = _start(text, cutter.next(start, end))


def _start(text: str, place: int) -> int:
    """Where something is said again: no passage begins with blanks, of which there may be more than fit into one."""
    found = _BLANKS.match(text, place)
    return found.end() if found else place


class _Places:
    """The places of one kind at which a text may be cut: those that are given, and behind each match of a pattern.

    A pattern is looked for only around a place that is asked for: a long text has a hundred thousand words.
    """

    def __init__(self, text: str, given: Sequence[int], pattern: re.Pattern[str] | None = None) -> None:
        self._text = text
        self._given = given
        self._pattern = pattern

    def last(self, least: int, most: int) -> int | None:
        """The last one behind `least` and not behind `most`."""
        at = bisect_right(self._given, most) - 1
        found = self._given[at] if at >= 0 and self._given[at] > least else None
        for place in self._matches(least, most + 1):  # a match that goes on behind `most` ends behind it
            if least < place <= most and (found is None or place > found):
                found = place
        return found

    def first(self, least: int, end: int) -> int | None:
        """The first one not before `least`, where it is before `end`."""
        at = bisect_right(self._given, least - 1)
        most = self._given[at] if at < len(self._given) else end
        place = next((place for place in self._matches(least - 1, end) if place >= least), end)
        found = min(place, most)
        return found if found < end else None

    def _matches(self, least: int, end: int) -> Iterator[int]:
        if self._pattern is not None:
            for each in self._pattern.finditer(self._text, max(least - _LONGEST_MATCH, 0), end):
                yield each.end()


class _Cutter:
    """Knows the places of one text at which it may be cut, the best ones first."""

    def __init__(self, extracted: Extracted, chunking: Chunking) -> None:
        text = self._text = extracted.text
        self._extracted = extracted
        wide = len(text.encode("utf-8", "replace")) or 1
        # A text in letters of several bytes has more tokens for its characters.
        size = _CHARACTERS * len(text) / wide
        self._most = max(int(chunking.max_chunk_size_tokens * size), 16)
        self._overlap = min(int(chunking.chunk_overlap_tokens * size), self._most // 2)
        self._headings = [heading.start for heading in extracted.headings]
        self._tables = list(_tables(text))
        self._table_starts = [table.start for table in self._tables]
        pages = [page for page in extracted.pages if page]
        self._levels = (
            _Places(text, self._headings),
            _Places(text, pages, _PARAGRAPH),
            *(_Places(text, (), pattern) for pattern in (_LINE, _SENTENCE, _WORD)),
        )

    def end(self, start: int) -> int:
        """Where the passage that begins here ends best."""
        table = self._table(start)
        most = start + self._most - (len(table.header) if table is not None and self._repeats(table) else 0)
        if most >= len(self._text):
            return len(self._text)
        least = start + int(self._most * _LEAST)
        for places in self._levels:
            place = places.last(least, most)
            if place is not None:
                return place
        return most

    def next(self, start: int, end: int) -> int:
        """Where the passage after begins: a little before the end of this one, where a paragraph, line or sentence does."""
        if end >= len(self._text) or not self._overlap or self._is_heading(end):
            return end
        wanted = max(end - self._overlap, start + 1)
        for places in self._levels[1:]:
            place = places.first(wanted, end)
            if place is not None:
                return place
        return end

    def passage(self, start: int, end: int) -> Passage:
        """With where it stands, and in a table with the table's header."""
        text = self._text[start:end]
        table = self._table(start)
        if table is not None and self._repeats(table):
            text = table.header + text
        pages = self._extracted.pages
        page = max(bisect_right(pages, start), 1) if pages else None
        return Passage(text, page, self._above(start), start, end)

    def _above(self, start: int) -> tuple[str, ...]:
        path: list[tuple[int, str]] = []
        last = bisect_right(self._headings, start)
        level = 99
        for heading in reversed(self._extracted.headings[max(0, last - 500) : last]):
            if heading.level < level:
                path.append((heading.level, heading.title))
                level = heading.level
            if level == 1:
                break
        return tuple(title for _, title in reversed(path))

    def _is_heading(self, place: int) -> bool:
        at = bisect_right(self._headings, place) - 1
        return at >= 0 and self._headings[at] == place

    def _table(self, place: int) -> _Table | None:
        """The table in the rows of which this lies, behind its first."""
        at = bisect_right(self._table_starts, place - 1) - 1
        table = self._tables[at] if at >= 0 else None
        return table if table is not None and table.start < place < table.end else None

    def _repeats(self, table: _Table) -> bool:
        return len(table.header) <= self._most * _LONGEST_HEADER


def _tables(text: str) -> Iterator[_Table]:
    at = 0 if text.startswith("|") else text.find("\n|") + 1 or -1
    while at >= 0:
        found = _TABLE.match(text, at)
        if found is not None:
            yield _Table(found.end(1), found.end(), found[1])
        at = text.find("\n|", found.end() - 1 if found is not None else at) + 1 or -1
