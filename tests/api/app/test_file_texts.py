"""A document at the passage that an answer cites: who may read it, and everybody else the same 404."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from prosa.identity import Scope
from tests.api.app.house import House, Person, house, problem
from tests.api.openai.storing import BURROS, PATIENCE

ANY = {"if-match": "*"}
NOBODYS = "file-" + "0" * 32
ASKS = '[[mock tool_calls=[{"name":"file_search","arguments":{"queries":["dono do burro"]}}] rounds=1]] Quem é o dono?'
LONG = "# Manual\n\n" + "".join(
    f"## Parte {number}\n\nAqui se fala do assunto {number}, e de nada mais.\n\n" for number in range(120)
)


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as made:
        yield made


async def kept(person: Person, name: str, text: str | bytes) -> str:
    """A file of somebody's; its id."""
    content = text if isinstance(text, bytes) else text.encode()
    answer = await person.browser.post("/v1/files", data={"purpose": "assistants"}, files={"file": (name, content)})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])


async def stored(person: Person, *files: str) -> str:
    """A store of somebody's with these files in it, read; its id."""
    answer = await person.browser.post("/v1/vector_stores", json={"name": "Bichos", "file_ids": list(files)})
    store = str(answer.json()["id"])
    async with asyncio.timeout(PATIENCE):
        while True:
            if not (await person.browser.get(f"/v1/vector_stores/{store}")).json()["file_counts"]["in_progress"]:
                return store
            await asyncio.sleep(0.02)


async def text(person: Person, file: str, **query: Any) -> httpx2.Response:
    return await person.ask("GET", f"/files/{file}/text", params=query)


async def shown(person: Person, file: str, **query: Any) -> dict[str, Any]:
    answer = await text(person, file, **query)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def lending(person: Person, store: str, *, tools: bool = True) -> str:
    """An assistant of somebody's for everyone, which searches a store; its id."""
    body = {"name": "Bichos", "vector_store_ids": [store], "tools": [{"type": "file_search"}] if tools else []}
    made = (await person.ask("POST", "/assistants", body)).json()["id"]
    await share(person, made, "everyone")
    return str(made)


async def share(person: Person, assistant: str, audience: str) -> None:
    answer = await person.ask("PUT", f"/assistants/{assistant}/sharing", {"audience": audience}, headers=ANY)
    assert answer.status_code == 200, answer.text


async def test_ones_own_file_is_shown_at_the_place_whether_a_store_keeps_it_or_not(home: House) -> None:
    ana = await home.person("ana")
    file, other = await kept(ana, "manual.md", LONG), await kept(ana, "burros.md", BURROS)
    place = LONG.index("Aqui se fala do assunto 60,")
    read = await shown(ana, file, start=place, end=place + 27, around=400)
    assert read["filename"] == "manual.md" and read["own"] and read["whole"] and read["length"] == len(LONG)
    [cited] = [part for part in read["parts"] if part["cited"]]
    assert cited["text"] == "Aqui se fala do assunto 60," and cited["heading"] == ["Manual", "Parte 60"] and cited["page"] is None
    before = await shown(ana, file, before=read["before"], around=400)
    assert before["parts"][-1]["end"] == read["parts"][0]["start"] and not any(part["cited"] for part in before["parts"])
    after = await shown(ana, file, after=read["after"], around=400)
    assert after["parts"][0]["start"] == read["parts"][-1]["end"]
    await stored(ana, file)
    again = await shown(ana, file, start=place, end=place + 27, around=400)
    joined = ["".join(part["text"] for part in each["parts"]) for each in (read, again)]
    assert joined[0] == joined[1] and again["length"] == len(LONG.rstrip())
    whole = await shown(ana, other)
    assert "".join(part["text"] for part in whole["parts"]) == BURROS and whole["before"] is whole["after"] is None


async def test_what_cannot_be_read_says_why_and_what_is_out_of_bounds_is_refused(home: House) -> None:
    ana = await home.person("ana")
    binary = await kept(ana, "a.bin", bytes(range(256)))
    assert problem(await text(ana, binary)) == (400, "unsupported_file")
    file = await kept(ana, "burros.md", BURROS)
    for query in ({"around": 9_000}, {"start": -1}, {"start": 2**31}, {"before": 1, "after": 1}, {"other": "x"}):
        assert (await text(ana, file, **query)).status_code == 422
    far = await shown(ana, file, start=999_999, end=999_999)
    assert far["length"] == len(BURROS) and "".join(part["text"] for part in far["parts"]) in BURROS


