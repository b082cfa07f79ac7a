"""PPTX: each slide a page, with its title, text, tables, drawings' words and the speaker's notes (ECMA-376, PresentationML)."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

from prosa.drivers.documents.inside.packages import opened, part
from prosa.drivers.documents.inside.writing import Writer, inline
from prosa.drivers.documents.models import Extracted
from prosa.drivers.documents.orders import Order, Refused

_A: Final = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_P: Final = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
_R: Final = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_MC: Final = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_TITLES: Final = frozenset({"title", "ctrTitle"})
_MARGINS: Final = frozenset({"dt", "ftr", "sldNum", "hdr"})  # date, footer, number
_MOST: Final = 5_000
_FOLDER: Final = "ppt"


def read(content: bytes, order: Order) -> Extracted:
    """The document's text. Raises Refused."""
    archive = opened(content)
    writer = Writer(order.characters)
    for number, name in enumerate(_slides(archive), 1):
        writer.page()
        _slide(archive, name, number, writer)
    return writer.done(order.media_type)


def _slides(archive: zipfile.ZipFile) -> list[str]:
    """The slides' parts, in the order in which they are shown."""
    presentation = _xml(archive, f"{_FOLDER}/presentation.xml")
    if presentation is None:
        raise Refused("damaged")
    related = _related(archive, f"{_FOLDER}/presentation.xml")
    ids = [each.get(f"{_R}id", "") for each in presentation.iter(f"{_P}sldId")]
    return [related[id][1] for id in ids[:_MOST] if id in related]


def _xml(archive: zipfile.ZipFile, name: str) -> Element | None:
    content = part(archive, name)
    if content is None:
        return None
    try:
        return ElementTree.fromstring(content)  # noqa: S314  # no part with a document type comes here, and this runs in the jail
    except ElementTree.ParseError as error:
        raise Refused("damaged") from error


def _related(archive: zipfile.ZipFile, name: str) -> dict[str, tuple[str, str]]:
    """By their ids: the kind and the part's name."""
    folder, file = posixpath.split(name)
    found = _xml(archive, f"{folder}/_rels/{file}.rels")
    related = {}
    for each in found if found is not None else ():
        if each.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join(folder, each.get("Target", "")))
            related[each.get("Id", "")] = (each.get("Type", "").rpartition("/")[2], target.lstrip("/"))
    return related


def _slide(archive: zipfile.ZipFile, name: str, number: int, writer: Writer) -> None:
    slide = _xml(archive, name)
    if slide is None:
        return
    shapes = [shape for shape in _shapes(slide) if _place(shape) not in _MARGINS]
    titles = [shape for shape in shapes if _place(shape) in _TITLES]
    title = " ".join(line for shape in titles for line in _lines(shape))
    writer.heading(2, inline(title) or f"Slide {number}")
    for shape in shapes:
        if shape not in titles:
            _shape(shape, writer)
    for kind, target in _related(archive, name).values():
        if kind == "diagramData":
            _diagram(_xml(archive, target), writer)
        elif kind == "notesSlide":
            _notes(_xml(archive, target), writer)


def _shapes(node: Element) -> Iterator[Element]:
    """Shapes and tables in the order in which they stand, those in groups too; of two ways to show one, the first."""
    todo = [node]
    while todo:
        here = todo.pop()
        if here.tag in (f"{_P}sp", f"{_P}graphicFrame"):
            yield here
        elif here.tag != f"{_MC}Fallback":
            todo += reversed(here)


def _place(shape: Element) -> str | None:
    """Which placeholder of the layout it fills; None for none."""
    found = next(shape.iter(f"{_P}ph"), None)
    return None if found is None else found.get("type", "obj")


def _shape(shape: Element, writer: Writer) -> None:
    table = next(shape.iter(f"{_A}tbl"), None)
    if table is not None:
        writer.table([" ".join(_lines(cell)) for cell in row.iter(f"{_A}tc")] for row in table.iter(f"{_A}tr"))
    else:
        writer.block("\n".join(_lines(shape)))


def _lines(node: Element) -> list[str]:
    """The paragraphs within, those of a list set in by their level."""
    found = []
    for paragraph in node.iter(f"{_A}p"):
        words = "".join(_word(each) for each in paragraph.iter())
        if text := inline(words):
            found.append("  " * _level(paragraph) + text)
    return found


def _word(node: Element) -> str:
    if node.tag == f"{_A}t":
        return node.text or ""
    return " " if node.tag == f"{_A}br" else ""


def _level(paragraph: Element) -> int:
    settings = paragraph.find(f"{_A}pPr")
    level = settings.get("lvl", "0") if settings is not None else "0"
    return int(level) if re.fullmatch("[0-8]", level) else 0


def _diagram(data: Element | None, writer: Writer) -> None:
    if data is not None:
        writer.block("\n".join(f"- {line}" for line in _lines(data)))


def _notes(notes: Element | None, writer: Writer) -> None:
    if notes is None:
        return
    lines = [line for shape in _shapes(notes) if _place(shape) == "body" for line in _lines(shape)]
    if lines:
        writer.block("Notes: " + "\n".join(lines))
