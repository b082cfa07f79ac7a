"""A conversation as DOCX, by python-docx. Formulas stay as they were written."""

import io
from typing import Any, Final

from docx import Document
from docx.document import Document as Written
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from prosa.conversations.exporting.typesetting.blocks import BOLD, ITALIC, MONO, STRUCK, Block, Blocks, Span, plain
from prosa.conversations.exporting.typesetting.order import Order, Said
from prosa.conversations.exporting.typesetting.symbols import clean

Paragraph = Any  # python-docx's own: it has no types
_MONO: Final = "Consolas"
_BULLETS: Final = ("List Bullet", "List Bullet 2", "List Bullet 3")
_GREY: Final = RGBColor(0x60, 0x60, 0x60)
_LINK: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
_INDENT: Final = 18.0  # points


def docx(order: Order) -> bytes:
    """The document."""
    document = Document()
    document.core_properties.title = clean(order.title)[:255]
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.add_heading(clean(order.title), 0)
    document.add_paragraph().add_run(clean(order.subtitle)).font.color.rgb = _GREY
    writer = _Writer(document)
    for said in order.entries:
        writer.entry(said, order.files)
    if not order.entries:
        document.add_paragraph(order.empty)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


class _Writer:
    """Adds to a document."""

    def __init__(self, document: Written) -> None:
        self._document = document
        self._blocks = Blocks()

    def entry(self, said: Said, files: str) -> None:
        """What one said; `files` is the word for what hangs on it."""
        heading = self._document.add_heading(said.label, 2)
        when = heading.add_run(f"  {said.at}")
        when.font.size, when.font.bold, when.font.color.rgb = Pt(8.5), False, _GREY
        text = clean(said.text)
        for block in plain(text) if said.plain else self._blocks.of(text):
            self._block(block, 0)
        if said.files:
            self._document.add_paragraph().add_run(f"{files}: {clean(', '.join(said.files))}").font.color.rgb = _GREY

    def _block(self, block: Block, depth: int) -> None:
        if block.kind == "heading":
            self._spans(self._document.add_heading("", min(9, block.level + 2)), block.spans)
        elif block.kind == "code":
            self._code(block.text, depth)
        elif block.kind == "rule":
            self._document.add_paragraph("—" * 20)
        elif block.kind == "table":
            self._table(block.rows)
        elif block.kind == "list":
            self._list(block, depth)
        elif block.kind == "quote":
            for inner in block.blocks:
                self._block(inner, depth + 1)
        else:
            self._spans(self._paragraph(depth), block.spans)

    def _paragraph(self, depth: int, style: str | None = None) -> Paragraph:
        paragraph = self._document.add_paragraph(style=style)
        if depth and style is None:
            paragraph.paragraph_format.left_indent = Pt(_INDENT * depth)
        return paragraph

    def _list(self, block: Block, depth: int) -> None:
        for number, item in enumerate(block.items, block.start or 0):
            for place, inner in enumerate(item):
                if place or inner.kind != "paragraph":
                    self._block(inner, depth + 1)
                elif block.start is None:
                    self._spans(self._paragraph(depth, _BULLETS[min(depth, 2)]), inner.spans)
                else:  # numbered by hand: a style's numbers would run on from one list to the next
                    paragraph = self._paragraph(depth + 1)
                    paragraph.paragraph_format.first_line_indent = Pt(-_INDENT)
                    self._spans(paragraph, [Span(f"{number}. "), *inner.spans])

    def _code(self, text: str, depth: int) -> None:
        paragraph = self._paragraph(depth)
        shade = OxmlElement("w:shd")
        shade.set(qn("w:val"), "clear")
        shade.set(qn("w:fill"), "F3F3F3")
        paragraph.paragraph_format.element.get_or_add_pPr().append(shade)
        run = paragraph.add_run(clean(text))
        run.font.name, run.font.size = _MONO, Pt(9)

    def _table(self, rows: list[list[list[Span]]]) -> None:
        columns = max((len(row) for row in rows), default=0)
        if not columns:
            return
        table = self._document.add_table(rows=0, cols=columns)
        table.style = "Table Grid"
        for number, row in enumerate(rows):
            cells = table.add_row().cells
            for cell, spans in zip(cells, row, strict=False):
                style = BOLD if number == 0 else 0
                self._spans(cell.paragraphs[0], [_styled(span, style) for span in spans])
        self._document.add_paragraph()

    def _spans(self, paragraph: Paragraph, spans: list[Span]) -> None:
        for span in spans:
            if span.newline:
                paragraph.add_run().add_break()
                continue
            if span.maths:
                mark = "$$" if span.display else "$"
                span = Span(f"{mark}{span.maths}{mark}", MONO)
            run = paragraph.add_run(clean(span.text))
            _style(run, span.style)
            if span.link:
                _linked(paragraph, run, span.link)


def _styled(span: Span, style: int) -> Span:
    return Span(span.text, span.style | style, span.link, span.maths, span.display, span.newline)


def _style(run: Any, style: int) -> None:  # python-docx's own
    run.bold = bool(style & BOLD) or None
    run.italic = bool(style & ITALIC) or None
    run.font.strike = bool(style & STRUCK) or None
    if style & MONO:
        run.font.name, run.font.size = _MONO, Pt(9.5)


def _linked(paragraph: Paragraph, run: Any, address: str) -> None:  # python-docx's own
    """Let the run lead to an address."""
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), paragraph.part.relate_to(clean(address), _LINK, is_external=True))
    run.font.underline = True
    run.font.color.rgb = RGBColor(0x1A, 0x4F, 0x8B)
    link.append(run._r)  # moves it there
    paragraph._p.append(link)
