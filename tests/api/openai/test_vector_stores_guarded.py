"""Vector stores against others, against too much, and against what is to be gone and isn't."""

import asyncio
from typing import Any

import pytest

from prosa.identity import OPERATOR, NewKey, Reach, Scope
from prosa.kit import moments
from prosa.knowledge import ChunkIndex, Emptying, Grant, Inquiry, VectorStoreNotFound
from tests.api.openai.stored import person
from tests.api.openai.storing import BURROS, MULAS, PATH, PATIENCE, Stock, sdk_of, stocked
from tests.databases import KINDS
from tests.privacy.canaries import rows_with

CANARY = "canarioxq7"
SECRET = f"# Notas\n\nO {CANARY} dorme na gaiola.\n"


ENTRIES: tuple[tuple[str, str, Any], ...] = (
    ("GET", "/{store}", None),
    ("POST", "/{store}", {"name": "mine"}),
    ("DELETE", "/{store}", None),
    ("POST", "/{store}/search", {"query": CANARY}),
    ("GET", "/{store}/files", None),
    ("GET", "/{store}/files/{file}", None),
    ("POST", "/{store}/files/{file}", {"attributes": {}}),
    ("DELETE", "/{store}/files/{file}", None),
    ("GET", "/{store}/files/{file}/content", None),
    ("GET", "/{store}/file_batches/{batch}", None),
    ("POST", "/{store}/file_batches/{batch}/cancel", None),
    ("GET", "/{store}/file_batches/{batch}/files", None),
    ("GET", "/{own}/files/{file}", None),
    ("GET", "/{own}/file_batches/{batch}", None),
)


async def emptied(stock: Stock) -> None:
    """Have the job done that takes away what is marked."""
    people = stock.prosa.system.people
    emptying = Emptying(people.database, people.journal, ChunkIndex(people.database, people.journal, people.clock), people.clock)
    while await emptying.due():
        await emptying.look()


@pytest.mark.attack("A2")
@pytest.mark.attack("A4")
async def test_what_is_others_is_as_if_it_were_not_there() -> None:
    async with stocked() as stock:
        (_, ana), (_, bia) = await person(stock.prosa, "ana@example.com"), await person(stock.prosa, "bia@example.com")
        async with sdk_of(stock.prosa.base, ana["Authorization"][7:]) as sdk:
            mine = Stock(stock.prosa, stock.client, sdk)
            file = await mine.file("burros.md", SECRET)
            store = await sdk.vector_stores.create(name="Bichos")
            batch = await sdk.vector_stores.file_batches.create_and_poll(store.id, file_ids=[file])
            assert batch.file_counts.completed == 1
        own = (await stock.client.post(PATH, headers=bia)).json()["id"]
        nobodys = "0" * 32

        async def answer(method: str, path: str, ids: tuple[str, str, str], body: Any) -> tuple[int, str]:
            store_id, file_id, batch_id = ids
            at = path.format(store=store_id, file=file_id, batch=batch_id)
            found = await stock.client.request(method, PATH + at, json=body, headers=bia)
            text = found.text
            for id in ids:
                text = text.replace(id, "…")
            return found.status_code, text

        for method, path, body in ENTRIES:
            path = path.replace("{own}", own)
            theirs = await answer(method, path, (store.id, file, batch.id), body)
            assert theirs[0] == 404 and CANARY not in theirs[1], (method, path, theirs)
            assert theirs == await answer(method, path, (f"vs_{nobodys}", f"file-{nobodys}", f"vsfb_{nobodys}"), body)
        bodies: dict[str, Any] = {
            f"/{own}/files": {"file_id": file},
            f"/{own}/file_batches": {"file_ids": [file]},
            "": {"file_ids": [file]},
        }
        for path, body in bodies.items():
            assert (await stock.client.post(PATH + path, json=body, headers=bia)).status_code == 404
        assert (await stock.client.get(f"{PATH}/{own}", headers=bia)).json()["file_counts"]["total"] == 0
        assert len((await stock.client.get(PATH, headers=bia)).json()["data"]) == 1


async def test_a_grant_reaches_the_stores_that_it_names_and_no_others() -> None:
    async with stocked() as stock:
        stores = stock.prosa.system.features.stores
        mine, other = await stock.store(burros=BURROS), await stock.store(mulas=MULAS)
        space = (await stores.files._parts.database.fetch("SELECT space FROM vector_stores LIMIT 1"))[0][0]
        grants = [Grant(str(space), (mine.removeprefix("vs_"),))]
        found = await stores.search(grants, Inquiry(("burro mula",), None))
        assert {hit.file.store_id for hit in found} == {mine.removeprefix("vs_")}
        with pytest.raises(VectorStoreNotFound):
            await stores.search([Grant("somebody else", (other.removeprefix("vs_"),))], Inquiry(("mula",), None))


