"""`/v1/files` by the unmodified SDK of OpenAI and by hand, over both kinds of database."""

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator

import httpx2
import openai
import pytest

from prosa.files import FileKeeper
from tests.databases import KINDS, an_address, environment
from tests.samples import HTML, PDF, PNG, SVG, TEXT
from tests.serving import Running, running, serving

JSONL = b'{"custom_id": "a"}\n{"custom_id": "b"}\n'


def sdk_of(base: str) -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-anything", max_retries=0, _strict_response_validation=True)


@pytest.fixture(params=KINDS)
async def prosa(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    """A running prosa over each kind of database."""
    with an_address(request.param) as address:
        async with running(environment(address) if request.param == "postgresql" else {}) as found:
            yield found


@pytest.fixture
async def sdk(prosa: Running) -> AsyncIterator[openai.AsyncOpenAI]:
    """OpenAI's own client, strict about what it gets."""
    async with sdk_of(prosa.base) as client:
        yield client


@pytest.fixture
async def client() -> AsyncIterator[httpx2.AsyncClient]:
    """A client of a running prosa on SQLite, of somebody without a key."""
    async with serving() as base, httpx2.AsyncClient(base_url=base, timeout=30) as found:
        yield found


async def uploaded(client: httpx2.AsyncClient, name: str, content: bytes, purpose: str = "user_data") -> httpx2.Response:
    return await client.post("/v1/files", files={"file": (name, content)}, data={"purpose": purpose})


async def test_a_file_is_stored_listed_read_and_deleted_by_the_sdk(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.files.create(file=("Relatório “final”.pdf", PDF), purpose="user_data")
    assert made.id.startswith("file-") and made.bytes == len(PDF) and made.filename == "Relatório “final”.pdf"
    assert abs(made.created_at - time.time()) < 60 and made.expires_at is None and made.status == "processed"
    assert await sdk.files.retrieve(made.id) == made
    assert [file.id async for file in sdk.files.list()] == [made.id]
    assert (await sdk.files.content(made.id)).content == PDF
    gone = await sdk.files.delete(made.id)
    assert gone.id == made.id and gone.deleted is True
    for ask in (sdk.files.retrieve, sdk.files.content, sdk.files.delete):
        with pytest.raises(openai.NotFoundError) as refused:
            await ask(made.id)
        assert refused.value.code == "not_found"
    assert [file async for file in sdk.files.list()] == []


async def test_the_synchronous_sdk_does_as_well(prosa: Running) -> None:
    def work() -> bytes:
        with openai.OpenAI(base_url=f"{prosa.base}/v1", api_key="sk-anything", max_retries=0) as sdk:
            made = sdk.files.create(file=("a.png", PNG), purpose="vision")
            return sdk.files.content(made.id).content

    assert await asyncio.to_thread(work) == PNG


async def test_lists_page_in_both_orders_and_by_purpose(sdk: openai.AsyncOpenAI) -> None:
    made = [await sdk.files.create(file=(f"{number}.jsonl", JSONL), purpose="fine-tune") for number in range(5)]
    other = await sdk.files.create(file=("x.txt", TEXT), purpose="assistants")
    ids = [file.id for file in made]
    assert [file.id async for file in sdk.files.list(order="asc", limit=2)] == [*ids, other.id]
    assert [file.id async for file in sdk.files.list(limit=2)] == [other.id, *reversed(ids)]
    page = await sdk.files.list(purpose="fine-tune", order="asc", after=ids[2], limit=10)
    assert [file.id for file in page.data] == ids[3:] and page.has_more is False
    with pytest.raises(openai.NotFoundError) as refused:
        await sdk.files.list(after="file-" + "0" * 32)
    assert refused.value.param == "after"
    with pytest.raises(openai.BadRequestError) as wrong:
        await sdk.files.list(limit=0)
    assert wrong.value.param == "limit"
    for nothing in ("picture", "none", "\0"):
        assert (await sdk.files.list(purpose=nothing)).data == []


async def test_a_file_ends_when_its_time_is_over(sdk: openai.AsyncOpenAI, prosa: Running) -> None:
    made = await sdk.files.create(
        file=("a.txt", TEXT), purpose="user_data", expires_after={"anchor": "created_at", "seconds": 3600}
    )
    assert made.expires_at == made.created_at + 3600
    batch = await sdk.files.create(file=("b.jsonl", JSONL), purpose="batch")
    assert batch.expires_at == batch.created_at + 30 * 86_400
    for seconds in (3599, 2_592_001):
        with pytest.raises(openai.BadRequestError) as refused:
            await sdk.files.create(
                file=("a.txt", TEXT), purpose="user_data", expires_after={"anchor": "created_at", "seconds": seconds}
            )
        assert refused.value.param == "expires_after.seconds"
    async with prosa.system.people.database.writing() as connection:
        await connection.exec_driver_sql("UPDATE files SET expires_at = 1 WHERE purpose = 'user_data'")
    with pytest.raises(openai.NotFoundError):
        await sdk.files.retrieve(made.id)
    await FileKeeper(prosa.system.features.files).look()
    assert await prosa.system.people.database.fetch("SELECT purpose FROM files") == [("batch",)]


@pytest.mark.attack("F13")
async def test_what_is_deleted_is_gone_from_the_disk_and_from_the_database(sdk: openai.AsyncOpenAI, prosa: Running) -> None:
    made = await sdk.files.create(file=("a.pdf", PDF), purpose="user_data")
    kept = [path for path in (prosa.data / "blobs").rglob("*") if path.is_file()]
    parts = await prosa.system.people.database.fetch("SELECT data FROM blob_parts")
    assert [path.read_bytes() for path in kept] + [data for (data,) in parts] == [PDF]
    assert all(path.stat().st_mode & 0o077 == 0 for path in [prosa.data / "blobs", *kept] if path.exists())
    await sdk.files.delete(made.id)
    assert [path for path in (prosa.data / "blobs").rglob("*") if path.is_file()] == []
    for table in ("files", "blob_parts", "blobs_gone"):
        assert await prosa.system.people.database.fetch(f"SELECT * FROM {table}") == []


async def test_large_files_stream_both_ways_and_may_be_larger_than_other_bodies(prosa: Running, sdk: openai.AsyncOpenAI) -> None:
    content = bytes(range(256)) * 4096 * 12 + b"the end"  # 12 MB: other bodies end at 10
    made = await sdk.files.create(file=("large.bin", content), purpose="user_data")
    async with sdk.files.with_streaming_response.content(made.id) as answer:
        digest = hashlib.sha256()
        async for piece in answer.iter_bytes():
            digest.update(piece)
    assert digest.digest() == hashlib.sha256(content).digest()
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        place = 300_000
        part = await client.get(f"/v1/files/{made.id}/content", headers={"Range": f"bytes={place}-{place + 599_999}"})
        assert (part.status_code, part.content) == (206, content[place : place + 600_000])
        assert part.headers["content-range"] == f"bytes {place}-{place + 599_999}/{len(content)}"
        last = await client.get(f"/v1/files/{made.id}/content", headers={"Range": "bytes=-7"})
        assert (last.status_code, last.content) == (206, b"the end")


@pytest.mark.attack("E5", "K5")
@pytest.mark.parametrize(
    ("name", "content"), [("a.html", HTML), ("a.svg", SVG), ("a.xml", b"<?xml version='1.0'?><a/>"), ("a.js", b"alert(1)")]
)
async def test_content_is_never_shown_as_a_page(client: httpx2.AsyncClient, name: str, content: bytes) -> None:
    made = (await uploaded(client, name, content)).json()
    answer = await client.get(f"/v1/files/{made['id']}/content", headers={"Accept": "text/html"})
    assert answer.content == content
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"].startswith("sandbox;")
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.attack("J14")
async def test_ranges_are_few_and_exact(client: httpx2.AsyncClient) -> None:
    made = (await uploaded(client, "a.txt", b"0123456789")).json()
    where = f"/v1/files/{made['id']}/content"

    async def ranged(value: str, **more: str) -> httpx2.Response:
        return await client.get(where, headers={"Range": value} | more)

    two = await ranged("bytes=0-1, 8-")
    assert two.status_code == 206 and two.headers["content-type"].startswith("multipart/byteranges; boundary=")
    assert b"Content-Range: bytes 0-1/10\r\n\r\n01\r\n" in two.content and b"\r\n\r\n89\r\n" in two.content
    many = await ranged("bytes=" + ",".join(f"{n}-{n}" for n in range(6)))
    assert many.status_code == 416 and many.json()["error"]["code"] == "range_not_satisfiable"
    assert (await ranged("bytes=" + ",".join(["0-"] * 10_000))).status_code == 416
    assert (await ranged("bytes=0-,0-")).status_code == 416  # more bytes than there are
    assert (await ranged("bytes=10-")).status_code == 416
    for meaningless in ("bytes=5-2", "bytes=-", "lines=0-1", "bytes=a-b", "bytes=0-1,"):
        whole = await ranged(meaningless)
        assert (whole.status_code, whole.content) == (200, b"0123456789")
    tag = (await client.get(where)).headers["etag"]
    assert (await ranged("bytes=0-0", **{"If-Range": tag})).status_code == 206
    assert (await ranged("bytes=0-0", **{"If-Range": '"another"'})).status_code == 200


async def test_a_repeated_upload_is_one_file(client: httpx2.AsyncClient) -> None:
    key = {"Idempotency-Key": "the same"}
    form = {"files": {"file": ("a.pdf", PDF)}, "data": {"purpose": "user_data"}, "headers": key}
    first, second = await client.post("/v1/files", **form), await client.post("/v1/files", **form)  # type: ignore[arg-type]  # one form twice
    assert first.status_code == second.status_code == 200 and first.json() == second.json()
    other = await client.post("/v1/files", files={"file": ("b.pdf", PDF)}, data={"purpose": "user_data"}, headers=key)
    assert other.status_code == 422
    refusal = {"Idempotency-Key": "a refused one"}
    for content, status in ((b"", 400), (b"", 400), (PDF, 422)):
        answer = await client.post(
            "/v1/files", files={"file": ("a.pdf", content)}, data={"purpose": "user_data"}, headers=refusal
        )
        assert answer.status_code == status
    assert len((await client.get("/v1/files")).json()["data"]) == 1


async def test_a_purpose_must_be_one_that_uploads_can_have(client: httpx2.AsyncClient) -> None:
    for purpose in ("", "picture", "batch_output", "none"):
        refused = await uploaded(client, "a.txt", TEXT, purpose)
        assert refused.status_code == 400 and refused.json()["error"]["param"] == "purpose"
    assert (await client.post("/v1/files", files={"file": ("a.txt", TEXT)})).json()["error"]["param"] == "purpose"
    vision = await uploaded(client, "a.txt", TEXT, "vision")
    assert vision.status_code == 400 and vision.json()["error"]["code"] == "file_type_mismatch"
    assert (await client.get("/v1/files")).json()["data"] == []