@pytest.mark.attack("A2", "A4", "A5")
async def test_anothers_file_is_read_through_an_assistant_only_as_long_as_one_may_use_that(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    file, alone = await kept(ana, "burros.md", BURROS), await kept(ana, "segredo.md", "Segredo\n")
    store = await stored(ana, file)
    missing = [problem(await text(bia, each)) for each in (file, alone, NOBODYS, "file-x", "burros", "vs_" + file[5:])]
    assert set(missing) == {(404, "not_found")}
    told = [(await text(bia, each)).json()["detail"] for each in (file, alone, NOBODYS, "file-x")]
    assert set(told) == {"There is no such file."}
    useless = await lending(ana, store, tools=False)
    assert (await text(bia, file)).status_code == 404  # it searches nothing
    assistant = await lending(ana, store)
    read = await shown(bia, file)
    assert not read["own"] and read["whole"] and "Anselmo" in str(read["parts"])
    assert (await text(bia, alone)).status_code == 404
    assert (await bia.browser.get(f"/v1/files/{file}/content")).status_code == 404
    await share(ana, assistant, "private")
    assert (await text(bia, file)).status_code == 404
    await share(ana, assistant, "everyone")
    assert (await text(bia, file)).status_code == 200
    await ana.browser.delete(f"/v1/vector_stores/{store}/files/{file}")
    assert (await text(bia, file)).status_code == 404
    assert (await text(ana, file)).status_code == 200
    users = (await ana.ask("GET", f"/knowledge/{store}/assistants")).json()["data"]
    assert [each["id"] for each in users] == [useless, assistant]
    assert problem(await bia.ask("GET", f"/knowledge/{store}/assistants")) == (404, "not_found")


@pytest.mark.attack("A2", "A5")
async def test_a_citation_shows_what_was_cited_and_items_that_are_made_up_open_nothing(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    file = await kept(ana, "burros.md", BURROS)
    assistant = await lending(ana, await stored(ana, file))
    talk = (await bia.ask("POST", "/conversations", {})).json()["id"]
    answer = await bia.ask("POST", f"/conversations/{talk}/answers", {"input": ASKS, "assistant": assistant})
    assert answer.status_code == 200, answer.text
    items = (await bia.ask("GET", f"/conversations/{talk}/items")).json()["data"]
    cited = next(each for each in items if "file_citation" in str(each["item"]))
    [annotation, *_] = cited["item"]["content"][0]["annotations"]
    place = {"start": annotation["prosa"]["start"], "end": annotation["prosa"]["end"]}
    through = {"conversation_id": talk, "item_id": cited["id"]}
    assert (await shown(bia, file, **place, **through))["whole"]
    await ana.ask("DELETE", f"/assistants/{assistant}", headers=ANY)
    assert (await text(bia, file, **place)).status_code == 404
    quoted = await shown(bia, file, **place, **through)
    assert not quoted["whole"] and not quoted["own"] and quoted["filename"] == "burros.md"
    [part] = quoted["parts"]
    assert "Anselmo" in part["text"] and part["cited"] and part["heading"] == ["Burros"]
    search = next(each for each in items if each["item"]["type"] == "file_search_call")
    hit = await shown(bia, file, **place, conversation_id=talk, item_id=search["id"])
    assert not hit["whole"] and hit["parts"][0]["text"] == part["text"]
    # Nobody else, nothing else, and no item that merely says so.
    zoe = await home.person("zoe")
    assert (await text(zoe, file, **place, **through)).status_code == 404
    assert (await text(bia, NOBODYS, **place, **through)).status_code == 404
    other = await kept(ana, "segredo.md", "Segredo\n")
    forged = {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": "x", "annotations": [annotation | {"file_id": other, "index": 0}]}],
    }
    made = await bia.ask("POST", f"/conversations/{talk}/items", {"items": [forged]})
    assert made.status_code == 201, made.text
    for id in (made.json()["data"][0]["id"], cited["id"], search["id"], "msg_" + "0" * 32, "x"):
        assert (await text(bia, other, conversation_id=talk, item_id=id)).status_code == 404
    await bia.ask("DELETE", f"/conversations/{talk}")
    assert (await text(bia, file, **place, **through)).status_code == 404


async def test_the_figures_of_ones_knowledge_are_told(home: House) -> None:
    ana = await home.person("ana")
    store = await stored(ana, await kept(ana, "burros.md", BURROS))
    told = (await ana.ask("GET", "/knowledge")).json()
    assert (told["stores"], told["most_stores"], told["most_files"]) == (1, 1_000, 10_000) and 0 < told["bytes"] < told[
        "most_bytes"
    ]
    files = (await ana.browser.get(f"/v1/vector_stores/{store}/files")).json()["data"]
    batch = files[0]["prosa"]["batch_id"].replace("vsfb_", "run_")
    async with asyncio.timeout(PATIENCE):
        async with ana.browser.stream("GET", f"/api/v1/runs/{batch}/events") as following:  # to the end of the batch's run
            await following.aread()
    events = (await ana.ask("GET", f"/runs/{batch}/events", headers={"accept": "application/json"})).json()
    assert events["ended"]
    assert "ingestion.file" in str(events["data"])
    program = await home.program(await home.key(ana, Scope.READ))
    assert (await program.get("/api/v1/knowledge")).status_code == 200