async def test_a_key_that_may_only_read_searches_by_words_and_adds_nothing() -> None:
    async with stocked() as stock:
        account, key = await person(stock.prosa, "ana@example.com")
        async with sdk_of(stock.prosa.base, key["Authorization"][7:]) as sdk:
            store = await Stock(stock.prosa, stock.client, sdk).store(burros=BURROS)
        _, text = await stock.prosa.system.people.identity.keys.create(
            Reach(account.id), NewKey(account.id, "narrow", frozenset({Scope.READ}))
        )
        narrow = {"Authorization": f"Bearer {text}"}
        calls = "SELECT COUNT(*) FROM usage_calls"
        await stock.prosa.system.metering.recorder.flush()
        before = await stock.prosa.system.people.database.fetch(calls)
        found = await stock.client.post(f"{PATH}/{store}/search", json={"query": "burro"}, headers=narrow)
        assert found.status_code == 200 and found.json()["data"]
        await stock.prosa.system.metering.recorder.flush()
        assert await stock.prosa.system.people.database.fetch(calls) == before
        assert (await stock.client.post(PATH, headers=narrow)).status_code == 403


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.attack("F13")
async def test_nothing_is_left_of_what_was_read_out_of_a_file_that_is_gone(kind: str) -> None:
    async with stocked(kind) as stock:
        database = stock.prosa.system.people.database
        store, other = await stock.store(notas=SECRET, burros=BURROS), await stock.sdk.vector_stores.create()
        files = {
            each["prosa"]["filename"]: each["id"] for each in (await stock.client.get(f"{PATH}/{store}/files")).json()["data"]
        }
        file = files["notas.md"]
        await stock.sdk.vector_stores.files.create_and_poll(file, vector_store_id=other.id)
        assert "passages" in await rows_with(database, CANARY)
        await stock.sdk.vector_stores.files.delete(file, vector_store_id=other.id)
        assert await stock.search(other.id, CANARY) == []
        assert (await stock.search(store, CANARY))[0]["file_id"] == file
        await stock.sdk.files.delete(file)
        assert await rows_with(database, CANARY) == []
        assert [hit["file_id"] for hit in await stock.search(store, CANARY)] in ([], [files["burros.md"]])
        assert (await stock.sdk.vector_stores.retrieve(store)).file_counts.total == 1
        again = await stock.file("again.md", SECRET)
        await stock.sdk.vector_stores.files.create_and_poll(again, vector_store_id=store)
        await stock.sdk.vector_stores.delete(store)
        assert await rows_with(database, CANARY) in ([], ["blob_parts"])


@pytest.mark.attack("F13")
async def test_a_file_that_another_process_deletes_is_found_no_more_from_that_moment_on() -> None:
    async with stocked() as stock:
        database = stock.prosa.system.people.database
        store = await stock.store(notas=SECRET)
        async with database.writing() as connection:
            await connection.exec_driver_sql("DELETE FROM files")
        assert await stock.search(store, CANARY) == []
        assert (await stock.sdk.vector_stores.retrieve(store)).file_counts.total == 0
        await emptied(stock)
        assert await rows_with(database, CANARY) == []


async def test_a_store_that_nobody_uses_is_emptied_when_its_time_is_over() -> None:
    async with stocked() as stock:
        database = stock.prosa.system.people.database
        store = await stock.store(notas=SECRET)
        await stock.sdk.vector_stores.update(store, expires_after={"anchor": "last_active_at", "days": 1})
        before = moments.stored(stock.prosa.system.people.clock.now() - 2 * 86_400)
        async with database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE vector_stores SET active_at = {before}")
        assert (await stock.sdk.vector_stores.retrieve(store)).status == "expired"
        refused = await stock.client.post(f"{PATH}/{store}/search", json={"query": CANARY})
        assert refused.status_code == 400 and refused.json()["error"]["code"] == "vector_store_expired"
        file = await stock.file("b.md", BURROS)
        assert (await stock.client.post(f"{PATH}/{store}/files", json={"file_id": file})).status_code == 400
        await emptied(stock)
        assert [table for table in await rows_with(database, CANARY) if table != "blob_parts"] == []
        assert (await stock.sdk.vector_stores.retrieve(store)).file_counts.total == 0


