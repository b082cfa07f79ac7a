"""`/v1/files` with forms that mean no good, by raw sockets: bounded, a 4xx, and nothing left."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from prosa.boot.protocol import Bounds
from tests.samples import HTML, PDF, PNG, TEXT, gif, jpeg, png_head
from tests.serving import Running, running

PART = b'--b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n'
FILE = b'--b\r\nContent-Disposition: form-data; name="file"; filename="%b"\r\nContent-Type: %b\r\n\r\n%b\r\n'
TAIL = PART % (b"purpose", b"user_data") + b"--b--\r\n"


@pytest.fixture
async def prosa() -> AsyncIterator[Running]:
    async with running({"PROSA_MAX_FILE_MB": "1"}, bounds=Bounds(header_seconds=1.0, body_seconds=1.0)) as found:
        yield found


async def told(prosa: Running, head: bytes, *pieces: bytes) -> tuple[int, dict[str, object]]:
    """Status and body of the answer to `POST /v1/files` with these header lines and pieces of a body."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(prosa.base.rpartition(":")[2]))
    try:
        writer.write(b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n")
        with contextlib.suppress(ConnectionError):
            for piece in pieces:
                writer.write(piece)
                await writer.drain()
        answer = await reader.readuntil(b"\r\n\r\n")
        length = int(next(line for line in answer.lower().split(b"\r\n") if line.startswith(b"content-length:")).split(b":")[1])
        return int(answer.split()[1]), json.loads(await reader.readexactly(length))
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def form(body: bytes, *, length: bytes | None = None) -> tuple[bytes, bytes]:
    said = length or str(len(body)).encode()
    return b"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: " + said + b"\r\n", body


def left(prosa: Running) -> list[str]:
    """What lies in the folder of contents."""
    return [path.name for path in (prosa.data / "blobs").rglob("*") if path.is_file()]


def code(answer: dict[str, object]) -> object:
    error = answer["error"]
    assert isinstance(error, dict)
    return error["code"]


@pytest.mark.attack("F9")
@pytest.mark.parametrize("length", [b"-1", b"-0", b"+5", b"1e3", b"0x10", b"99999999999999999999", b"5, 5"])
async def test_a_length_that_is_none_is_refused(prosa: Running, length: bytes) -> None:
    status, _ = await told(prosa, *form(b"--b", length=length))
    assert status in (400, 413)


@pytest.mark.attack("F9")
async def test_a_body_without_a_length_is_a_form_like_any_other(prosa: Running) -> None:
    body = FILE % (b"a.pdf", b"application/pdf", PDF) + TAIL
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(body[at : at + 50]), body[at : at + 50]) for at in range(0, len(body), 50))
    head = b"Content-Type: multipart/form-data; boundary=b\r\nTransfer-Encoding: chunked\r\n"
    status, made = await told(prosa, head, chunks + b"0\r\n\r\n")
    assert status == 200 and made["bytes"] == len(PDF)
    status, refused = await told(prosa, b"Content-Type: multipart/form-data; boundary=b\r\n")
    assert (status, code(refused)) == (400, "malformed_form")


@pytest.mark.attack("F9")
async def test_a_million_parts_end_with_the_twenty_first(prosa: Running) -> None:
    body = (PART % (b"x", b"")) * 1_000_000
    began = time.monotonic()
    status, refused = await told(prosa, form(body[:900_000])[0], *_pieces(body[:900_000]))
    assert (status, code(refused)) == (400, "malformed_form") and time.monotonic() - began < 2


@pytest.mark.attack("F7")
@pytest.mark.parametrize("purpose", [b"vision", b"user_data", b"assistants"])
async def test_an_image_that_unfolds_to_gigabytes_is_refused(prosa: Running, purpose: bytes) -> None:
    for content, name in ((png_head(100_000, 100_000), b"a.png"), (gif(60_000, 60_000), b"a.gif"), (jpeg(1, 65_000), b"a.jpg")):
        body = FILE % (name, b"application/octet-stream", content) + PART % (b"purpose", purpose) + b"--b--\r\n"
        status, refused = await told(prosa, *form(body))
        assert (status, code(refused)) == (400, "image_too_large") and "pixels" in str(refused)
    assert left(prosa) == []


def _pieces(data: bytes) -> Iterator[bytes]:
    return (data[at : at + 65536] for at in range(0, len(data), 65536))


@pytest.mark.attack("F9")
async def test_a_body_that_comes_too_slowly_is_ended_and_leaves_nothing(prosa: Running) -> None:
    head, body = form(FILE % (b"a.pdf", b"application/pdf", PDF * 2000) + TAIL)
    began = time.monotonic()
    status, _ = await told(prosa, head, body[:100_000])
    assert status == 408 and time.monotonic() - began < 8
    await _settled(prosa)


async def _settled(prosa: Running, *, some: bool = False) -> None:
    """Wait until nothing, or `some`thing, lies in the folder of contents."""
    for _ in range(500):
        if bool(left(prosa)) is some:
            return
        await asyncio.sleep(0.01)
    raise AssertionError(left(prosa))


