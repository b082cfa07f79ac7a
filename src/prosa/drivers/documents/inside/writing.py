"""The Markdown that a document becomes, block by block, with the places of its pages and headings."""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from prosa.drivers.documents.models import Extracted, Heading
from prosa.drivers.documents.orders import Refused

_SPACES: Final = re.compile(r"[ \t\u00a0\u2000-\u200a\u202f]+")
# What has no width or no sense in text: controls, byte order marks, what joins and steers. Soft hyphens go, too.
_UNSEEN: Final = ((0, 9), (11, 13), (14, 32), (127, 128), (0xAD, 0xAE), (0x200B, 0x200C), (0x202A, 0x202F), (0x2060, 0x2061))
_STEERING: Final = ((0x2066, 0x206A), (0xD800, 0xE000), (0xFEFF, 0xFF00), (0xFFFE, 0x10000))
_NOTHING: Final = dict.fromkeys(code for start, end in (*_UNSEEN, *_STEERING) for code in range(start, end))
_CELL: Final = re.compile(r"\s*\n\s*")
_BLANK: Final = re.compile(r"\n{3,}")
_LONGEST_TITLE: Final = 200


def clean(text: str) -> str:
    """The text without what nobody sees; line ends are newlines."""
    return text.replace("\r\n", "\n").replace("\r", "\n").translate(_NOTHING)


def inline(text: str) -> str:
    """Text on one line."""
    return _SPACES.sub(" ", clean(text).replace("\n", " ")).strip()


class Writer:
    """Collects blocks; `characters` bounds what they come to in all. Raises Refused beyond."""

    def __init__(self, characters: int) -> None:
        self._left = characters
        self._blocks: list[str] = []
        self._at = 0
        self._pages: list[int] = []
        self._headings: list[Heading] = []
        self.said = False  # whether anything but headings' signs and pages' ends is there

    def block(self, text: str) -> int:
        """A paragraph, a list, a piece of code: set off by an empty line. Gives where it begins."""
        text = _BLANK.sub("\n\n", text.strip("\n").rstrip())
        if not text.strip():
            return self._at
        start = self._at
        self._left -= len(text) + 2
        if self._left < 0:
            raise Refused("characters")
        self._blocks.append(text)
        self._at += len(text) + 2
        self.said = True
        return start

    def heading(self, level: int, title: str) -> None:
        """A title, 1 the highest level."""
        title = inline(title)
        level = min(max(level, 1), 6)
        if title and len(title) <= _LONGEST_TITLE:
            start = self.block(f"{'#' * level} {title}")
            self._headings.append(Heading(start, level, title))
        else:
            self.block(title)

    def table(self, rows: Iterable[Sequence[str]]) -> None:
        """Rows of cells, the first one the header."""
        self.block("\n".join(table_lines(rows)))

    def page(self) -> None:
        """From here on it is the next page."""
        self._pages.append(self._at)

    def done(self, media_type: str, headings: Iterable[Heading] = ()) -> Extracted:
        """All of it."""
        text = "\n\n".join(self._blocks)
        return Extracted(text, media_type, tuple(min(page, len(text)) for page in self._pages), (*self._headings, *headings))


def table_lines(rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table; columns and rows without any word are left out."""
    cells = [[_cell(each) for each in row] for row in rows]
    cells = [row for row in cells if any(row)]
    if not cells:
        return []
    width = max(len(row) for row in cells)
    used = [column for column in range(width) if any(column < len(row) and row[column] for row in cells)]
    if len(used) == 1:
        return [row[used[0]] for row in cells if used[0] < len(row)]
    lines = ["| " + " | ".join(row[column] if column < len(row) else "" for column in used) + " |" for row in cells]
    return [lines[0], "|" + " --- |" * len(used), *lines[1:]]


def _cell(text: str) -> str:
    return inline(_CELL.sub(" ", text)).replace("|", "\\|")
