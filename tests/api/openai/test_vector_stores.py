"""`/v1/vector_stores` by the unmodified SDK of OpenAI and by hand."""

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import msgspec
import openai
import pytest
from openai.types import VectorStore, VectorStoreDeleted, VectorStoreSearchResponse
from openai.types.vector_stores import VectorStoreFile, VectorStoreFileBatch, VectorStoreFileDeleted

from tests.answers.sdk_types import check_as
from tests.api.openai.storing import BURROS, MULAS, PATH, PATIENCE, Stock, stocked
from tests.databases import KINDS
from tests.samples import PNG


@pytest.fixture(params=KINDS)
async def both(request: pytest.FixtureRequest) -> AsyncIterator[Stock]:
    """Over each kind of database."""
    async with stocked(request.param) as stock:
        yield stock


@pytest.fixture
async def stock() -> AsyncIterator[Stock]:
    """On SQLite."""
    async with stocked() as stock:
        yield stock


async def test_a_store_is_made_read_changed_and_deleted_by_the_sdk(stock: Stock) -> None:
    stores = stock.sdk.vector_stores
    made = await stores.create(
        name="Contratos", description="os de 2026", metadata={"a": "b"}, expires_after={"anchor": "last_active_at", "days": 7}
    )
    assert made.id.startswith("vs_") and made.status == "completed" and made.file_counts.total == made.usage_bytes == 0
    assert made.expires_at == (made.last_active_at or 0) + 7 * 86_400 and abs(made.created_at - time.time()) < 60
    assert await stores.retrieve(made.id) == made
    check_as((await stock.client.get(f"{PATH}/{made.id}")).json(), VectorStore)
    changed = await stores.update(made.id, name="Outros", expires_after=None, metadata=None)
    assert (changed.name, changed.expires_after, changed.expires_at, changed.metadata) == ("Outros", None, None, {})
    assert (await stores.update(made.id, name=None)).name == "Outros"
    bare = await stock.client.post(PATH)
    assert bare.status_code == 200 and bare.json()["name"] == "" and bare.json()["metadata"] == {}
    gone = await stock.client.delete(f"{PATH}/{made.id}")
    check_as(gone.json(), VectorStoreDeleted)
    for ask in (stores.retrieve, stores.delete, stores.update):
        with pytest.raises(openai.NotFoundError) as refused:
            await ask(made.id)
        assert refused.value.body == {
            "message": f"No vector store found with id '{made.id}'.",
            "type": "invalid_request_error",
            "param": None,
            "code": "not_found",
        }


async def test_lists_page_in_both_directions(both: Stock) -> None:
    stores = both.sdk.vector_stores
    made = [(await stores.create(name=str(number))).id for number in range(5)]
    assert [store.id async for store in stores.list(limit=2)] == made[::-1]
    assert [store.id async for store in stores.list(limit=2, order="asc")] == made
    page = await stores.list(limit=2, order="asc", before=made[3])
    assert [store.id for store in page.data] == made[1:3] and page.has_more
    page = await stores.list(limit=2, before=made[3])
    assert [store.id for store in page.data] == [made[4]] and not page.has_more
    for name in ("after", "before"):
        refused = await both.client.get(PATH, params={name: "vs_" + "0" * 32})
        assert refused.status_code == 404 and refused.json()["error"]["param"] == name
    ids = [await both.file(f"{number}.png", PNG) for number in range(3)]
    batch = await stores.file_batches.create(made[0], file_ids=ids)
    await both.batch(made[0], batch.id)
    assert [file.id async for file in stores.files.list(made[0], limit=2, order="asc")] == ids
    found = await both.client.get(f"{PATH}/{made[0]}/file_batches/{batch.id}/files", params={"limit": 2, "filter": "failed"})
    assert [each["id"] for each in found.json()["data"]] == ids[:0:-1] and found.json()["has_more"]
    assert [file async for file in stores.files.list(made[0], filter="completed")] == []


