"""Documents made to harm: each is refused, or read as far as it goes, within its bounds, and the server stays as it is."""

import asyncio
import io
import random
import struct
import zipfile
import zlib
from collections.abc import AsyncIterator, Callable

import pytest

from prosa.drivers.documents import ExtractionBounds, NotReadNow, TooLarge, UnknownType, Unreadable, extract
from tests.drivers.documents.documents import (
    DOCX,
    PDF,
    PPTX,
    XLSX,
    assembled,
    packed,
    page,
    pdf,
    pieces,
    report,
    sheets,
    slides,
    word,
    word_of,
)

BOUNDS = ExtractionBounds(bytes=16 << 20, characters=2_000_000, processor_seconds=20)
BODY = (
    '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><w:body>{}</w:body></w:document>'
)
SAID = "<w:p><w:r><w:t>{}</w:t></w:r></w:p>"
LAUGHS = '<!DOCTYPE l [<!ENTITY a "{}">{}]>'.format(
    "ha" * 50, "".join(f'<!ENTITY {chr(98 + at)} "{f"&{chr(97 + at)};" * 20}">' for at in range(8))
)


async def outcome(name: str, media_type: str, content: bytes) -> str:
    """What comes of it: its text, or why there is none."""
    try:
        return (await extract(name, media_type, pieces(content), BOUNDS)).text
    except (UnknownType, Unreadable) as refused:
        return type(refused).__name__


async def outcomes(*asked: tuple[str, str, bytes]) -> list[str]:
    """Of several, two at a time."""
    turn = asyncio.Semaphore(2)

    async def one(each: tuple[str, str, bytes]) -> str:
        async with turn:
            return await outcome(*each)

    return await asyncio.gather(*map(one, asked))


def lying(content: bytes, name: bytes, size: int) -> bytes:
    """An archive of which this entry claims to unpack to so much."""
    told = bytearray(content)
    at = told.rfind(b"PK\1\2", 0, told.rfind(name))
    told[at + 24 : at + 28] = struct.pack("<I", size)
    head = told.find(b"PK\3\4")
    while told[head + 30 : head + 30 + len(name)] != name:
        head = told.find(b"PK\3\4", head + 4)
    told[head + 22 : head + 26] = struct.pack("<I", size)
    return bytes(told)


def doubled(content: bytes) -> bytes:
    """An archive of which every entry lies over the first."""
    told = bytearray(content)
    at = told.find(b"PK\1\2")
    while at >= 0:
        told[at + 42 : at + 46] = struct.pack("<I", 0)
        at = told.find(b"PK\1\2", at + 4)
    return bytes(told)


@pytest.mark.attack("F4")
async def test_archives_that_unpack_to_much_more_are_refused_before_they_are() -> None:
    bomb = word_of(BODY.format(SAID.format(" " * (48 << 20))))
    sheet = sheets(cells="<row><c><v>1</v></c>" + "<c/>" * (8 << 20) + "</row>")
    many = packed({f"x/{number}": b"" for number in range(10_001)})
    nested = packed({"word/document.xml": packed({"a": b"\0" * (1 << 20)})})
    found = await outcomes(
        ("a.docx", DOCX, bomb),
        ("a.xlsx", XLSX, sheet),
        ("a.docx", DOCX, many),
        ("a.docx", DOCX, lying(word_of(BODY.format(SAID.format("x" * (3 << 20)))), b"word/document.xml", 1_000)),
        ("a.xlsx", XLSX, lying(sheets([["x" * (40 << 20)]]), b"xl/worksheets/sheet1.xml", 1_000)),
        ("a.docx", DOCX, doubled(word())),
        ("a.docx", DOCX, nested),
        (
            "a.xlsx",
            XLSX,
            sheets(cells='<row r="1048576"><c r="XFD1048576"><v>1</v></c></row><row r="1"><c r="A1"><v>1</v></c></row>'),
        ),
        ("a.docx", DOCX, word_of(BODY.format(SAID.format("fine")), {"../../../../tmp/prosa-slip": b"x"})),
    )
    assert found[:3] == ["TooLarge"] * 3
    assert found[3] == "Unreadable" and found[4] in ("Unreadable", "TooLarge")
    assert found[5:8] == ["TooLarge", "Unreadable", "TooLarge"] and found[8] == "fine"


