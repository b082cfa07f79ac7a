"""What is asked of a document's text, and what is given of it. Places are characters of the text, from 0 on."""

from dataclasses import dataclass
from typing import Final

MOST_CITED: Final = 20_000
"""Characters of a cited place that are given at once."""
MOST_MARGIN: Final = 8_000
MARGIN: Final = 3_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of a text: the place from `start` to `end` with `margin` characters on either side, or as many that end at
    `before`, or that begin at `after`."""

    start: int = 0
    end: int = 0
    margin: int = MARGIN
    before: int | None = None
    after: int | None = None

    @property
    def bounds(self) -> tuple[int, int]:
        """From where to where, before it is seen where lines end."""
        margin = min(self.margin, MOST_MARGIN)
        if self.before is not None:
            return max(self.before - margin, 0), self.before
        if self.after is not None:
            return self.after, self.after + margin
        end = min(max(self.end, self.start), self.start + MOST_CITED)
        return max(self.start - margin, 0), end + margin


@dataclass(frozen=True, slots=True)
class Mark:
    """From here on this is the page (1 the first), and these are the headings above."""

    start: int
    page: int | None
    heading: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a text of so many characters, with marks in order. `header`: the first lines of a table, in which it begins.
    `code`: the whole text is a piece of code, in this language ("" where nobody knows which); None: it isn't."""

    start: int
    text: str
    length: int
    marks: tuple[Mark, ...] = ()
    header: str = ""
    code: str | None = None

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.text)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of Markdown that can be drawn alone: of a table it has the first lines, of code the fence. `cited`: it is of the
    place that was asked for."""

    start: int
    end: int
    text: str
    page: int | None
    heading: tuple[str, ...]
    cited: bool


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What was asked for, from `start` to `end`, of a text of `length` characters; blank parts are left out."""

    parts: tuple[Part, ...]
    start: int
    end: int
    length: int
