"""Assistants in the app: who sees what, versions and the way back, sharing, pictures, copies that travel."""

import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from prosa.assistants import AssistantNotFound
from prosa.identity import OPERATOR, AccountChanges, Caller, CallerKind, Role, Scope
from tests.api.app.house import House, Person, house
from tests.api.app.test_answers import events

ANY = {"if-match": "*"}
PNG = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==")
NOBODYS = "0123456789abcdef0123456789abcdef"


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as made:
        yield made


async def made(person: Person, **fields: object) -> dict[str, Any]:
    """A new assistant of somebody's."""
    answer = await person.ask("POST", "/assistants", {"name": "Contratos"} | fields)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/assistants/{body['id']}" and answer.headers["etag"] == body["etag"]
    return body


async def shared(person: Person, id: str, audience: str = "chosen", **whom: object) -> httpx2.Response:
    """Share it."""
    return await person.ask("PUT", f"/assistants/{id}/sharing", {"audience": audience} | whom, headers=ANY)


async def seen(person: Person, **query: str) -> list[str]:
    """The names of the assistants that somebody may use."""
    answer = await person.ask("GET", "/assistants", params=query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def statuses(person: Person, id: str) -> dict[str, int]:
    """What each thing that can be done with an assistant answers."""
    path, image = f"/assistants/{id}", {"content-type": "image/png"}
    answers = {
        "read": await person.ask("GET", path),
        "picture": await person.ask("GET", f"{path}/picture"),
        "duplicate": await person.ask("POST", f"{path}/duplicates"),
        "change": await person.ask("PATCH", path, {"description": "y"}, headers=ANY),
        "versions": await person.ask("GET", f"{path}/versions"),
        "version": await person.ask("GET", f"{path}/versions/1"),
        "difference": await person.ask("GET", f"{path}/versions/1/difference"),
        "restore": await person.ask("POST", f"{path}/versions/1/restoration", headers=ANY),
        "export": await person.ask("GET", f"{path}/export"),
        "set picture": await person.browser.put(f"/api/v1{path}/picture", content=PNG, headers=image),
        "sharing": await person.ask("GET", f"{path}/sharing"),
        "share": await shared(person, id, "everyone"),
        "delete": await person.ask("DELETE", path),
    }
    return {name: answer.status_code for name, answer in answers.items()}


USE = ("read", "picture", "duplicate")
EDIT = ("change", "versions", "version", "difference", "restore", "export", "set picture")
OWN = ("sharing", "share", "delete")


@pytest.mark.attack("A1", "A10")
async def test_each_may_what_their_right_gives_and_who_may_not_use_it_does_not_see_it(home: House) -> None:
    ana, bia, eva, zoe = [await home.person(name) for name in ("ana", "bia", "eva", "zoe")]
    id = (await made(ana))["id"]
    people = [{"user": "bia@example.com"}, {"user": eva.id, "edits": True}]
    assert (await shared(ana, id, people=people)).json()["people"] == [
        {"user": "bia@example.com", "edits": False},
        {"user": eva.id, "edits": True},
    ]
    assert set((await statuses(zoe, id)).values()) == {404}
    unknown = await zoe.ask("GET", f"/assistants/asst_{NOBODYS}")
    hidden = await zoe.ask("GET", f"/assistants/{id}")
    assert without_id(hidden, id.removeprefix("asst_")) == without_id(unknown, NOBODYS) and await seen(zoe) == []
    assert await statuses(bia, id) == dict.fromkeys(USE, 200) | {"picture": 204, "duplicate": 201} | dict.fromkeys(
        (*EDIT, *OWN), 403
    )
    assert await statuses(eva, id) == dict.fromkeys((*USE, *EDIT), 200) | {"picture": 204, "duplicate": 201} | {
        "set picture": 204
    } | dict.fromkeys(OWN, 403)
    # Through the other door it is the same, and by a key as by a browser.
    program = await home.program(await home.key(bia, Scope.READ, Scope.WRITE))
    assert (await program.get(f"/v1/assistants/{id}")).status_code == 200
    assert (await program.post(f"/v1/assistants/{id}", json={"name": "x"})).status_code == 403
    assert (await program.delete(f"/v1/assistants/{id}")).status_code == 403
    assert [each["right"] for each in (await bia.ask("GET", "/assistants")).json()["data"]] == ["own", "use"]
    await shared(ana, id, "private")
    assert (await program.get(f"/v1/assistants/{id}")).status_code == 404 and await seen(eva) == ["Contratos"]
    assert {**await statuses(ana, id)}.items() >= {"read": 200, "delete": 204, "share": 200}.items()


def without_id(answer: httpx2.Response, id: str) -> dict[str, Any]:
    """A problem but for what differs from request to request."""
    told: dict[str, Any] = json.loads(answer.text.replace(id, "ID"))
    return told | {"request_id": ""}


async def test_roles_and_everybody_are_let_in_as_they_are_now(home: House) -> None:
    ana, rui = await home.person("ana"), await home.person("rui")
    id = (await made(ana))["id"]
    await shared(ana, id, roles=[{"role": "analyst"}])
    assert await seen(rui) == []
    await home.prosa.system.people.identity.accounts.change(OPERATOR, rui.account.id, AccountChanges(role=Role.ANALYST), None)
    usable = home.prosa.system.features.assistants.usable
    analyst = Caller(CallerKind.SESSION, rui.account.id, "", "", account_id=rui.account.id, role=Role.ANALYST)
    assert (await usable(analyst, id)).right == "use"
    user = Caller(CallerKind.SESSION, rui.account.id, "", "", account_id=rui.account.id, role=Role.USER)
    with pytest.raises(AssistantNotFound, match=f"No assistant found with id '{id}'"):
        await usable(user, id)
    await shared(ana, id, "everyone")
    nobody = Caller(CallerKind.KEY, "a key of the settings", "", "")  # without an account, and without a role
    assert (await usable(nobody, id)).right == "use" and (await usable(user, id)).right == "use"


async def test_the_list_can_be_of_ones_own_of_what_some_were_lent_or_of_everyones(home: House) -> None:
    ana, bia, zoe = [await home.person(name) for name in ("ana", "bia", "zoe")]
    await made(bia, name="Meu")
    for name, audience in (("Para Bia", "chosen"), ("De todos", "everyone"), ("Só de Ana", "private")):
        id = (await made(ana, name=name))["id"]
        if audience != "private":
            await shared(ana, id, audience, people=[{"user": bia.id, "edits": True}])
    assert await seen(bia, mine="true") == ["Meu"]
    assert (await seen(bia, lent="chosen"), await seen(bia, lent="everyone")) == (["Para Bia"], ["De todos"])
    assert (await seen(zoe, lent="chosen"), await seen(zoe, lent="everyone", search="TODOS")) == ([], ["De todos"])
    assert await seen(ana, lent="everyone") == await seen(bia, mine="true", lent="chosen") == []
    assert (await bia.ask("GET", "/assistants", params={"lent": "private"})).status_code == 422


async def test_it_is_said_which_tools_work_here_and_why_one_does_not() -> None:
    async with house({"PROSA_INTERPRETER": "false"}) as made_here:
        ana = await made_here.person("ana")
        told = {each["type"]: each for each in (await ana.ask("GET", "/assistant-tools")).json()["data"]}
    assert told["file_search"] == {"type": "file_search", "available": True, "obstacle": None, "reason": None}
    assert (told["code_interpreter"]["available"], told["code_interpreter"]["obstacle"]) == (False, "switched_off")
    assert "PROSA_INTERPRETER" in told["code_interpreter"]["reason"]


@pytest.mark.attack("A1", "A10")
async def test_who_may_edit_one_tries_a_draft_with_its_owners_knowledge_and_saves_nothing(home: House) -> None:
    ana, bia, eva = [await home.person(name) for name in ("ana", "bia", "eva")]
    store = (await ana.browser.post("/v1/vector_stores", json={"name": "Contratos"})).json()["id"]
    foreign = (await bia.browser.post("/v1/vector_stores", json={})).json()["id"]
    body = {"model": "mock", "instructions": "Fale.", "tools": [{"type": "file_search"}], "vector_store_ids": [store]}
    id = (await made(ana, **body))["id"]
    await shared(ana, id, people=[{"user": bia.id, "edits": True}, {"user": eva.id}])
    asked = {"input": "Olá", "assistant": id, "draft": {"instructions": "Cale.", "temperature": 0.5}}
    told = events((await bia.ask("POST", "/answers", asked)).text)
    begun = told[0]["response"]
    assert (begun["instructions"], begun["temperature"], told[-1]["type"]) == ("Cale.", 0.5, "response.completed")
    assert begun["tools"] == [{"type": "file_search", "vector_store_ids": [store]}]
    assert (await ana.ask("GET", f"/assistants/{id}")).json()["version"] == 1
    for person, draft, status in (
        (eva, {}, 403),
        (bia, {"vector_store_ids": [foreign]}, 404),
        (bia, {"model": "gone-model"}, 404),
        (bia, {"temperature": 9}, 422),
        (bia, {"owner": "x"}, 422),
    ):
        answer = await person.ask("POST", "/answers", asked | {"draft": draft})
        assert answer.status_code == status, (draft, answer.text)
    assert (await bia.ask("POST", "/answers", {"input": "Olá", "draft": {}})).status_code == 422
    await shared(ana, id, "private")
    assert (await bia.ask("POST", "/answers", asked)).status_code == 404


@pytest.mark.attack("B8")
async def test_sharing_tells_nobody_who_has_an_account(home: House) -> None:
    ana, _, admin = await home.person("ana"), await home.person("bia"), await home.person("adm", Role.ADMIN)
    id = (await made(ana))["id"]
    there = await shared(ana, id, people=[{"user": "bia@example.com"}])
    nowhere = await shared(ana, id, people=[{"user": "xia@example.com"}])
    assert there.status_code == nowhere.status_code == 200
    blind = [{**answer.json(), "etag": ""} for answer in (there, nowhere)]
    assert blind[0]["people"][0].pop("user") and blind[1]["people"][0].pop("user") and blind[0] == blind[1]
    hers = (await made(admin))["id"]  # who may see all people hears it
    assert (await shared(admin, hers, people=[{"user": "xia@example.com"}])).json()["param"] == "people[0]"
    # Who comes later under that address was never let in.
    xia = await home.person("xia")
    assert await seen(xia) == []
    for people, audience in (
        ([{"user": f"user_{NOBODYS}"}], "chosen"),
        ([{"user": ana.id}], "chosen"),
        ([{"user": xia.id}, {"user": "xia@example.com"}], "chosen"),
        ([{"user": xia.id}, {"user": xia.id}], "chosen"),
        ([{"user": xia.id}], "private"),
        ([], "chosen"),
    ):
        assert (await shared(ana, id, audience, people=people)).status_code in (400, 404), people
    assert (await ana.ask("GET", f"/assistants/{id}/sharing")).json()["people"] == [{"user": "xia@example.com", "edits": False}]


async def test_every_edit_is_a_version_with_its_author_a_difference_and_a_way_back(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    one = await made(ana, instructions="Be brief.\nSay please.", starters=["Olá!"])
    path = f"/assistants/{one['id']}"
    await shared(ana, one["id"], people=[{"user": bia.id, "edits": True}])
    stale = await ana.ask("PATCH", path, {"name": "x"}, headers={"if-match": one["etag"]})
    assert (stale.status_code, stale.json()["code"]) == (412, "edit_conflict")
    assert (await ana.ask("PATCH", path, {"name": "x"})).status_code == 428
    tag = (await bia.ask("GET", path)).headers["etag"]
    tools = [{"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}]
    two = await bia.ask("PATCH", path, {"instructions": "Be brief.\nSay thanks.", "tools": tools}, headers={"if-match": tag})
    assert two.status_code == 200 and two.json()["version"] == 2 and two.json()["tools"] == tools
    assert (await bia.ask("PATCH", path, {"instructions": "Be brief.\nSay thanks."}, headers=ANY)).json()["version"] == 2
    told = (await ana.ask("GET", f"{path}/versions/2/difference")).json()
    assert [each["field"] for each in told["fields"]] == ["instructions", "tools"] and told["fields"][1]["before"] == []
    assert "-Say please.\n+Say thanks." in told["instructions"]
    assert (await ana.ask("GET", f"{path}/versions/1/difference")).json()["fields"] == []
    back = (await ana.ask("POST", f"{path}/versions/1/restoration", headers=ANY)).json()
    assert (back["version"], back["instructions"], back["tools"]) == (3, one["instructions"], [])
    first = (await ana.ask("GET", f"{path}/versions", params={"limit": "2"})).json()
    lines = [(each["number"], each["author"], each["restores"]) for each in first["data"]]
    assert lines == [(3, "ana", 1), (2, "bia", None)]
    rest = (await ana.ask("GET", f"{path}/versions", params={"limit": "2", "cursor": first["next_cursor"]})).json()
    assert [each["number"] for each in rest["data"]] == [1] and rest["next_cursor"] is None
    assert (await ana.ask("GET", f"{path}/versions/1")).json()["content"]["starters"] == ["Olá!"]
    assert (await ana.ask("GET", f"{path}/versions/4")).status_code == 404
    pinned = await home.prosa.system.features.assistants.pinned(one["id"].removeprefix("asst_"), 2)
    assert pinned is not None and pinned.instructions == "Be brief.\nSay thanks."
    told_so = "SELECT type, object_id FROM changes WHERE space = $1 ORDER BY number"  # by whomever: to its owner's devices
    rows = await home.prosa.system.people.database.fetch(told_so, ana.account.id)
    assert [tuple(row) for row in rows] == [(f"assistant.{what}", one["id"]) for what in ("created", *["updated"] * 3)]


@pytest.mark.attack("A2", "G11")
async def test_who_edits_anothers_assistant_brings_no_files_of_anybodys_into_it(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    anas, bias = await stored(home, ana), await stored(home, bia)
    one = await made(ana, file_ids=anas[:1], vector_store_ids=anas[1:])
    assert (one["file_ids"], one["vector_store_ids"]) == (anas[:1], anas[1:])
    path = f"/assistants/{one['id']}"
    await shared(ana, one["id"], people=[{"user": bia.id, "edits": True}])
    for body in ({"file_ids": bias[:1]}, {"vector_store_ids": bias[1:]}):
        assert (await bia.ask("PATCH", path, body, headers=ANY)).status_code == 404
    await ana.ask("PATCH", path, {"file_ids": [], "vector_store_ids": []}, headers=ANY)
    for body in ({"file_ids": anas[:1]}, {"vector_store_ids": anas[1:]}):  # what she knows of from before
        assert (await bia.ask("PATCH", path, body, headers=ANY)).status_code == 404
    back = (await bia.ask("POST", f"{path}/versions/1/restoration", headers=ANY)).json()
    assert (back["file_ids"], back["vector_store_ids"]) == ([], [])
    back = (await ana.ask("POST", f"{path}/versions/1/restoration", headers=ANY)).json()
    assert (back["file_ids"], back["vector_store_ids"]) == (anas[:1], anas[1:])
    copy = (await bia.ask("POST", f"{path}/duplicates")).json()
    assert (copy["assistant"]["file_ids"], copy["lost_stores"], copy["lost_file_count"]) == ([], 1, 1)
    key = {"idempotency-key": "copy-once"}
    own = (await ana.ask("POST", f"{path}/duplicates", headers=key)).json()
    assert (await ana.ask("POST", f"{path}/duplicates", headers=key)).json()["assistant"]["id"] == own["assistant"]["id"]
    assert await seen(ana) == ["Contratos"] * 2
    assert (own["assistant"]["file_ids"], own["lost_stores"], own["lost_file_count"]) == (anas[:1], 0, 0)


async def stored(home: House, person: Person) -> list[str]:
    """A file and a store of somebody's."""
    program = await home.program(await home.key(person, Scope.READ, Scope.WRITE))
    data = {"purpose": "assistants"}
    file = await program.post("/v1/files", files={"file": ("dados.csv", b"a,b\n1,2\n", "text/csv")}, data=data)
    store = await program.post("/v1/vector_stores", json={"name": "Contratos"})
    return [file.json()["id"], store.json()["id"]]


async def test_a_list_is_searched_without_accents_and_read_in_pages(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    for name in ("Locação", "Fábrica 100%", "Ação_1"):
        await made(ana, name=name, description="De 2026")
    hers = (await made(bia, name="Da Bia"))["id"]
    await shared(bia, hers, "everyone")
    assert await seen(ana) == ["Da Bia", "Ação_1", "Fábrica 100%", "Locação"]
    assert await seen(ana, mine="true", search="ACAO") == ["Ação_1", "Locação"]
    assert await seen(ana, search="100%") == ["Fábrica 100%"] and await seen(ana, search="o_1") == ["Ação_1"]
    assert await seen(ana, search=hers[5:15]) == ["Da Bia"] and await seen(ana, search="2026", mine="false") == (
        ["Ação_1", "Fábrica 100%", "Locação"]
    )
    assert await seen(ana, search="\0!") == []
    page = (await ana.ask("GET", "/assistants", params={"limit": "3"})).json()
    rest = await ana.ask("GET", "/assistants", params={"limit": "3", "cursor": page["next_cursor"]})
    assert [each["name"] for each in rest.json()["data"]] == ["Locação"] and page["data"][0]["owner"] == "bia"
    foreign = await bia.ask("GET", "/assistants", params={"limit": "3", "cursor": page["next_cursor"]})
    assert foreign.status_code == 400


async def test_a_picture_is_seen_by_who_may_use_it_and_goes_with_the_assistant(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    one = await made(ana)
    path = f"/api/v1/assistants/{one['id']}/picture"
    image = {"content-type": "image/png"}
    assert (await ana.browser.put(path, content=PNG, headers=image)).status_code == 204
    assert (await ana.browser.put(path, content=b"<svg/>", headers=image)).status_code == 400
    assert (await ana.browser.put("/api/v1/me/picture", content=PNG, headers=image)).status_code == 204
    shown = (await ana.ask("GET", f"/assistants/{one['id']}")).json()["picture"]
    assert shown.startswith(f"{path}?of=") and (await ana.browser.get(shown)).content == PNG
    assert (await bia.browser.get(shown)).status_code == 404
    await shared(ana, one["id"], "everyone")
    assert (await bia.browser.get(shown)).content == PNG
    copy = (await bia.ask("POST", f"/assistants/{one['id']}/duplicates")).json()["assistant"]
    assert (await ana.ask("GET", f"/assistants/{copy['id']}")).status_code == 404
    await ana.ask("DELETE", f"/assistants/{one['id']}")
    assert (await bia.browser.get(copy["picture"])).content == PNG  # a copy of its own
    rows = await home.prosa.system.people.database.fetch("SELECT space, purpose FROM files ORDER BY purpose")
    assert [tuple(row) for row in rows] == [(bia.account.id, "assistant_picture"), (ana.account.id, "picture")]
    assert (await bia.browser.delete(f"/api/v1/assistants/{copy['id']}/picture")).status_code == 204
    assert (await bia.ask("GET", f"/assistants/{copy['id']}")).json()["picture"] is None


@pytest.mark.attack("A15")
async def test_an_exported_assistant_comes_in_as_ones_own_private_and_empty(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    held = await stored(home, ana)
    fields: dict[str, Any] = {
        "instructions": "Seja breve.",
        "tools": [{"type": "file_search"}, {"type": "code_interpreter"}],
        "starters": ["Olá!"],
        "limits": {"max_prompt_tokens": 5000, "max_completion_tokens": None},
        "temperature": 0.5,
    }
    one = await made(ana, file_ids=held[:1], vector_store_ids=held[1:], **fields)
    await ana.browser.put(f"/api/v1/assistants/{one['id']}/picture", content=PNG, headers={"content-type": "image/png"})
    await shared(ana, one["id"], "everyone")
    file = await ana.ask("GET", f"/assistants/{one['id']}/export")
    assert file.headers["content-disposition"].startswith("attachment") and held[0][5:] not in file.text
    told = file.json()
    assert told["knowledge"] == {"stores": ["Contratos"], "files": ["dados.csv"]}
    # Whoever made the file by hand gains nothing by it.
    smuggled = {"id": one["id"], "space": ana.account.id, "store_ids": [held[1][3:]], "file_ids": [held[0][5:]]}
    hostile = told | {"audience": "everyone", "assistant": told["assistant"] | smuggled}
    brought = await bia.ask("POST", "/assistant-imports", hostile)
    assert brought.status_code == 201, brought.text
    body = brought.json()
    new = body["assistant"]
    assert {name: new[name] for name in fields} == fields
    assert new["id"] != one["id"] and (new["audience"], new["right"], new["file_ids"]) == ("private", "own", [])
    assert (body["empty_stores"], body["lost_files"], body["missing_model"]) == (["Contratos"], ["dados.csv"], None)
    assert new["vector_store_ids"] and new["vector_store_ids"] != held[1:]
    assert (await bia.browser.get(new["picture"])).content == PNG


@pytest.mark.attack("A15")
async def test_a_file_from_elsewhere_does_with_the_model_that_is_here_and_no_other_file_comes_in(home: House) -> None:
    bia = await home.person("bia")
    told: dict[str, Any] = {"format": "prosa.assistant", "version": 1, "assistant": {"model": "mock", "name": "Contratos"}}
    elsewhere = told | {
        "assistant": told["assistant"] | {"model": "of another installation"},
        "picture": None,
        "exported_at": None,
    }
    body = (await bia.ask("POST", "/assistant-imports", elsewhere)).json()
    assert (body["assistant"]["model"], body["missing_model"]) == ("mock", "of another installation")
    wrongs: tuple[dict[str, Any], ...] = (
        {},
        told | {"version": 2},
        told | {"format": "other"},
        told | {"assistant": {"model": "mock", "name": "x" * 257}},
        told | {"picture": {"type": "image/png", "data": "no base64!"}},
        told | {"picture": {"type": "image/jpeg", "data": base64.b64encode(PNG).decode()}},
    )
    for wrong in wrongs:
        answer = await bia.ask("POST", "/assistant-imports", wrong)
        assert (answer.status_code, answer.json()["code"]) == (400, "assistant_file_invalid")
    deep = await bia.browser.post("/api/v1/assistant-imports", content=b'{"a":' + b"[" * 100_000)
    assert deep.status_code == 400 and len(await seen(bia, mine="true")) == 1


async def test_fields_that_nobody_knows_or_that_do_not_fit_are_named(home: House) -> None:
    ana = await home.person("ana")
    for body, status, param in (
        ({"name": ""}, 422, "name"),
        ({"name": "x", "owner": "bia"}, 422, "owner"),
        ({"name": "x", "id": "asst_mine"}, 422, "id"),
        ({"name": "x", "starters": ["a"] * 9}, 422, "starters"),
        ({"name": "x", "limits": {"max_prompt_tokens": 1}}, 422, "limits.max_prompt_tokens"),
        ({"name": "x", "tools": [{"type": "shell"}]}, 400, "tools[0].type"),
        ({"name": "x", "response_format": "xml"}, 400, "response_format"),
        ({"name": "x", "model": "no such model"}, 404, None),
        ({"name": "x", "file_ids": ["nothing"]}, 404, "file_ids"),
        ({"name": "x", "vector_store_ids": ["nothing"]}, 404, "vector_store_ids"),
    ):
        answer = await ana.ask("POST", "/assistants", body)
        told = answer.json()
        named = told.get("param") or (told["errors"][0]["param"] if told.get("errors") else None)
        assert answer.status_code == status and (param is None or named == param), answer.text
    large = {"name": "x", "instructions": "é" * 256_000, "metadata": {str(number): "v" for number in range(16)}}
    assert (await ana.ask("POST", "/assistants", large)).status_code == 201
    one = await made(ana, description="y", metadata={"a": "b"}, limits={"max_prompt_tokens": 300})
    path = f"/assistants/{one['id']}"
    nulls = dict.fromkeys(("description", "metadata", "limits", "starters", "tools", "response_format", "temperature"))
    emptied = (await ana.ask("PATCH", path, nulls, headers=ANY)).json()
    assert (emptied["description"], emptied["metadata"], emptied["response_format"]) == (None, {}, "auto")
    assert emptied["limits"]["max_prompt_tokens"] is None and emptied["name"] == "Contratos"
