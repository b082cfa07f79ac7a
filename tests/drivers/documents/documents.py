"""Documents made for the tests: small, and of every kind that is read."""

import io
import zipfile
import zlib
from collections.abc import AsyncIterator, Mapping, Sequence

import docx

OFFICE = "application/vnd.openxmlformats-officedocument."
DOCX = f"{OFFICE}wordprocessingml.document"
PPTX = f"{OFFICE}presentationml.presentation"
XLSX = f"{OFFICE}spreadsheetml.sheet"
PDF = "application/pdf"
TABLE = [["Nome", "Valor"], ["Água | gás", "10,00"], ["Luz", "20,00"]]


async def pieces(content: bytes, size: int = 1 << 16) -> AsyncIterator[bytes]:
    """As a file's content comes."""
    for at in range(0, len(content), size):
        yield content[at : at + size]


# PDF

Text = tuple[float, float, float, str]
"""Left, bottom, size, and what is written."""
Box = tuple[float, float, float, float]


def page(texts: Sequence[Text], boxes: Sequence[Box] = ()) -> bytes:
    """What draws a page: words, and rectangles (left, bottom, width, height)."""
    drawn = [f"{x} {y} {wide} {high} re S".encode() for x, y, wide, high in boxes]
    for x, y, size, text in texts:
        words = text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        drawn.append(b"BT /F1 %g Tf %g %g Td (%b) Tj ET" % (size, x, y, words))
    return b"\n".join(drawn)


def pdf(pages: Sequence[bytes], extra: Mapping[int, bytes] | None = None, resources: bytes = b"") -> bytes:
    """A PDF of these pages; `extra`: further objects, or others in place of those there are."""
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    kids = b" ".join(b"%d 0 R" % (4 + 2 * at) for at in range(len(pages)))
    objects = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        2: b"<< /Type /Pages /Count %d /Kids [%b] >>" % (len(pages), kids),
        3: font,
    }
    for at, content in enumerate(pages):
        packed = zlib.compress(content)
        used = b"<< /Font << /F1 3 0 R >> %b >>" % resources
        objects[4 + 2 * at] = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources %b /Contents %d 0 R >>" % (
            used,
            5 + 2 * at,
        )
        objects[5 + 2 * at] = b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(packed), packed)
    return assembled(objects | dict(extra or {}))


def assembled(objects: Mapping[int, bytes]) -> bytes:
    """Objects with their table of places."""
    out = io.BytesIO(b"%PDF-1.7\n")
    out.seek(0, io.SEEK_END)
    places = {}
    for number, content in sorted(objects.items()):
        places[number] = out.tell()
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content))
    start, size = out.tell(), max(objects) + 1
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % size)
    for number in range(1, size):
        out.write(b"%010d 00000 n \n" % places.get(number, 0))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start))
    return out.getvalue()


def report() -> bytes:
    """Two pages: a title, a paragraph of two lines, a list; then a heading and a ruled table."""
    first = page(
        [
            (60, 780, 20, "Manual de contratação"),
            (60, 740, 11, "A contratação começa com um pedido e"),
            (60, 726, 11, "termina com a entrega."),
            (60, 690, 11, "• Primeiro prazo: 30 dias"),
            (60, 676, 11, "• Segundo prazo: 60 dias"),
        ]
    )
    cells = [(60 + 150 * column, 700 - 20 * row) for row in range(3) for column in range(2)]
    words = [word for row in TABLE for word in row]
    second = page(
        [(60, 780, 16, "Valores"), *((x + 4, y + 6, 11, word) for (x, y), word in zip(cells, words, strict=True))],
        [(x, y, 150, 20) for x, y in cells],
    )
    return pdf([first, second])


_GREY = b"/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1"
PICTURE = b"<< /Type /XObject /Subtype /Image %b >>\nstream\n\0\nendstream" % _GREY


def scanned() -> bytes:
    """A page that is a picture."""
    return pdf([b"q 500 0 0 700 0 0 cm /I1 Do Q"], {9: PICTURE}, b"/XObject << /I1 9 0 R >>")


# Office


