"""Reading documents: what a PDF of a thousand pages costs, and what others feel of it."""

import asyncio
import http.client
import resource
import statistics
import threading
import time
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager, nullcontext
from typing import Final

import msgspec

from bench.cases import Case
from bench.compile import BenchError
from bench.measures import Figures
from bench.stage import Stage
from prosa.drivers.documents import extract
from prosa.knowledge.extraction import Chunking, chunks

PAGES: Final = 1_000
LINES: Final = 45  # of a page
_FELT_PAGES: Final = 200  # of each document that others feel: so many of them are read that all that is done is among it
_RATE: Final = ("--connections", "32", "--rate", "200")
_WORDS: Final = "the owner of every mill keeps a book in which the corn is written down that comes and goes".split()  # noqa: SIM905  # as one reads them


def read(stage: Stage) -> Figures:
    """CPU of a thousand pages, here and in the process that reads them; and by how much it lengthens other calls."""
    content = document(PAGES)
    before, own = _children(), time.process_time()
    extracted = asyncio.run(extract("book.pdf", "application/pdf", _pieces(content)))
    figures = {"read_pdf_cpu_s": _children() - before, "read_pdf_own_cpu_ms": (time.process_time() - own) * 1000}
    begun = time.process_time()
    list(chunks(extracted, Chunking()))
    figures["read_pdf_chunks_cpu_ms"] = (time.process_time() - begun) * 1000
    return figures | _felt(stage)


READING: dict[str, Case] = {"read": read}


def _felt(stage: Stage) -> Figures:
    """The same load without and with documents that the server reads into vector stores meanwhile, in turn; the median of how
    they compare."""
    ratios, quiet, beside = [], [], []
    with stage.running():
        stage.warm_up()
        reading = Ingestion(stage, document(_FELT_PAGES))
        reading.one()  # what is loaded at the first use is there
        for turn in range(stage.sizes.rounds):
            found = {}
            for busy in (False, True)[:: -1 if turn % 2 else 1]:
                with reading.going_on() if busy else nullcontext():
                    measured, _cpu = stage.measured(*_RATE, "--seconds", str(stage.sizes.seconds))
                found[busy] = measured.latency.p99
            quiet.append(found[False])
            beside.append(found[True])
            ratios.append(found[True] / found[False])
    return {
        "read_p99_alone_ms": statistics.median(quiet),
        "read_p99_beside_ms": statistics.median(beside),
        "read_p99_ratio": statistics.median(ratios),
        "read_beside_files": reading.count,
    }


class Ingestion:
    """Reads one document into one new vector store after the other, by the server that is measured."""

    def __init__(self, stage: Stage, content: bytes) -> None:
        self._stage = stage
        self._file = self._uploaded(content)
        self.count = 0

    def one(self) -> None:
        """From the request to the end of the reading. Raises BenchError where it fails."""
        store = self._asked("POST", "/vector_stores", {}).id
        self._asked("POST", f"/vector_stores/{store}", {"prosa": {"embedding_model": None}})  # words alone
        self._asked("POST", f"/vector_stores/{store}/files", {"file_id": self._file})
        while (found := self._asked("GET", f"/vector_stores/{store}/files/{self._file}")).status == "in_progress":
            time.sleep(0.1)
        if found.status != "completed":
            raise BenchError(f"the document was not read: {found.status} {found.last_error}")
        self.count += 1

    @contextmanager
    def going_on(self) -> Iterator[None]:
        """Meanwhile; what is being read at the end is read to its end."""
        over, failed = threading.Event(), list[BenchError]()

        def work() -> None:
            try:
                while not over.is_set():
                    self.one()
            except BenchError as error:
                failed.append(error)

        reader = threading.Thread(target=work)
        reader.start()
        try:
            yield
        finally:
            over.set()
            reader.join()
        if failed:
            raise failed[0]

    def _uploaded(self, content: bytes) -> str:
        mark = "bench-boundary"
        fields = f'--{mark}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nassistants\r\n'
        head = f'--{mark}\r\nContent-Disposition: form-data; name="file"; filename="book.pdf"\r\n'
        body = f"{fields}{head}Content-Type: application/pdf\r\n\r\n".encode() + content + f"\r\n--{mark}--\r\n".encode()
        return self._told("POST", "/files", body, f"multipart/form-data; boundary={mark}").id

    def _asked(self, method: str, path: str, body: object = None) -> "_Told":
        return self._told(method, path, None if body is None else msgspec.json.encode(body), "application/json")

    def _told(self, method: str, path: str, body: bytes | None, kind: str) -> "_Told":
        aim = self._stage.aim
        connection = http.client.HTTPConnection("127.0.0.1", aim.port, timeout=60)
        try:
            connection.request(method, aim.prefix + path, body, {"authorization": f"Bearer {aim.key}", "content-type": kind})
            answer = connection.getresponse()
            told = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise BenchError(f"{path}: {answer.status} {told[:200]!r}")
        return msgspec.json.decode(told, type=_Told)


class _Told(msgspec.Struct):
    id: str
    status: str = ""
    last_error: object = None


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
