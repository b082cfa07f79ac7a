"""A person's conversations in the app: in order, in folders, with tags, in the trash; two tabs never overwrite each other."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.identity import Scope
from tests.api.app.house import House, Person, house, problem

NOBODYS = "conv_" + "0" * 32


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


async def made(person: Person, **fields: Any) -> dict[str, Any]:
    """A new conversation."""
    answer = await person.ask("POST", "/conversations", fields)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def listed(person: Person, query: str = "") -> list[str]:
    """The titles of a list."""
    answer = await person.ask("GET", f"/conversations{query}")
    assert answer.status_code == 200, answer.text
    return [each["title"] for each in answer.json()["data"]]


async def test_a_conversation_is_made_read_changed_and_listed(home: House) -> None:
    ana = await home.person("ana")
    folder = (await ana.ask("POST", "/folders", {"name": "Mestrado"})).json()
    wish = {"title": " Minha\tconversa ", "model": "mock", "settings": {"instructions": "Seja breve.", "temperature": 0.5}}
    answer = await ana.ask("POST", "/conversations", wish | {"folder_id": folder["id"]})
    told = answer.json()
    assert (answer.status_code, answer.headers["location"]) == (201, f"/api/v1/conversations/{told['id']}")
    assert answer.headers["etag"] == told["etag"]
    assert (told["title"], told["title_by"], told["dialect"], told["folder_id"]) == (
        *("Minha conversa", "person", "app"),
        folder["id"],
    )
    assert told["settings"]["instructions"] == "Seja breve." and told["settings"]["top_p"] is None
    path = f"/conversations/{told['id']}"
    assert (await ana.ask("GET", path)).json() == told
    edit = {
        "title": "Outra",
        "pinned": True,
        "archived": True,
        "tags": ["Física", "fisica", "b"],
        "folder_id": None,
        "model": None,
    }
    changed = await ana.ask("PATCH", path, edit | {"settings": None}, headers={"if-match": told["etag"]})
    now = changed.json()
    assert changed.status_code == 200 and changed.headers["etag"] == now["etag"] != told["etag"]
    assert (now["title"], now["folder_id"], now["model"], now["tags"]) == ("Outra", None, None, ["b", "Física"])
    assert now["pinned_at"] and now["archived_at"] and now["updated_at"] == told["updated_at"]
    assert set(now["settings"].values()) == {None}
    assert await listed(ana) == [] and await listed(ana, "?archived=true") == ["Outra"]
    assert (await ana.ask("GET", "/tags")).json() == {
        "data": [{"name": "b", "conversations": 1}, {"name": "Física", "conversations": 1}]
    }


async def test_two_tabs_never_overwrite_each_other(home: House) -> None:
    ana = await home.person("ana")
    told = await made(ana, title="one")
    path, tag = f"/conversations/{told['id']}", told["etag"]
    assert problem(await ana.ask("PATCH", path, {"title": "x"})) == (428, "precondition_required")
    both = await asyncio.gather(
        *(ana.ask("PATCH", path, {"title": title}, headers={"if-match": tag}) for title in ("left", "right"))
    )
    assert sorted(each.status_code for each in both) == [200, 412]
    [won] = [each.json()["title"] for each in both if each.status_code == 200]
    assert (await ana.ask("GET", path)).json()["title"] == won
    assert problem(await ana.ask("PATCH", path, {"pinned": True}, headers={"if-match": tag})) == (412, "edit_conflict")
    assert problem(await ana.ask("DELETE", path, headers={"if-match": tag})) == (412, "edit_conflict")
    assert (await ana.ask("PATCH", path, {"pinned": True}, headers={"if-match": "*"})).json()["title"] == won
    folder = (await ana.ask("POST", "/folders", {"name": "f"})).json()
    place = f"/folders/{folder['id']}"
    assert problem(await ana.ask("PATCH", place, {"name": "g"})) == (428, "precondition_required")
    renamed = await ana.ask("PATCH", place, {"name": "g"}, headers={"if-match": folder["etag"]})
    assert renamed.json()["name"] == "g" and renamed.headers["etag"] != folder["etag"]
    assert problem(await ana.ask("PATCH", place, {"name": "h"}, headers={"if-match": folder["etag"]})) == (412, "edit_conflict")


@pytest.mark.attack("A7")
async def test_nothing_but_what_is_named_is_taken(home: House) -> None:
    ana = await home.person("ana")
    told = await made(ana, title="mine")
    path, anyhow = f"/conversations/{told['id']}", {"if-match": "*"}
    foreign = (
        "id",
        "space",
        "owner_id",
        "account_id",
        "role",
        "created_at",
        "deleted_at",
        "version",
        "head_id",
        "title_by",
        "dialect",
    )
    for name in (*foreign, "Title", "etag", "metadata"):
        assert problem(await ana.ask("POST", "/conversations", {name: "x"}))[0] == 422, name
        assert problem(await ana.ask("PATCH", path, {name: "x"}, headers=anyhow))[0] == 422, name
        assert problem(await ana.ask("POST", "/folders", {"name": "f", name: "x"}))[0] == 422, name
    wrong = (
        {"title": "x" * 201},
        {"title": 1},
        {"pinned": "yes"},
        {"pinned": None},
        {"tags": ["x"] * 21},
        {"tags": ["x" * 65]},
        {"tags": None},
        {"settings": {"instructions": 1}},
        {"settings": {"system": "x"}},
        {"settings": {"temperature": 3}},
        {"model": ""},
    )
    for body in wrong:
        assert problem(await ana.ask("PATCH", path, body, headers=anyhow))[0] == 422, body
    for body, code in (({"tags": [" \u202e"]}, "tag_invalid"), ({"folder_id": "folder_" + "0" * 32}, "not_found")):
        assert problem(await ana.ask("PATCH", path, body, headers=anyhow))[1] == code
    assert (await ana.ask("GET", path)).json() == told


@pytest.mark.attack("A1", "A2", "A11")
async def test_somebody_elses_things_are_not_there(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    told, folder = await made(ana, title="mine"), (await ana.ask("POST", "/folders", {"name": "f"})).json()
    own = await made(bia, title="hers")
    path = f"/conversations/{own['id']}"
    assert problem(await bia.ask("PATCH", path, {"folder_id": folder["id"]}, headers={"if-match": "*"})) == (404, "not_found")
    assert problem(await bia.ask("POST", "/conversations", {"folder_id": folder["id"]})) == (404, "not_found")
    batch = {"ids": [own["id"], told["id"], NOBODYS, told["id"].removeprefix("conv_"), "x"], "action": "pin"}
    done = (await bia.ask("POST", "/conversations/batch", batch)).json()
    assert [each["id"] for each in done["data"]] == [own["id"]] and done["not_found"] == batch["ids"][1:]
    moved = {"ids": [own["id"]], "action": "move", "folder_id": folder["id"]}
    assert problem(await bia.ask("POST", "/conversations/batch", moved)) == (404, "not_found")
    assert (await bia.ask("GET", f"/conversations?folder={folder['id']}")).json()["data"] == []
    assert (await ana.ask("GET", f"/conversations/{told['id']}")).json() == told


@pytest.mark.attack("A12", "A13")
async def test_cursors_and_tags_are_good_for_their_list_and_their_reader_alone(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    for number in range(5):
        told = await made(ana, title=str(number))
    pages, query = [], "?limit=2"
    while True:
        page = (await ana.ask("GET", f"/conversations{query}")).json()
        pages.append([each["title"] for each in page["data"]])
        if page["next_cursor"] is None:
            break
        cursor = page["next_cursor"]
        query = f"?limit=2&cursor={cursor}"
    assert pages == [["4", "3"], ["2", "1"], ["0"]]
    for person, where in (
        (bia, f"/conversations?cursor={cursor}"),
        (ana, f"/conversations?cursor={cursor}&pinned=false"),
        (ana, f"/trash?cursor={cursor}"),
        (ana, f"/conversations?cursor=x{cursor}"),
    ):
        assert problem(await person.ask("GET", where)) == (400, "unknown_cursor")
    path = f"/conversations/{told['id']}"
    key = await home.program(await home.key(ana, Scope.READ))
    assert (await key.get(f"/api/v1{path}")).headers["etag"] == told["etag"]  # the same space
    assert problem(await bia.ask("PATCH", path, {"title": "x"}, headers={"if-match": told["etag"]})) == (404, "not_found")


async def test_what_is_deleted_can_be_had_back_or_is_gone_for_good(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    one, two, three = [await made(ana, title=title) for title in ("one", "two", "three")]
    for each in (one, two, three):
        assert (await ana.ask("DELETE", f"/conversations/{each['id']}")).status_code == 204
    for method, end, body in (
        *(
            ("GET", "", None),
            ("PATCH", "", {"title": "x"}),
            ("DELETE", "", None),
            ("GET", "/items", None),
            ("GET", "/tree", None),
        ),
        *(
            ("POST", "/answers", {"input": "x"}),
            ("GET", "/answers", None),
            ("POST", "/items", {"items": [{"role": "user", "content": "x"}]}),
        ),
    ):
        answer = await ana.ask(method, f"/conversations/{one['id']}{end}", body, headers={"if-match": "*"})
        assert problem(answer) == (404, "not_found"), (method, end)
        other = await ana.ask(method, f"/conversations/{NOBODYS}{end}", body, headers={"if-match": "*"})
        assert other.json()["detail"] == answer.json()["detail"]
    program = await home.program(await home.key(ana, Scope.READ))
    assert (await program.get(f"/v1/conversations/{one['id']}")).status_code == 404
    page = (await ana.ask("GET", "/trash?limit=2")).json()
    assert [each["title"] for each in page["data"]] == ["three", "two"] and page["data"][0]["deleted_at"]
    rest = (await ana.ask("GET", f"/trash?limit=2&cursor={page['next_cursor']}")).json()
    assert [each["title"] for each in rest["data"]] == ["one"] and rest["next_cursor"] is None
    for method, end in (("GET", ""), ("POST", "/restoration"), ("DELETE", "")):
        assert problem(await bia.ask(method, f"/trash/{one['id']}{end}")) == (404, "not_found")
    back = await ana.ask("POST", f"/trash/{one['id']}/restoration")
    assert back.json()["title"] == "one" and back.headers["etag"] == back.json()["etag"]
    assert await listed(ana) == ["one"]
    assert problem(await ana.ask("POST", f"/trash/{one['id']}/restoration")) == (404, "not_found")
    assert (await ana.ask("DELETE", f"/trash/{two['id']}")).status_code == 204
    assert problem(await ana.ask("GET", f"/trash/{two['id']}")) == (404, "not_found")
    assert (await ana.ask("DELETE", "/trash")).json() == {"empty": True}
    assert (await ana.ask("GET", "/trash")).json()["data"] == [] and await listed(ana) == ["one"]


async def test_a_batch_says_of_each_what_became_of_it(home: House) -> None:
    ana = await home.person("ana")
    ids = [(await made(ana, title=str(number)))["id"] for number in range(3)]
    folder = (await ana.ask("POST", "/folders", {"name": "f"})).json()["id"]
    for body in (
        {"action": "tag", "tag": "x"},
        {"action": "move", "folder_id": folder},
        {"action": "pin"},
        {"action": "archive"},
    ):
        done = await ana.ask("POST", "/conversations/batch", {"ids": ids} | body)
        assert done.status_code == 200 and len(done.json()["data"]) == 3
    last = done.json()["data"][0]
    assert (last["tags"], last["folder_id"]) == (["x"], folder) and last["pinned_at"] and last["archived_at"]
    tagged = await ana.ask("PATCH", f"/conversations/{ids[0]}", {"title": "t"}, headers={"if-match": last["etag"]})
    assert tagged.status_code == 200
    for body in ({"action": "tag"}, {"action": "pin", "tag": "x"}, {"action": "pin", "folder_id": folder}, {"action": "steal"}):
        assert problem(await ana.ask("POST", "/conversations/batch", {"ids": ids} | body))[0] == 422
    assert problem(await ana.ask("POST", "/conversations/batch", {"ids": ids * 34, "action": "pin"}))[0] == 422
    assert (await ana.ask("DELETE", f"/folders/{folder}")).status_code == 204
    assert (await ana.ask("GET", f"/conversations/{ids[0]}")).json()["folder_id"] is None
    gone = (await ana.ask("POST", "/conversations/batch", {"ids": ids, "action": "trash"})).json()
    assert gone == {"data": [], "not_found": []}
    assert (await ana.ask("POST", "/conversations/batch", {"ids": ids, "action": "pin"})).json()["not_found"] == ids


async def test_conversations_of_all_dialects_stand_in_one_list(home: House) -> None:
    ana = await home.person("ana")
    program = await home.program(await home.key(ana, Scope.READ, Scope.WRITE))
    conversation = (await program.post("/v1/conversations", json={"metadata": {"topic": "x"}})).json()["id"]
    await made(ana, title="here")
    page = (await ana.ask("GET", "/conversations")).json()["data"]
    assert [(each["dialect"], each["id"] == conversation) for each in page] == [("app", False), ("openai", True)]
    assert page[1]["metadata"] == {"topic": "x"}
    assert [each["dialect"] for each in (await ana.ask("GET", "/conversations?dialect=openai")).json()["data"]] == ["openai"]
    assert problem(await ana.ask("GET", "/conversations?dialect=nobodys"))[0] == 422
    assert problem(await ana.ask("GET", "/conversations?colour=green"))[0] == 422


async def test_a_repeated_request_makes_one_thing(home: House) -> None:
    ana = await home.person("ana")
    for path, body in (("/conversations", {"title": "t"}), ("/folders", {"name": "f"})):
        both = [await ana.ask("POST", path, body, headers={"idempotency-key": f"{path}-1"}) for _ in range(2)]
        assert both[0].json()["id"] == both[1].json()["id"] and both[1].status_code == 201
    assert await listed(ana) == ["t"]