def packed(parts: Mapping[str, str | bytes]) -> bytes:
    """A zip archive of these parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def word() -> bytes:
    """A title, a heading, a paragraph, lists and a table."""
    document = docx.Document()
    document.add_heading("Manual", 0)
    document.add_heading("Férias", 1)
    document.add_paragraph("São trinta dias de férias.")
    document.add_paragraph("pedir antes", style="List Bullet")
    table = document.add_table(rows=3, cols=2)
    for row, words in enumerate(TABLE):
        for column, each in enumerate(words):
            table.cell(row, column).text = each
    document.add_paragraph("Depois da tabela.")
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def word_of(document: str, more: Mapping[str, str | bytes] | None = None) -> bytes:
    """A DOCX with this as its main part."""
    kinds = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return packed({"[Content_Types].xml": kinds, "word/document.xml": document, **(more or {})})


_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPACES = (
    'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
    f'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:r="{_KINDS}"'
)


def _relations(*each: tuple[str, str, str]) -> str:
    lines = "".join(f'<Relationship Id="{id}" Type="{_KINDS}/{kind}" Target="{target}"/>' for id, kind, target in each)
    return f'<Relationships xmlns="{_RELATIONS}">{lines}</Relationships>'


def _shape(text: str, place: str = "") -> str:
    placed = f'<p:nvPr><p:ph type="{place}"/></p:nvPr>' if place else ""
    paragraphs = "".join(f"<a:p><a:r><a:t>{line}</a:t></a:r></a:p>" for line in text.split("\n"))
    return f"<p:sp><p:nvSpPr>{placed}</p:nvSpPr><p:txBody>{paragraphs}</p:txBody></p:sp>"


def _slide(*shapes: str) -> str:
    return f"<p:sld {_SPACES}><p:cSld><p:spTree>{''.join(shapes)}</p:spTree></p:cSld></p:sld>"


def slides() -> bytes:
    """Two slides, shown the second one first; notes and a table."""
    rows = "".join(
        "<a:tr>"
        + "".join(f"<a:tc><a:txBody><a:p><a:r><a:t>{cell}</a:t></a:r></a:p></a:txBody></a:tc>" for cell in row)
        + "</a:tr>"
        for row in TABLE
    )
    table = f"<p:graphicFrame><a:graphic><a:graphicData><a:tbl>{rows}</a:tbl></a:graphicData></a:graphic></p:graphicFrame>"
    group = f"<p:grpSp>{_shape('Dentro de um grupo')}</p:grpSp>"
    return packed(
        {
            "ppt/presentation.xml": f'<p:presentation {_SPACES}><p:sldIdLst><p:sldId id="257" r:id="r2"/>'
            '<p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>',
            "ppt/_rels/presentation.xml.rels": _relations(
                ("r1", "slide", "slides/slide1.xml"), ("r2", "slide", "slides/slide2.xml")
            ),
            "ppt/slides/slide1.xml": _slide(_shape("Preços", "title"), table, _shape("7", "sldNum")),
            "ppt/slides/slide2.xml": _slide(_shape("Abertura", "ctrTitle"), _shape("um\ndois"), group),
            "ppt/slides/_rels/slide2.xml.rels": _relations(("r1", "notesSlide", "../notesSlides/notesSlide1.xml")),
            "ppt/notesSlides/notesSlide1.xml": _slide(_shape("Dizer bom dia", "body")),
        }
    )


def sheets(rows: Sequence[Sequence[str | float]] = (), cells: str = "") -> bytes:
    """One sheet with these rows, or these cells as they are written."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    lines = "".join("<row>" + "".join(_cell(value) for value in row) + "</row>" for row in rows)
    package = "http://schemas.openxmlformats.org/package/2006/content-types"
    return packed(
        {
            "[Content_Types].xml": f'<Types xmlns="{package}"/>',
            "_rels/.rels": _relations(("r1", "officeDocument", "xl/workbook.xml")),
            "xl/workbook.xml": f'<workbook xmlns="{space}" xmlns:r="{_KINDS}">'
            '<sheets><sheet name="Preços" sheetId="1" r:id="r1"/></sheets></workbook>',
            "xl/_rels/workbook.xml.rels": _relations(("r1", "worksheet", "worksheets/sheet1.xml")),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{space}"><sheetData>{lines}{cells}</sheetData></worksheet>',
        }
    )


def _cell(value: str | float) -> str:
    return f'<c t="inlineStr"><is><t>{value}</t></is></c>' if isinstance(value, str) else f"<c><v>{value}</v></c>"