async def test_files_are_read_found_described_and_taken_out(both: Stock) -> None:
    stores = both.sdk.vector_stores
    store = await stores.create(name="Bichos")
    burros, mulas = await both.file("burros.md", BURROS), await both.file("mulas.md", MULAS)
    file = await stores.files.create_and_poll(
        burros, vector_store_id=store.id, attributes={"legs": 4, "kind": "burro", "old": True}
    )
    assert file.status == "completed" and file.usage_bytes >= len(BURROS) - 20 and file.last_error is None
    assert file.attributes == {"legs": 4, "kind": "burro", "old": True}
    assert file.chunking_strategy is not None and file.chunking_strategy.type == "static"
    check_as((await both.client.get(f"{PATH}/{store.id}/files/{burros}")).json(), VectorStoreFile)
    strategy: Any = {"type": "static", "static": {"max_chunk_size_tokens": 200, "chunk_overlap_tokens": 50}}
    batch = await stores.file_batches.create_and_poll(
        store.id, files=[{"file_id": mulas, "attributes": {"kind": "mula"}, "chunking_strategy": strategy}]
    )
    assert (batch.status, batch.file_counts.completed, batch.file_counts.total) == ("completed", 1, 1)
    check_as((await both.client.get(f"{PATH}/{store.id}/file_batches/{batch.id}")).json(), VectorStoreFileBatch)
    filled = await stores.retrieve(store.id)
    assert filled.file_counts.completed == 2 and filled.usage_bytes > file.usage_bytes
    found = await both.search(store.id, "Quem e o dono do burro?")
    assert found[0]["file_id"] == burros and found[0]["filename"] == "burros.md" and "Anselmo" in found[0]["content"][0]["text"]
    check_as(found[0], VectorStoreSearchResponse)
    page = await stores.search(store.id, query=["burro", "mula"], max_num_results=5)
    assert {hit.file_id for hit in page.data} == {burros, mulas}
    only = await both.search(store.id, "burro ou mula", filters={"type": "eq", "key": "kind", "value": "mula"})
    assert {hit["file_id"] for hit in only} == {mulas}
    changed = await stores.files.update(burros, vector_store_id=store.id, attributes=None)
    assert changed.attributes == {} and changed.status == "completed"
    content = await stores.files.content(burros, vector_store_id=store.id)
    assert "Anselmo" in (content.data[0].text or "")
    gone = await both.client.delete(f"{PATH}/{store.id}/files/{burros}")
    check_as(gone.json(), VectorStoreFileDeleted)
    assert {hit["file_id"] for hit in await both.search(store.id, "burro")} <= {mulas}
    assert (await both.sdk.files.retrieve(burros)).id == burros
    with pytest.raises(openai.NotFoundError):
        await stores.files.retrieve(burros, vector_store_id=store.id)


async def test_a_batch_whose_files_are_read_never_says_that_it_is_in_progress(stock: Stock) -> None:
    stores = stock.sdk.vector_stores
    store = await stores.create()
    for number in range(10):
        file = await stock.file(f"{number}.md", BURROS)
        batch = await stores.file_batches.create_and_poll(store.id, file_ids=[file], poll_interval_ms=1)
        assert (batch.status, batch.file_counts.completed, batch.file_counts.in_progress) == ("completed", 1, 0)


