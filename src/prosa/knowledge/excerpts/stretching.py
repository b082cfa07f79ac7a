"""A stretch of a document's text: of the text itself, or put together of the passages that are kept of it."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import Final

from prosa.knowledge.excerpts.cutting import LOOK
from prosa.knowledge.excerpts.models import Mark, Stretch, Wanted
from prosa.knowledge.extraction import Extracted, Heading, Passage

BACK: Final = 4_000  # characters before what is wanted: a table's first lines stand there
_DEEP: Final = 500  # headings that are looked back for those above


def of_document(document: Extracted, wanted: Wanted) -> Stretch:
    """As much of a text as is needed."""
    low, high = wanted.bounds
    length = len(document.text)
    begin, stop = min(max(low - BACK, 0), length), min(high + LOOK, length)
    headings = [heading.start for heading in document.headings]
    places = {begin, *(place for place in (*document.pages, *headings) if begin < place < stop)}
    marks = tuple(
        Mark(place, _page(document.pages, place), _above(document.headings, headings, place)) for place in sorted(places)
    )
    return Stretch(begin, document.text[begin:stop], length, marks)


def of_passages(passages: Sequence[Passage], length: int) -> Stretch:
    """What passages that follow each other hold; what lay between two of them was blank."""
    first = passages[0]
    text, at = [_own(first)], first.end
    for passage in passages[1:]:
        if passage.end <= at:
            continue
        text.append("\n" * (passage.start - at))
        text.append(_own(passage)[max(at - passage.start, 0) :])
        at = passage.end
    marks = tuple(Mark(passage.start, passage.page, passage.heading) for passage in passages)
    return Stretch(first.start, "".join(text), length, marks, first.text[: len(first.text) - len(_own(first))])


def _own(passage: Passage) -> str:
    """A passage without the table's first lines that it repeats."""
    return passage.text[max(len(passage.text) - (passage.end - passage.start), 0) :]


def _page(pages: Sequence[int], place: int) -> int | None:
    return max(bisect_right(pages, place), 1) if pages else None


def _above(headings: Sequence[Heading], places: Sequence[int], place: int) -> tuple[str, ...]:
    """The titles of the headings above a place, the highest first."""
    path: list[str] = []
    level, last = 99, bisect_right(places, place)
    for heading in reversed(headings[max(0, last - _DEEP) : last]):
        if heading.level < level:
            path.append(heading.title)
            level = heading.level
        if level == 1:
            break
    return tuple(reversed(path))
