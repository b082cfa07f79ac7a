"""What is said in a person's conversations: asked, edited, answered once more, in branches; and asked without a trace."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from tests.api.app.house import House, Person, house, problem
from tests.databases import KINDS, an_address, environment

CANARY = "canário-4f1d8a"


@pytest.fixture(params=KINDS)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    with an_address(request.param) as address:
        async with house(environment(address)) as found:
            yield found


class Talk:
    """One of somebody's conversations."""

    def __init__(self, person: Person, told: dict[str, Any]) -> None:
        self.person = person
        self.id = told["id"]
        self.path = f"/conversations/{self.id}"

    async def ask(self, **body: Any) -> httpx2.Response:
        """A question; read to the end of its answer's stream."""
        answer = await self.person.ask("POST", f"{self.path}/answers", body)
        assert answer.status_code == 200, answer.text
        assert answer.headers["content-type"].startswith("text/event-stream")
        return answer

    async def items(self, query: str = "", where: str = "items") -> list[dict[str, Any]]:
        """A page, newest first."""
        answer = await self.person.ask("GET", f"{self.path}/{where}{query}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def said(self, query: str = "") -> list[str]:
        """The words along the chosen path, oldest first; of what the model says, that it says something."""
        return [words(each) for each in reversed(await self.items(query))]


def words(item: dict[str, Any]) -> str:
    """What an item says."""
    return "…" if item["made"] else str(item["item"]["content"][0]["text"])


def events(stream: str) -> list[dict[str, Any]]:
    """The events of a stream, each with its number."""
    found = []
    for frame in stream.split("\n\n"):
        lines = dict(line.split(": ", 1) for line in frame.splitlines() if not line.startswith(":"))
        if "data" in lines:
            found.append(json.loads(lines["data"]) | {"number": int(lines["id"])})
    return found


async def begun(person: Person, **fields: Any) -> Talk:
    """A new conversation."""
    return Talk(person, (await person.ask("POST", "/conversations", fields)).json())


async def test_a_question_is_answered_in_numbered_events_that_can_be_followed_again(home: House) -> None:
    talk = await begun(await home.person("ana"))
    told = events((await talk.ask(input="Olá")).text)
    assert [each["number"] for each in told] == [*range(len(told))]
    assert (told[0]["type"], told[-1]["type"]) == ("response.created", "response.completed")
    run = told[0]["response"]["id"].replace("resp_", "run_")
    again = await talk.person.ask("GET", f"/runs/{run}/events", headers={"last-event-id": "1"})
    assert events(again.text) == told[2:]
    user, answer = reversed(await talk.items())
    assert (user["parent_id"], answer["parent_id"]) == (None, user["id"])
    assert (user["made"], answer["made"], user["run_id"], answer["run_id"]) == (False, True, run, run)
    assert answer["item"]["id"] == answer["id"] and answer["versions"] == [answer["id"]]
    await home.prosa.system.metering.recorder.flush()
    [listed] = (await talk.person.ask("GET", f"{talk.path}/answers")).json()["data"]
    assert listed["model"] == "mock"
    usage = listed["usage"]
    assert (listed["id"], listed["state"]) == (run, "completed")
    response = told[-1]["response"]["usage"]
    assert (usage["input_tokens"], usage["output_tokens"]) == (response["input_tokens"], response["output_tokens"])
    assert usage["cost_usd"] is None or re.fullmatch(r"\d+\.\d{6}", usage["cost_usd"])


async def test_the_conversations_settings_count_where_a_question_says_nothing_else(home: House) -> None:
    talk = await begun(await home.person("ana"), model="mock", settings={"instructions": "Seja breve.", "temperature": 0.25})
    usual = events((await talk.ask(input="Olá")).text)[0]["response"]
    assert (usual["instructions"], usual["temperature"], usual["model"]) == ("Seja breve.", 0.25, "mock")
    other = events((await talk.ask(input="Olá", instructions="Fale.", temperature=1.5)).text)[0]["response"]
    assert (other["instructions"], other["temperature"]) == ("Fale.", 1.5)


async def test_what_was_said_is_edited_and_answered_anew_in_branches(home: House) -> None:
    talk = await begun(await home.person("ana"))
    await talk.ask(input="one")
    await talk.ask(input="two")
    two, first_answer, one = (await talk.items())[1:]
    await talk.ask(input="two, better", edits=two["id"])
    assert await talk.said() == ["one", "…", "two, better", "…"]
    answer = (await talk.items())[0]
    await talk.ask(regenerates=answer["id"])
    newest = (await talk.items())[0]
    assert newest["versions"] == [answer["id"], newest["id"]] and newest["parent_id"] == answer["parent_id"]
    assert (await talk.items())[1]["versions"] == [two["id"], newest["parent_id"]]
    tree = await talk.items(where="tree")
    assert [words(each) for each in tree] == ["one", "…", "two", "…", "two, better", "…", "…"]
    chosen = await talk.person.ask("PUT", f"{talk.path}/items/{two['id']}/choice")
    assert chosen.status_code == 200 and chosen.headers["etag"] == chosen.json()["etag"]
    assert await talk.said() == ["one", "…", "two", "…"]
    assert await talk.said(f"?leaf={answer['id']}") == ["one", "…", "two, better", "…"]
    await talk.ask(input="one, better", edits=one["id"])
    assert await talk.said() == ["one, better", "…"]
    await talk.ask(input="after the first answer", after=first_answer["id"])
    assert await talk.said() == ["one", "…", "after the first answer", "…"]
    assert (await talk.items("?limit=1&leaf=" + first_answer["id"]))[0]["id"] == first_answer["id"]


async def test_messages_are_added_and_edited_without_a_model(home: House) -> None:
    talk = await begun(await home.person("ana"))
    two = [{"role": "user", "content": "a"}, {"type": "message", "role": "assistant", "content": "b"}]
    added = await talk.person.ask("POST", f"{talk.path}/items", {"items": two})
    assert added.status_code == 201
    first, second = added.json()["data"]
    assert (first["item"]["role"], second["item"]["role"], second["parent_id"]) == ("user", "assistant", first["id"])
    edited = await talk.person.ask("POST", f"{talk.path}/items/{second['id']}/versions", {"content": "c"})
    version = edited.json()
    assert edited.status_code == 201 and version["versions"] == [second["id"], version["id"]]
    assert (version["item"]["role"], version["item"]["content"][0]["type"]) == ("assistant", "output_text")
    assert await talk.said() == ["a", "c"]
    again = await talk.person.ask(
        "POST", f"{talk.path}/items", {"items": [{"role": "user", "content": "d"}], "after": second["id"]}
    )
    assert again.status_code == 201 and await talk.said() == ["a", "b", "d"]
    call = {"type": "function_call", "call_id": "1", "name": "f", "arguments": "{}"}
    [made] = (await talk.person.ask("POST", f"{talk.path}/items", {"items": [call]})).json()["data"]
    assert made["id"].startswith("fc_") and made["parent_id"].startswith("msg_")
    refused = await talk.person.ask("POST", f"{talk.path}/items/{made['id']}/versions", {"content": "x"})
    assert problem(refused) == (400, "item_not_editable")
    await talk.ask(regenerates=second["id"])
    assert await talk.said() == ["a", "…"]


async def test_a_branch_that_is_deleted_leaves_the_others(home: House) -> None:
    talk = await begun(await home.person("ana"))
    await talk.ask(input="one")
    answer, one = await talk.items()
    await talk.ask(regenerates=answer["id"])
    other = (await talk.items())[0]
    left = await talk.person.ask("DELETE", f"{talk.path}/items/{other['id']}")
    assert left.status_code == 200 and left.headers["etag"]
    assert [each["id"] for each in await talk.items()] == [answer["id"], one["id"]]
    assert problem(await talk.person.ask("GET", f"{talk.path}/items/{other['id']}")) == (404, "not_found")
    assert (await talk.person.ask("DELETE", f"{talk.path}/items/{one['id']}")).status_code == 200
    assert await talk.items() == [] and await talk.items(where="tree") == []


async def test_pages_of_a_path_and_of_a_tree_go_on_from_their_cursors(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    talk = await begun(ana)
    for begin in (0, 20, 40):
        many = [{"role": "user", "content": str(number)} for number in range(begin, begin + 20)]
        await ana.ask("POST", f"{talk.path}/items", {"items": many})
    for where, expected in (("items", [*map(str, reversed(range(60)))]), ("tree", [*map(str, range(60))])):
        found, query = [], "?limit=25"
        while True:
            page = (await ana.ask("GET", f"{talk.path}/{where}{query}")).json()
            found += [words(each) for each in page["data"]]
            if page["next_cursor"] is None:
                break
            cursor = page["next_cursor"]
            query = f"?limit=25&cursor={cursor}"
        assert found == expected
        for person, other in ((ana, "answers"), (bia, where), (ana, "tree" if where == "items" else "items")):
            status, _ = problem(await person.ask("GET", f"{talk.path}/{other}?cursor={cursor}"))
            assert status == 400
    last = (await ana.ask("GET", f"{talk.path}/items?limit=2")).json()
    await ana.ask("DELETE", f"{talk.path}/items/{last['data'][-1]['id']}")
    gone = await ana.ask("GET", f"{talk.path}/items?limit=2&cursor={last['next_cursor']}")
    assert problem(gone) == (400, "unknown_cursor")


@pytest.mark.attack("A1", "A2")
async def test_somebody_elses_items_are_no_places(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    hers, own = await begun(ana), await begun(bia)
    await hers.ask(input="of ana alone")
    await own.ask(input="mine")
    foreign, mine = await hers.items(), await own.items()
    for field in ("after", "edits", "regenerates"):
        for id in (foreign[0]["id"], foreign[1]["id"], "msg_" + "0" * 32, "x"):
            body: dict[str, Any] = {field: id} | ({} if field == "regenerates" else {"input": "x"})
            assert problem(await bia.ask("POST", f"{own.path}/answers", body)) == (404, "not_found")
            assert problem(await bia.ask("POST", f"{hers.path}/answers", body)) == (404, "not_found")
    for method, end, sent in (
        ("GET", "", None),
        ("DELETE", "", None),
        ("PUT", "/choice", None),
        ("POST", "/versions", {"content": "x"}),
    ):
        for path in (own.path, hers.path):
            answer = await bia.ask(method, f"{path}/items/{foreign[0]['id']}{end}", sent)
            assert problem(answer) == (404, "not_found"), (method, path)
    added = {"items": [{"role": "user", "content": "x"}], "after": foreign[0]["id"]}
    assert problem(await bia.ask("POST", f"{own.path}/items", added)) == (404, "not_found")
    reference = {"items": [{"type": "item_reference", "id": foreign[0]["id"]}]}
    assert problem(await bia.ask("POST", f"{own.path}/items", reference)) == (404, "not_found")
    assert await own.items() == mine and await hers.items() == foreign


@pytest.mark.attack("A7")
async def test_what_cant_be_asked_is_told_before_anything_is_stored(home: House) -> None:
    talk = await begun(await home.person("ana"))
    await talk.ask(input="one")
    before = await talk.items()
    id = before[0]["id"]
    for body in (
        *({"input": "x", name: "y"} for name in ("id", "conversation", "store", "background", "user", "space", "Input")),
        {"input": "x", "edits": id, "after": id},
        {"edits": id},
        {"regenerates": id, "input": "x"},
        {"input": "x", "temporary": True, "stream": False},
        {"input": "x", "temporary": "yes"},
        {"input": 1},
        {"input": "x", "max_output_tokens": 1},
        {"input": "x"} | {f"field{number}": 1 for number in range(5_000)},
    ):
        answer = await talk.person.ask("POST", f"{talk.path}/answers", body)
        assert problem(answer)[0] == 422 and len(answer.content) < 20_000
    empty = await begun(talk.person)
    for body in ({"input": []}, {}):
        assert problem(await talk.person.ask("POST", f"{empty.path}/answers", body)) == (400, "missing_required_parameter")
    for body in ({"input": [{"role": "nobody", "content": "x"}]}, {"input": "x", "tools": [{"type": "x"}]}):
        assert problem(await talk.person.ask("POST", f"{talk.path}/answers", body))[0] == 400, body
    assert problem(await talk.person.ask("POST", f"{talk.path}/answers", {"input": "x", "model": "nobodys"}))[0] == 404
    assert await talk.items() == before


async def test_an_answer_can_be_begun_and_followed_later_and_one_waits_for_the_other(home: House) -> None:
    talk = await begun(await home.person("ana"))
    first = await talk.person.ask("POST", f"{talk.path}/answers", {"input": "one", "stream": False})
    second = await talk.person.ask("POST", f"{talk.path}/answers", {"input": "two", "stream": False})
    assert (first.status_code, second.status_code) == (200, 200) and first.json()["kind"] == "answer"
    for each in (first, second):
        told = events((await talk.person.ask("GET", f"/runs/{each.json()['id']}/events")).text)
        assert told[-1]["type"] == "response.completed"
    assert await talk.said() == ["one", "…", "two", "…"]
    again = {"headers": {"idempotency-key": "one"}}
    both = [await talk.person.ask("POST", f"{talk.path}/answers", {"input": "x", "stream": False}, **again) for _ in range(2)]
    assert both[0].json()["id"] == both[1].json()["id"]
    streamed = {"headers": {"idempotency-key": "two"}}
    streams = [await talk.person.ask("POST", f"{talk.path}/answers", {"input": "y"}, **streamed) for _ in range(2)]
    assert events(streams[0].text) == events(streams[1].text)
    assert await talk.said() == ["one", "…", "two", "…", "x", "…", "y", "…"]


async def test_the_trash_ends_an_answer_and_what_is_restored_can_be_answered(home: House) -> None:
    talk = await begun(await home.person("ana"))
    run = (await talk.person.ask("POST", f"{talk.path}/answers", {"input": "@slow", "stream": False})).json()["id"]
    assert (await talk.person.ask("DELETE", talk.path)).status_code == 204
    for path in (f"/runs/{run}", f"/runs/{run}/events"):
        assert problem(await talk.person.ask("GET", path)) == (404, "not_found"), path
    assert problem(await talk.person.ask("POST", f"{talk.path}/answers", {"input": "x"})) == (404, "not_found")
    assert (await talk.person.ask("POST", f"/trash/{talk.id}/restoration")).status_code == 200
    assert not (await talk.person.ask("GET", f"/runs/{run}")).json()["open"]
    await talk.ask(input="x")
    assert (await talk.said())[-2:] == ["x", "…"]


async def test_a_temporary_question_leaves_nothing(home: House) -> None:
    ana = await home.person("ana")
    talk = await begun(ana)
    await talk.ask(input="known")
    before = await talk.items()
    inside = events((await talk.ask(input=CANARY, temporary=True)).text)
    history = [{"role": "user", "content": CANARY}, {"role": "assistant", "content": CANARY}, {"role": "user", "content": CANARY}]
    outside = await ana.ask("POST", "/answers", {"input": history}, headers={"idempotency-key": "once"})
    assert inside[-1]["type"] == events(outside.text)[-1]["type"] == "response.completed"
    assert CANARY in outside.text
    assert await talk.items() == before
    run = inside[0]["response"]["id"].replace("resp_", "run_")
    assert problem(await ana.ask("GET", f"/runs/{run}")) == (404, "not_found")
    for name in ("store", "conversation", "after", "temporary", "metadata"):
        assert problem(await ana.ask("POST", "/answers", {"input": "x", name: "y"}))[0] == 422
    await home.prosa.system.metering.recorder.flush()
    await asyncio.sleep(0.3)
    database = home.prosa.system.people.database
    for table in await tables(home):
        assert CANARY not in repr(await database.fetch(f"SELECT * FROM {table}")), table  # a table's name
    if database.kind == "sqlite":
        files = [file for file in home.prosa.data.parent.rglob("*") if file.is_file()]
        assert files and not [file for file in files if CANARY.encode() in file.read_bytes()]
    assert CANARY not in home.prosa.log.getvalue()


async def tables(home: House) -> list[str]:
    """Every table's name."""
    database = home.prosa.system.people.database
    if database.kind == "sqlite":
        rows = await database.fetch("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'")
    else:
        rows = await database.fetch("SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'")
    return [str(row[0]) for row in rows]


async def test_characters_that_no_database_holds_make_no_trouble(home: House) -> None:
    ana = await home.person("ana")
    talk = await begun(ana, title="a\0b", settings={"instructions": "\0"})
    assert (await ana.ask("GET", talk.path)).json()["title"] == "a b"
    untitled = await begun(ana)
    await untitled.ask(input="x\0y")
    assert "x\0y" in (await untitled.said())[0]
    for query in ("tag=%00", "folder=%00"):
        assert (await ana.ask("GET", f"/conversations?{query}")).json()["data"] == []
    batch = {"ids": ["\0", talk.id], "action": "tag", "tag": "t\0"}
    done = (await ana.ask("POST", "/conversations/batch", batch)).json()
    assert done["not_found"] == ["\0"] and done["data"][0]["tags"] == ["t"]
    assert problem(await ana.ask("PATCH", talk.path, {"model": "m\0"}, headers={"if-match": "*"}))[0] == 422
    assert problem(await ana.ask("GET", f"{talk.path}/items?leaf=%00")) == (404, "not_found")
    for _ in range(100):  # the title that is made of what was said
        if not (await ana.ask("GET", "/runs?open=true")).json()["data"]:
            break
        await asyncio.sleep(0.05)
    assert (await ana.ask("GET", "/runs?open=true")).json()["data"] == []