async def test_a_file_that_can_t_be_read_says_why_and_the_batch_goes_on(stock: Stock) -> None:
    stores = stock.sdk.vector_stores
    store = await stores.create()
    picture, broken, text = [
        await stock.file(name, data) for name, data in (("a.png", PNG), ("b.pdf", b"%PDF-1.7\nnothing"), ("c.md", BURROS))
    ]
    batch = await stores.file_batches.create_and_poll(store.id, file_ids=[picture, broken, text])
    counts = batch.file_counts
    assert (batch.status, counts.failed, counts.completed, counts.in_progress) == ("completed", 2, 1, 0)
    errors = {}
    async for file in stores.file_batches.list_files(batch.id, vector_store_id=store.id, filter="failed"):
        assert file.last_error is not None and file.usage_bytes == 0
        errors[file.id] = file.last_error
    assert errors[picture].code == "unsupported_file" and errors[broken].code == "invalid_file"
    assert "PDF" in errors[picture].message
    features = stock.prosa.system.features
    [[space]] = await stock.prosa.system.people.database.fetch("SELECT space FROM vector_stores")
    run = await features.runs.get(str(space), batch.id.removeprefix("vsfb_"))
    told = [msgspec.json.decode(event.data) for event in await features.runs.log(run)]
    assert [event["type"] for event in told if event["type"] != "ingestion.progress"] == [
        "ingestion.started",
        *["ingestion.file"] * 3,
        "ingestion.completed",
    ]
    assert [event["sequence_number"] for event in told] == list(range(len(told)))


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"name": "x" * 257}, "name"),
        ({"nmae": "x"}, "nmae"),
        ({"metadata": {str(number): "" for number in range(17)}}, "metadata"),
        ({"expires_after": {"anchor": "created_at", "days": 1}}, "expires_after.anchor"),
        ({"expires_after": {"anchor": "last_active_at", "days": 366}}, "expires_after.days"),
        ({"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 99, "chunk_overlap_tokens": 0}}}, None),
        (
            {"chunking_strategy": {"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 51}}},
            "chunking_strategy.static.chunk_overlap_tokens",
        ),
        ({"file_ids": "file-x"}, "file_ids"),
    ],
)
async def test_a_body_that_is_none_is_refused_and_names_the_field(stock: Stock, body: dict[str, Any], param: str | None) -> None:
    refused = await stock.client.post(PATH, json=body)
    assert refused.status_code == 400, refused.text
    assert param is None or refused.json()["error"]["param"] == param


async def test_files_that_are_not_there_are_refused_and_nothing_is_attached(stock: Stock) -> None:
    store = await stock.sdk.vector_stores.create()
    there, nowhere = await stock.file("a.md", BURROS), "file-" + "0" * 32
    for body in ({"file_ids": [there, nowhere]}, {"files": [{"file_id": there}, {"file_id": "nonsense"}]}):
        refused = await stock.client.post(f"{PATH}/{store.id}/file_batches", json=body)
        assert refused.status_code == 404, refused.text
    assert (await stock.client.post(PATH, json={"file_ids": [there, nowhere]})).status_code == 404
    assert (await stock.client.post(f"{PATH}/{store.id}/files", json={"file_id": nowhere})).status_code == 404
    for wrong in ({}, {"file_ids": list[str](), "files": list[str]()}, {"file_ids": list[str]()}):
        assert (await stock.client.post(f"{PATH}/{store.id}/file_batches", json=wrong)).status_code == 400
    assert (await stock.sdk.vector_stores.retrieve(store.id)).file_counts.total == 0
    assert len((await stock.sdk.vector_stores.list()).data) == 1


async def test_a_search_that_is_none_is_refused(stock: Stock) -> None:
    store = await stock.sdk.vector_stores.create()
    for body, param in (
        ({"query": ""}, "query"),
        ({"query": []}, "query"),
        ({"query": "x" * 10_001}, "query"),
        ({"query": "x", "max_num_results": 51}, "max_num_results"),
        ({"query": "x", "filters": {"type": "eq"}}, "filters.key"),
        ({"query": "x", "ranking_options": {"ranker": "best"}}, "ranking_options.ranker"),
    ):
        refused = await stock.client.post(f"{PATH}/{store.id}/search", json=body)
        assert refused.status_code == 400 and refused.json()["error"]["param"] == param, refused.text


async def test_a_repeated_request_makes_one_store(stock: Stock) -> None:
    file = await stock.file("a.md", BURROS)
    twice = [await stock.client.post(PATH, json={"file_ids": [file]}, headers={"Idempotency-Key": "once"}) for _ in range(2)]
    assert twice[0].json()["id"] == twice[1].json()["id"]
    await stock.settled(twice[0].json()["id"])
    assert len((await stock.sdk.vector_stores.list()).data) == 1


async def test_another_model_embeds_what_was_read_anew_in_the_background(stock: Stock) -> None:
    store = await stock.store(burros=BURROS)
    stores, database = stock.sdk.vector_stores, stock.prosa.system.people.database
    before = await stores.retrieve(store)
    assert before.model_dump()["prosa"] == {"description": None, "embedding_model": "mock-embedding"}

    async def until(model: str | None) -> int:
        async with asyncio.timeout(PATIENCE):
            while True:
                if await database.fetch("SELECT model FROM vector_store_files") == [(model,)]:
                    break
                await asyncio.sleep(0.01)
        return (await stores.retrieve(store)).usage_bytes

    await stores.update(store, extra_body={"prosa": {"embedding_model": None}})
    assert await until(None) < before.usage_bytes
    assert "Anselmo" in (await stock.search(store, "dono do burro"))[0]["content"][0]["text"]
    await stores.update(store, extra_body={"prosa": {"embedding_model": "mock-embedding"}})
    assert await until("mock-embedding") == before.usage_bytes
    assert (await stock.search(store, "dono do burro"))[0]["score"] > 0
    refused = await stock.client.post(f"{PATH}/{store}", json={"prosa": {"embedding_model": "nothing-like-it"}})
    assert refused.status_code == 404 and refused.json()["error"]["code"] == "model_not_found"
    assert (await stores.retrieve(store)).model_dump()["prosa"]["embedding_model"] == "mock-embedding"
