"""Every kind of document becomes Markdown: its headings, its pages and its tables survive."""

import asyncio

import pytest

from prosa.drivers.documents import (
    Extracted,
    ExtractionBounds,
    NoText,
    TooLarge,
    UnknownType,
    Unreadable,
    extract,
    jail_holes,
)
from tests.drivers.documents.documents import DOCX, PDF, PPTX, TABLE, XLSX, pdf, pieces, report, scanned, sheets, slides, word

MARKDOWN = "| Nome | Valor |\n| --- | --- |\n| Água \\| gás | 10,00 |\n| Luz | 20,00 |"


async def read(name: str, media_type: str, content: bytes | str) -> Extracted:
    """What is in it."""
    return await extract(name, media_type, pieces(content.encode() if isinstance(content, str) else content))


async def test_a_pdf_keeps_its_pages_headings_lists_and_tables() -> None:
    found = await read("manual.pdf", PDF, report())
    assert [(each.level, each.title) for each in found.headings] == [(1, "Manual de contratação"), (2, "Valores")]
    first, second = found.text[: found.pages[1]], found.text[found.pages[1] :]
    assert "A contratação começa com um pedido e termina com a entrega." in first
    assert "- Primeiro prazo: 30 dias\n\n- Segundo prazo" in first
    assert MARKDOWN in second and second.count("Luz") == 1


async def test_office_documents_keep_their_headings_and_tables() -> None:
    written, shown, counted = await asyncio.gather(
        read("a.docx", DOCX, word()), read("a.pptx", PPTX, slides()), read("a.xlsx", XLSX, sheets([*TABLE, ["Soma", 30.0]]))
    )
    assert [(each.level, each.title) for each in written.headings] == [(1, "Manual"), (1, "Férias")]
    assert "São trinta dias de férias.\n\n- pedir antes\n\n" + MARKDOWN + "\n\nDepois da tabela." in written.text
    assert shown.text.startswith(
        "## Abertura\n\num\ndois\n\nDentro de um grupo\n\nNotes: Dizer bom dia\n\n## Preços\n\n" + MARKDOWN
    )
    assert shown.pages == (0, shown.text.index("## Preços")) and "7" not in shown.text
    assert counted.text == f"## Preços\n\n{MARKDOWN}\n| Soma | 30 |"


async def test_a_web_page_is_what_its_reader_sees() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body><h1>Olá <b>mundo</b></h1><!-- unseen -->
    <p>um <a href=x>dois</a><br>três<span style="display: NONE">unseen</span></p><div hidden>unseen</div>
    <ul><li>a<ol><li>b</li></ol></li></ul><table><tr><th>k<th>v<tr><td>1<td>2</table><pre>x
      y</pre><script>unseen</script></body></html>"""
    found = await read("a.html", "text/html", page)
    table = "| k | v |\n| --- | --- |\n| 1 | 2 |"
    assert found.text == f"# Olá mundo\n\num dois\ntrês\n\n- a\n  1. b\n\n{table}\n\n```\nx\n      y\n```"


@pytest.mark.parametrize(
    ("name", "media_type", "content", "text"),
    [
        ("a.txt", "text/plain", "Olá\r\nmundo".encode("utf-16"), "Olá\nmundo"),
        ("a.txt", "text/plain", "coração".encode("cp1252"), "coração"),
        ("a.md", "text/markdown", b"# A\n\nb", "# A\n\nb"),
        ("a.csv", "text/csv", 'a;b\n1,5;"x\ny|z"\n', "| a | b |\n| --- | --- |\n| 1,5 | x y\\|z |"),
        ("a.json", "application/json", '{"a":[1]}', '```json\n{\n "a": [\n  1\n ]\n}\n```'),
        ("a.py", "text/plain", "x = '```'\n", "````py\nx = '```'\n````"),
        ("a.xml", "application/xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>', None),
    ],
)
async def test_text_of_every_kind_stays_what_it_is(name: str, media_type: str, content: bytes | str, text: str | None) -> None:
    found = await read(name, media_type, content)
    assert found.text == text if text is not None else "&b;" in found.text


async def test_what_cannot_be_read_says_why() -> None:
    async def why(name: str, media_type: str, content: bytes, bounds: ExtractionBounds | None = None) -> tuple[type, str, str]:
        with pytest.raises((UnknownType, Unreadable)) as refused:
            await extract(name, media_type, pieces(content), bounds or ExtractionBounds())
        return type(refused.value), refused.value.code, refused.value.message

    asked = await asyncio.gather(
        why("a.pdf", PDF, scanned()),
        why("a.pdf", PDF, pdf([b""])),
        why("a.pdf", PDF, report()[:400]),
        why("a.zip", "application/zip", b"PK"),
        why("a.txt", "text/plain", b" \n"),
        why("a.txt", "text/plain", b"x" * 5_000, ExtractionBounds(bytes=4_000)),
        why("a.txt", "text/plain", b"x" * 5_000, ExtractionBounds(characters=4_000)),
        why("a.docx", DOCX, b"PK\3\4 no archive"),
    )
    assert [each[:2] for each in asked] == [
        (NoText, "invalid_file"),
        (NoText, "invalid_file"),
        (Unreadable, "invalid_file"),
        (UnknownType, "unsupported_file"),
        (NoText, "invalid_file"),
        (TooLarge, "invalid_file"),
        (TooLarge, "invalid_file"),
        (Unreadable, "invalid_file"),
    ]
    assert "scanned: it holds no text" in asked[0][2] and "scanned" not in asked[1][2]


@pytest.mark.attack("D11")
async def test_the_door_is_shut_while_a_document_is_read() -> None:
    assert await jail_holes() == (True, [])