@pytest.mark.attack("F5")
async def test_entities_are_not_expanded_and_nothing_is_fetched() -> None:
    outside = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>'
    linked = BODY.format(
        '<w:p><w:r><w:t>fine</w:t></w:r><w:r><w:drawing><a:blip xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
        'r:link="r1"/></w:drawing></w:r></w:p>'
    )
    related = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/image" TargetMode="External" '
        'Target="file:///etc/passwd"/></Relationships>'
    )
    hidden = (LAUGHS + BODY.format(SAID.format("&i;"))).encode("utf-16")
    sheet = b'<worksheet><sheetData><row><c t="inlineStr"><is><t>&i;</t></is></c></row></sheetData></worksheet>'
    with zipfile.ZipFile(io.BytesIO(sheets([["a"]]))) as archive:
        parts: dict[str, str | bytes] = {name: archive.read(name) for name in archive.namelist()}
    found = await outcomes(
        ("a.docx", DOCX, word_of(LAUGHS + BODY.format(SAID.format("&i;")))),
        ("a.docx", DOCX, word_of(outside + BODY.format(SAID.format("&b;")))),
        ("a.docx", DOCX, packed({"word/document.xml": hidden})),
        ("a.xlsx", XLSX, packed({**parts, "xl/worksheets/sheet1.xml": LAUGHS.encode() + sheet})),
        ("a.pptx", PPTX, packed({"ppt/presentation.xml": LAUGHS + "<a>&i;</a>"})),
        ("a.pptx", PPTX, packed({"ppt/presentation.xml": "<!--" + "x" * (1 << 17) + "-->" + LAUGHS + "<a>&i;</a>"})),
        ("a.docx", DOCX, word_of(linked, {"word/_rels/document.xml.rels": related})),
        ("a.svg", "image/svg+xml", (LAUGHS + "<svg>&i;</svg>").encode()),
    )
    assert found[:6] == ["Unreadable"] * 6
    assert found[6] == "fine" and "<svg>&i;</svg>" in found[7] and len(found[7]) < 3_000


