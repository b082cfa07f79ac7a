"""Reading documents: what a PDF of a thousand pages costs, and what others feel of it."""

import asyncio
import resource
import statistics
import threading
import time
import zlib
from collections.abc import AsyncIterator
from typing import Final

from bench.cases import Case
from bench.measures import Figures
from bench.stage import Stage
from prosa.drivers.documents import extract
from prosa.knowledge.extraction import Chunking, chunks

PAGES: Final = 1_000
LINES: Final = 45  # of a page
_RATE: Final = ("--connections", "32", "--rate", "200")
_WORDS: Final = "the owner of every mill keeps a book in which the corn is written down that comes and goes".split()  # noqa: SIM905  # as one reads them


def read(stage: Stage) -> Figures:
    """CPU of a thousand pages, here and in the process that reads them; and by how much it lengthens other calls."""
    content = document(PAGES)
    before, own = _children(), time.process_time()
    extracted = asyncio.run(extract("book.pdf", "application/pdf", _pieces(content)))
    figures = {"read_pdf_cpu_s": _children() - before, "read_pdf_own_cpu_ms": (time.process_time() - own) * 1000}
    begun = time.process_time()
    chunks(extracted, Chunking())
    figures["read_pdf_chunks_cpu_ms"] = (time.process_time() - begun) * 1000
    return figures | _felt(stage, content)


READING: dict[str, Case] = {"read": read}


def _felt(stage: Stage, content: bytes) -> Figures:
    """The same load without and with a document that is read meanwhile, in turn; the median of how they compare."""
    ratios, quiet = [], []
    with stage.running():
        stage.warm_up()
        for _ in range(stage.sizes.rounds):
            alone, _cpu = stage.measured(*_RATE, "--seconds", str(stage.sizes.seconds))
            over = threading.Event()
            reader = threading.Thread(target=_reading, args=(content, over))
            reader.start()
            try:
                beside, _cpu = stage.measured(*_RATE, "--seconds", str(stage.sizes.seconds))
            finally:
                over.set()
                reader.join()
            quiet.append(alone.latency.p99)
            ratios.append(beside.latency.p99 / alone.latency.p99)
    return {"read_p99_alone_ms": statistics.median(quiet), "read_p99_ratio": statistics.median(ratios)}


def _reading(content: bytes, over: threading.Event) -> None:
    while not over.is_set():
        asyncio.run(extract("book.pdf", "application/pdf", _pieces(content)))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for at in range(0, len(content), 1 << 16):
        yield content[at : at + (1 << 16)]


def document(pages: int) -> bytes:
    """A PDF with a heading, forty-four lines and a ruled table of four cells on every page."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * page) for page in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%b] >>" % (pages, kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for page in range(pages):
        drawn = zlib.compress(_page(page))
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>"
            % (5 + 2 * page)
        )
        objects.append(b"<< /Length %d /Filter /FlateDecode >>\nstream\n%b\nendstream" % (len(drawn), drawn))
    out, places = bytearray(b"%PDF-1.7\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return bytes(out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start))


def _page(number: int) -> bytes:
    lines = [f"BT /F 18 Tf 60 800 Td (Chapter {number}) Tj ET"]
    for line in range(LINES - 1):
        words = " ".join(_WORDS[(number * 7 + line * 5 + at) % len(_WORDS)] for at in range(14))
        lines.append(f"BT /F 10 Tf 60 {780 - 15 * line} Td ({words} {number * LINES + line}) Tj ET")
    for x, y in ((60, 60), (260, 60), (60, 40), (260, 40)):
        lines.append(f"{x} {y} 200 20 re S BT /F 10 Tf {x + 4} {y + 6} Td (cell {x} {y}) Tj ET")
    return "\n".join(lines).encode()
