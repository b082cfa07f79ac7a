"""A document in passages: cut where it is divided itself, at headings, paragraphs, lines, sentences."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.drivers.documents import Extracted
from prosa.knowledge.extraction.models import Chunking, Passage

_CHARACTERS: Final = 4  # bytes that a token is likely to be, as the gateway estimates
_PARAGRAPH: Final = re.compile(r"\n{2,}")
_LINE: Final = re.compile(r"\n")
_SENTENCE: Final = re.compile(r"[.!?…。！？][\"'”’)\]]?\s")
_WORD: Final = re.compile(r"\s+")
_TABLE: Final = re.compile(r"^(\|[^\n]*\|\n\|(?: ?:?-+:? ?\|)+\n)(?:\|[^\n]*(?:\n|\Z))+", re.MULTILINE)
_LEAST: Final = 0.5  # of the longest: no passage is cut shorter for the sake of a good place
_LONGEST_HEADER: Final = 0.25


@dataclass(frozen=True, slots=True)
class _Table:
    """Where a table's header ends and the table ends, and the header."""

    start: int
    end: int
    header: str


def chunks(extracted: Extracted, chunking: Chunking) -> list[Passage]:
    """The passages in order; what one says at its end the next repeats, but not across a heading."""
    text = extracted.text
    cutter = _Cutter(extracted, chunking)
    found = []
    start = 0
    while start < len(text):
        end = cutter.end(start)
        body = text[start:end]
        begin = start + len(body) - len(body.lstrip("\n \t"))
        stop = start + len(body.rstrip())
        if begin < stop:
            found.append(cutter.passage(begin, stop))
        start = cutter.next(start, end)
    return found


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
        self._tables = [_Table(each.end(1), each.end(), each[1]) for each in _TABLE.finditer(text)]
        self._table_starts = [table.start for table in self._tables]
        pages = [page for page in extracted.pages if page]
        self._levels: tuple[Sequence[int], ...] = (
            self._headings,
            sorted({*pages, *(each.end() for each in _PARAGRAPH.finditer(text))}),
            [each.end() for each in _LINE.finditer(text)],
            [each.end() for each in _SENTENCE.finditer(text)],
            [each.end() for each in _WORD.finditer(text)],
        )

    def end(self, start: int) -> int:
        """Where the passage that begins here ends best."""
        table = self._table(start)
        most = start + self._most - (len(table.header) if table is not None and self._repeats(table) else 0)
        if most >= len(self._text):
            return len(self._text)
        least = start + int(self._most * _LEAST)
        for places in self._levels:
            at = bisect_right(places, most) - 1
            if at >= 0 and places[at] > least:
                return places[at]
        return most

    def next(self, start: int, end: int) -> int:
        """Where the passage after begins: a little before the end of this one, where a paragraph, line or sentence does."""
        if end >= len(self._text) or not self._overlap or self._is_heading(end):
            return end
        wanted = max(end - self._overlap, start + 1)
        for places in self._levels[1:]:
            at = bisect_right(places, wanted - 1)
            if at < len(places) and places[at] < end:
                return places[at]
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