def tree(depth: int) -> bytes:
    """Pages within pages, the last of which holds the first again."""
    objects = {number: b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % (number + 1) for number in range(2, depth)}
    return assembled({1: b"<< /Type /Catalog /Pages 2 0 R >>", **objects, depth: b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"})


@pytest.mark.attack("F6")
async def test_pdfs_made_to_harm_end_within_their_bounds() -> None:
    words = page([(60, 700, 11, "fine")])
    flate = b"<< /Length %d /Filter [/FlateDecode /FlateDecode] >>\nstream\n%b\nendstream"
    inner = zlib.compress(zlib.compress(b" " * (40 << 20) + words))
    script = {1: b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (while(1){}) >> >>"}
    found = await outcomes(
        ("a.pdf", PDF, pdf([words], {5: flate % (len(inner), inner)})),
        ("a.pdf", PDF, tree(400)),
        ("a.pdf", PDF, pdf([words], {9: b"[" * 200_000, 2: b"<< /Type /Pages /Count 1 /Kids 9 0 R >>"})),
        ("a.pdf", PDF, pdf([words], script)),
        ("a.pdf", PDF, pdf([words] * 600)),
        ("a.pdf", PDF, pdf([page([(60, 700, 11, "fine")], [(at % 500, at % 700, 9, 9) for at in range(20_000)])])),
        ("a.pdf", PDF, pdf([words], {3: b"3 0 R"})),
        ("a.pdf", PDF, pdf([words], {2: b"<< /Type /Pages /Count 1000000 /Kids [4 0 R] >>"})),
    )
    assert found[0] in ("fine", "TooLarge", "NoText") and found[1] in ("Unreadable", "NoText")
    assert found[2] in ("Unreadable", "NoText") and found[3] == "fine"
    assert found[4].count("fine") == 600 and found[5] == "fine"
    assert {found[6], found[7]} <= {"fine", "NoText", "Unreadable"}


@pytest.mark.attack("F8")
async def test_what_is_something_else_than_it_says_is_refused() -> None:
    found = await outcomes(
        ("a.docx", DOCX, report()),
        ("a.pdf", PDF, word()),
        ("a.xlsx", XLSX, slides()),
        ("a.pptx", PPTX, word()),
        ("a.txt", "text/plain", b"a\0b"),
        ("a.pdf", PDF, b""),
        ("a.docx", DOCX, b""),
    )
    assert found == ["Unreadable"] * 7


@pytest.mark.attack("F10")
@pytest.mark.parametrize("name", ["a.pkl", "a.joblib", "a.pt", "a.npy", "a.parquet", "a.arrow", "a.safetensors"])
async def test_stored_objects_are_never_loaded(name: str) -> None:
    assert await outcome(name, "application/octet-stream", b"\x80\x04cos\nsystem\n") == "UnknownType"


@pytest.mark.attack("F6")
async def test_text_that_nests_or_repeats_without_end_is_read_in_time() -> None:
    found = await outcomes(
        ("a.html", "text/html", b"<div>" * 100_000 + b"fine"),
        ("a.html", "text/html", b"<ul><li>" * 20_000 + b"fine"),
        ("a.html", "text/html", b"<table><tr><td>" * 1_500 + b"fine"),
        ("a.html", "text/html", b"<b>" * 100_000 + b"fine"),
        ("a.json", "application/json", b"[" * 500_000),
        ("a.md", "text/markdown", b"```\n~~~\n" * 100_000 + b"#" * 500_000),
        ("a.csv", "text/csv", b"," * 1_000_000 + b"\nfine"),
        ("a.csv", "text/csv", b'"' * 1_500_001),
    )
    assert found[0] == found[1] == "Unreadable" and "fine" in found[2] and found[3] == "fine"
    assert found[4] == "Unreadable" or found[4].startswith("```json")
    assert found[5].startswith("```") and found[6] in ("fine", "TooLarge") and found[7]


MAKERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "a.pdf": (PDF, report),
    "a.docx": (DOCX, word),
    "a.pptx": (PPTX, slides),
    "a.xlsx": (XLSX, lambda: sheets([["a", 1.0], ["b", 2.0]])),
}


def damaged(content: bytes, chance: random.Random) -> bytes:
    """With some bytes changed, taken out or doubled."""
    told = bytearray(content)
    for _ in range(chance.randint(1, 12)):
        at = chance.randrange(len(told))
        match chance.randrange(4):
            case 0:
                told[at] = chance.randrange(256)
            case 1:
                del told[at : at + chance.randint(1, 60)]
            case 2:
                told[at:at] = told[at : at + chance.randint(1, 300)]
            case _:
                told[at : at + 4] = chance.choice((b"\xff\xff\xff\xff", b"\0\0\0\0", b"\x7f\xff\xff\xff"))
        if not told:
            return b"x"
    return bytes(told)


async def fuzzed(rounds: int) -> None:
    """Damaged documents of each kind end as text or as one of our refusals."""
    chance = random.Random(20261122)
    asked = [(name, kind, damaged(make(), chance)) for name, (kind, make) in MAKERS.items() for _ in range(rounds)]
    for found in await outcomes(*asked):
        assert found


@pytest.mark.attack("F6")
async def test_damaged_documents_are_read_or_refused() -> None:
    await fuzzed(2)


@pytest.mark.attack("F6")
async def test_processor_and_clock_end_what_takes_too_long() -> None:
    slow = ExtractionBounds(seconds=60, processor_seconds=1)
    with pytest.raises(TooLarge):
        await extract("a.html", "text/html", pieces(b"<p>x" * 1_000_000), slow)

    async def never() -> AsyncIterator[bytes]:
        yield b"x"
        await asyncio.sleep(600)

    with pytest.raises(NotReadNow):
        await extract("a.txt", "text/plain", never(), ExtractionBounds(seconds=1.0))