@pytest.mark.attack("F12")
async def test_nobody_keeps_more_than_they_may() -> None:
    async with stocked(env={"PROSA_MAX_STORES": "2", "PROSA_MAX_STORES_MB": "1"}) as stock:
        store = await stock.store(burros=BURROS)
        await stock.sdk.vector_stores.create()
        refused = await stock.client.post(PATH)
        assert refused.status_code == 403 and refused.json()["error"]["code"] == "vector_store_quota_exceeded"
        large = await stock.file("large.txt", "\n\n".join(f"O burro {number} pasta na serra alta." for number in range(40_000)))
        file = await stock.sdk.vector_stores.files.create_and_poll(large, vector_store_id=store)
        assert file.status == "failed" and file.last_error is not None and "1 MB" in file.last_error.message
        assert (await stock.sdk.vector_stores.retrieve(store)).usage_bytes < 1 << 20


async def test_what_is_cancelled_is_read_no_more_and_what_was_read_stays() -> None:
    async with stocked() as stock:
        stores = stock.sdk.vector_stores
        store = await stores.create()
        ids = [await stock.file(f"{number}.md", BURROS) for number in range(30)]
        batch = await stores.file_batches.create(store.id, file_ids=ids)
        async with asyncio.timeout(PATIENCE):
            while True:
                if (await stores.file_batches.retrieve(batch.id, vector_store_id=store.id)).file_counts.completed:
                    break
                await asyncio.sleep(0.01)
        found = await stores.file_batches.cancel(batch.id, vector_store_id=store.id)
        counts = found.file_counts
        assert found.status == "cancelled" and counts.in_progress == 0 and counts.total == 30
        assert counts.completed >= 1 and counts.cancelled >= 1 and counts.completed + counts.cancelled == 30
        again = await stores.file_batches.cancel(batch.id, vector_store_id=store.id)
        assert again.file_counts == counts
        cancelled = [file.id async for file in stores.files.list(store.id, filter="cancelled")]
        assert {hit["file_id"] for hit in await stock.search(store.id, "burro", max_num_results=50)}.isdisjoint(cancelled)
        file = await stores.files.create_and_poll(cancelled[0], vector_store_id=store.id)
        assert file.status == "completed"


@pytest.mark.attack("F13")
@pytest.mark.parametrize("what", ["store", "files"])
async def test_nothing_is_left_of_what_is_deleted_while_it_is_read(what: str) -> None:
    async with stocked() as stock:
        stores = stock.sdk.vector_stores
        store, runs = await stores.create(), stock.prosa.system.features.runs
        ids = [await stock.file(f"{number}.md", SECRET) for number in range(10)]
        batch = await stores.file_batches.create(store.id, file_ids=ids)
        async with asyncio.timeout(PATIENCE):
            while True:
                if (await stores.file_batches.retrieve(batch.id, vector_store_id=store.id)).file_counts.completed:
                    break
                await asyncio.sleep(0.01)
            if what == "store":
                await stores.delete(store.id)
            await asyncio.gather(*(stock.sdk.files.delete(id) for id in ids))
            while True:
                if not runs.live:
                    break
                await asyncio.sleep(0.01)
        assert await rows_with(stock.prosa.system.people.database, CANARY) == []
        if what == "files":
            assert (await stores.retrieve(store.id)).file_counts.total == 0
            assert (await stores.file_batches.retrieve(batch.id, vector_store_id=store.id)).status == "completed"


async def test_who_is_suspended_has_no_more_read() -> None:
    async with stocked() as stock:
        account, key = await person(stock.prosa, "ana@example.com")
        async with sdk_of(stock.prosa.base, key["Authorization"][7:]) as sdk:
            mine = Stock(stock.prosa, stock.client, sdk)
            ids = [await mine.file(f"{number}.md", BURROS) for number in range(12)]
            store = await sdk.vector_stores.create()
            batch = await sdk.vector_stores.file_batches.create(store.id, file_ids=ids)
        features = stock.prosa.system.features
        await stock.prosa.system.people.identity.accounts.suspend(OPERATOR, account.id)
        run = await features.runs.finished(await features.runs.get(account.id, batch.id.removeprefix("vsfb_")))
        found = await features.stores.files.batch(account.id, store.id.removeprefix("vs_"), run.id)
        assert found.status == "failed" and found.counts.failed >= 6 and found.counts.in_progress == 0
