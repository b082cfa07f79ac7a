"""Text as it stands: Markdown, tables of separated values, JSON, source code, anything else that is written."""

import csv
import io
import re
from collections.abc import Iterator
from typing import Final

import msgspec

from prosa.drivers.documents.inside.decoding import decoded
from prosa.drivers.documents.inside.writing import Writer, inline
from prosa.drivers.documents.kinds import language_of
from prosa.drivers.documents.models import Extracted, Heading
from prosa.drivers.documents.orders import Order, Refused

_FENCE: Final = re.compile(r" {0,3}(`{3,}|~{3,})")
_ATX: Final = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))?(?:[ \t]+#+)?[ \t]*$")
_SETEXT: Final = re.compile(r" {0,3}(=+|-+)[ \t]*$")
_LONGEST_TITLE: Final = 200
_SAMPLE: Final = 64 * 1024
_LONGEST_FIELD: Final = 1 << 20


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    text = decoded(content)
    del content
    if len(text) > order.characters:
        raise Refused("characters")
    if order.reader == "markdown":
        return Extracted(text, order.media_type, (), tuple(_headings(text)))
    if order.reader == "table":
        return _table(text, order)
    if order.reader == "json":
        text = _json(text)
    return Extracted(text, order.media_type) if order.reader == "text" else _code(text, order)


def _code(text: str, order: Order) -> Extracted:
    if len(text) > order.characters:
        raise Refused("characters")
    if not text.strip():
        raise Refused("empty")
    fence = "```"
    while fence in text:
        fence += "`"
    return Extracted(f"{fence}{language_of(order.name)}\n{text.rstrip()}\n{fence}", order.media_type)


def _json(text: str) -> str:
    """With lines, where it has none: what is cut apart later is cut at their ends."""
    if text.count("\n") * 400 > len(text):
        return text
    try:
        return msgspec.json.format(text, indent=1)
    except msgspec.MsgspecError:
        return text
    except RecursionError as error:
        raise Refused("damaged") from error


def _table(text: str, order: Order) -> Extracted:
    writer = Writer(order.characters)
    csv.field_size_limit(_LONGEST_FIELD)
    try:
        writer.table(csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text, order.media_type)))
    except csv.Error as error:
        raise Refused("damaged") from error
    return writer.done(order.media_type)


def _delimiter(text: str, media_type: str) -> str:
    """The one of the usual ones that stands most evenly in the first lines."""
    if media_type == "text/tab-separated-values":
        return "\t"
    lines = [line for line in text[:_SAMPLE].split("\n")[:20] if line.strip()]
    counts = {sign: [line.count(sign) for line in lines] for sign in ",;\t|"}
    return max(counts, key=lambda sign: (min(counts[sign], default=0), sum(counts[sign])))


def _headings(text: str) -> Iterator[Heading]:
    """Those of CommonMark, of both kinds, outside of fences."""
    at, before, fence = 0, "", ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if mark and not fence:
            fence = mark[1]
        elif mark and line.strip().startswith(fence) and not line.strip().strip(fence[0]):
            fence = ""
        elif not fence:
            found = _heading(line, before)
            if found is not None and 0 < len(found[1]) <= _LONGEST_TITLE:
                yield Heading(at if found[2] else at - len(before) - 1, found[0], found[1])
        at += len(line) + 1
        before = "" if fence or mark else line


def _heading(line: str, before: str) -> tuple[int, str, bool] | None:
    """Its level, its title, and whether it stands on this line, not the one before."""
    if found := _ATX.match(line):
        return len(found[1]), inline(found[2] or ""), True
    title = before.strip()
    if title and not title.startswith(("#", ">", "-", "|", "*", "+")) and _SETEXT.match(line):
        return (1 if "=" in line else 2), inline(title), False
    return None
