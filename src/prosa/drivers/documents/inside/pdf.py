"""PDF by PDFium: its lines become paragraphs and headings, its ruled tables tables."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import pypdfium2  # type: ignore[import-untyped]  # it has no types
import pypdfium2.raw as pdfium  # type: ignore[import-untyped]  # it has no types

from prosa.drivers.documents.inside.pdf_tables import Table, tables
from prosa.drivers.documents.inside.writing import Writer, inline
from prosa.drivers.documents.models import Extracted
from prosa.drivers.documents.orders import Order, Refused

_PASSWORD: Final = 4  # FPDF_ERR_PASSWORD
_HYPHEN: Final = re.compile("[\ufffe\x02\xad]\\s*")  # PDFium's sign for a hyphen at a line's end: of a word that goes on
_BULLET: Final = re.compile(r"(?:[•‣◦▪●○■–\uf0b7]|\(?[0-9a-zA-Z]{1,2}[.)])\s+\S")
_SIGNS: Final = str.maketrans(dict.fromkeys("•‣◦▪●○■\uf0b7", "-"))
_LEADERS: Final = re.compile(r"(?:\. ?){4}")  # of a table of contents
_LONGEST_TITLE: Final = 140
_SHORT: Final = 0.7  # of the paragraph's width: a line that ends before was ended on purpose
_LARGER: Final = 1.12  # than the body: a heading
_APART: Final = 1.65  # heights from line to line: another paragraph
_LEVELS: Final = 4


@dataclass(frozen=True, slots=True)
class _Line:
    """One line as it stands on its page."""

    text: str
    left: float
    bottom: float
    height: float
    end: float  # the bottom of its last character: PDFium tells lines between which a word is parted as one
    right: float


@dataclass(frozen=True, slots=True)
class _Page:
    """What a page holds."""

    lines: list[_Line]
    tables: list[Table]


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    try:
        document = pypdfium2.PdfDocument(content)
    except pypdfium2.PdfiumError as error:
        raise Refused("locked" if error.err_code == _PASSWORD else "damaged") from error
    left = order.characters
    pages: list[_Page] = []
    images = False
    for number in range(len(document)):
        page, seen = _page(document, number)
        images = images or seen
        left -= sum(len(line.text) for line in page.lines)
        if left < 0:
            raise Refused("characters")
        pages.append(page)
    if not any(page.lines for page in pages):
        raise Refused("scanned" if images else "empty")
    return _written(pages, order)


def _page(document: pypdfium2.PdfDocument, number: int) -> tuple[_Page, bool]:
    """A page, and whether there is a picture on it where there are no words. One that is damaged is empty."""
    try:
        page = document[number]
        words = page.get_textpage()
    except pypdfium2.PdfiumError:
        return _Page([], []), False
    try:
        lines = list(_lines(words))
        if not lines:
            return _Page([], []), next(page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_IMAGE], max_depth=3), None) is not None
        return _Page(lines, tables(page, words)), False
    except pypdfium2.PdfiumError:
        return _Page([], []), False
    finally:
        words.close()
        page.close()


def _lines(words: pypdfium2.PdfTextPage) -> Iterator[_Line]:
    count = words.count_chars()
    text = words.get_text_range(0, count) if count > 0 else ""
    at = 0
    for raw in text.split("\r\n"):
        if stripped := raw.strip():
            left, bottom, top = _box(words, at + len(raw) - len(raw.lstrip()))
            right, end, _ = _box(words, at + _units(raw.rstrip()) - 1)
            yield _Line(stripped, left, bottom, max(top - bottom, 0.1), end, right)
        at += _units(raw) + 2


def _units(text: str) -> int:
    """How many places PDFium counts for it: it counts in UTF-16."""
    return len(text) + sum(character > "\uffff" for character in text) if not text.isascii() else len(text)


def _box(words: pypdfium2.PdfTextPage, place: int) -> tuple[float, float, float]:
    """Of the character at this place of the text: left, bottom, top."""
    index = pdfium.FPDFText_GetCharIndexFromTextIndex(words, place)
    left, bottom, _, top = words.get_charbox(max(index, 0), loose=True)
    return left, bottom, top


def _written(pages: list[_Page], order: Order) -> Extracted:
    body = _body(pages)
    sizes = _sizes(pages, body)
    writer = Writer(order.characters)
    for page in pages:
        writer.page()
        _write_page(page, sizes, writer)
    return writer.done(order.media_type)


def _body(pages: list[_Page]) -> float:
    """The height that most characters have."""
    counted: Counter[float] = Counter()
    for page in pages:
        for line in page.lines:
            counted[_rounded(line.height)] += len(line.text)
    return counted.most_common(1)[0][0]


def _rounded(height: float) -> float:
    return round(height * 2) / 2


def _sizes(pages: list[_Page], body: float) -> dict[float, int]:
    """The heights of headings, with their levels: larger than the body, and few."""
    counted: Counter[float] = Counter()
    total = 0
    for page in pages:
        for line in page.lines:
            total += len(line.text)
            if line.height > body * _LARGER:
                counted[_rounded(line.height)] += len(line.text)
    found = [size for size, count in counted.items() if count * 5 < total]
    return {size: min(level, _LEVELS) for level, size in enumerate(sorted(found, reverse=True), 1)}


def _write_page(page: _Page, sizes: dict[float, int], writer: Writer) -> None:
    told: set[int] = set()
    held: list[_Line] = []

    def end() -> None:
        if held:
            _write(held, sizes, writer)
            held.clear()

    for line in page.lines:
        inside = next((at for at, table in enumerate(page.tables) if table.holds(line.left, line.bottom + line.height / 2)), None)
        if inside is not None:
            end()
            if inside not in told:
                told.add(inside)
                writer.table(page.tables[inside].rows)
        else:
            if held and _apart(held[-1], line):
                end()
            held.append(line)
    end()


def _apart(before: _Line, line: _Line) -> bool:
    """Whether a new paragraph begins with this line."""
    height = max(before.height, line.height)
    if abs(before.height - line.height) > 0.08 * height or _BULLET.match(line.text):
        return True
    step = before.end - line.bottom
    if step < -height:  # it is above: the next column
        return not (line.text[:1].islower() and before.text[-1:] not in ".!?:")
    return step > _APART * height


def _write(lines: list[_Line], sizes: dict[float, int], writer: Writer) -> None:
    level = sizes.get(_rounded(lines[0].height))
    text = _joined(lines)
    if level is not None and len(text) <= _LONGEST_TITLE and not _LEADERS.search(text):
        writer.heading(level, text)
    else:
        writer.block(text.translate(_SIGNS) if _BULLET.match(text) else text)


def _joined(lines: list[_Line]) -> str:
    """The words of a paragraph; what is set in lines, as code and addresses are, keeps them."""
    start, width = min(line.left for line in lines), max(line.right - line.left for line in lines)
    text = ""
    for line in lines:
        text += line.text + ("\n" if line.right - start < _SHORT * width else " ")
    return "\n".join(inline(line) for line in _HYPHEN.sub("", text).strip().split("\n"))