@pytest.mark.attack("F9")
async def test_a_client_that_leaves_leaves_nothing(prosa: Running) -> None:
    head, body = form(FILE % (b"a.pdf", b"application/pdf", PDF * 2000) + TAIL)
    _, writer = await asyncio.open_connection("127.0.0.1", int(prosa.base.rpartition(":")[2]))
    writer.write(b"POST /v1/files HTTP/1.1\r\nHost: localhost\r\n" + head + b"\r\n" + body[:150_000])
    await _settled(prosa, some=True)
    writer.close()
    await _settled(prosa)


@pytest.mark.attack("F8", "F9")
@pytest.mark.parametrize(
    ("body", "named", "field"),
    [
        (FILE % (b"a.txt", b"text/plain", b"") + TAIL, "empty_file", "file"),
        (TAIL, "invalid_request", "file"),
        (PART % (b"file", PDF) + TAIL, "invalid_request", "file"),
        (FILE % (b"a.pdf", b"application/pdf", PDF) * 2 + TAIL, "invalid_request", "file"),
        (FILE % (b"a.pdf", b"application/pdf", PDF) + PART % (b"purpose", b"batch") + TAIL, "invalid_request", "purpose"),
        (FILE % (b"a.png", b"image/png", HTML) + TAIL, "file_type_mismatch", "file"),
        (FILE % (b"a%0D%0Ab.pdf", b"application/pdf", PDF) + TAIL, "invalid_request", "file"),
        (FILE % (b"a.pdf", b"application/pdf", PDF) + PART % (b"purpose", b"x" * 5000) + TAIL, "malformed_form", None),
        (
            PART % (b"expires_after[seconds]", b"1e9") + FILE % (b"a.txt", b"", TEXT) + TAIL,
            "invalid_request",
            "expires_after.anchor",
        ),
        (
            PART % (b"expires_after[anchor]", b"created_at")
            + PART % (b"expires_after[seconds]", b"9" * 100)
            + FILE % (b"a.txt", b"", TEXT)
            + TAIL,
            "invalid_request",
            "expires_after.seconds",
        ),
        (
            PART % (b"expires_after[anchor]", b"created_at")
            + PART % (b"expires_after[seconds]", "٣٦٠٠".encode())  # digits, but not those of the protocol
            + FILE % (b"a.txt", b"", TEXT)
            + TAIL,
            "invalid_request",
            "expires_after.seconds",
        ),
        (FILE % (b"a.bin", b"", b"\0" * 1_048_577) + TAIL, "file_too_large", "file"),
        (FILE % (b"a.bin", b"", b"\0" * 3_000_000) + TAIL, "payload_too_large", None),
    ],
)
async def test_a_form_that_asks_for_the_impossible_is_refused_and_leaves_nothing(
    prosa: Running, body: bytes, named: str, field: str | None
) -> None:
    status, refused = await told(prosa, form(body)[0], *_pieces(body))
    assert (status, code(refused)) == (413 if named.endswith("too_large") else 400, named)
    assert isinstance(refused["error"], dict) and refused["error"]["param"] == field
    assert left(prosa) == []
    assert await prosa.system.people.database.fetch("SELECT * FROM files") == []


@pytest.mark.attack("F3")
async def test_a_path_or_an_address_that_is_sent_means_nothing(prosa: Running) -> None:
    more = b"".join(PART % (name, b"/etc/passwd") for name in (b"path", b"url", b"id", b"blob", b"space"))
    status, made = await told(prosa, *form(more + FILE % (b"../../x.pdf", b"", PDF) + TAIL))
    assert status == 200 and made["filename"] == "x.pdf"
    (name,) = left(prosa)
    assert "x" not in name and str(made["id"]).removeprefix("file-") not in name


@pytest.mark.attack("F2")
@pytest.mark.parametrize("tail", ["..%2f..%2fprosa.db", "%2e%2e/%2e%2e/prosa.db", "file-..%5c..%5cx", "file-%c0%ae%c0%ae", "%00"])
async def test_no_path_leads_out_of_the_folder(prosa: Running, tail: str) -> None:
    async with httpx2.AsyncClient(base_url=prosa.base) as client:
        for path in (f"/v1/files/{tail}", f"/v1/files/{tail}/content"):
            answer = await client.get(path)
            assert answer.status_code == 404 and b"SQLite" not in answer.content


async def test_a_full_disk_is_507_and_the_server_heals(prosa: Running) -> None:
    from tests.drivers.blobs.test_blobs import small_disk

    async with httpx2.AsyncClient(base_url=prosa.base) as client:
        form = {"files": {"file": ("a.png", PNG + bytes(900_000))}, "data": {"purpose": "user_data"}}
        with small_disk(500_000):
            answer = await client.post("/v1/files", **form)  # type: ignore[arg-type]  # one form twice
        assert answer.status_code == 507 and answer.json()["error"]["code"] == "storage_full"
        assert left(prosa) == []
        assert (await client.post("/v1/files", **form)).status_code == 200  # type: ignore[arg-type]  # likewise
