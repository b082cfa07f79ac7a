"""The prompt library: one's own and everyone's, found by their words and commands, never overwritten silently."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.identity import OPERATOR, Caller, CallerKind, PermissionDenied, Role
from prosa.prompts import MOST, PROMPT, Audience, Wish
from tests.api.app.house import House, Person, house, problem
from tests.databases import KINDS, an_address, environment

ANY = {"if-match": "*"}
TEXT = "Resuma em {{ idioma }}, em {{frases}} frases, para {{idioma}}: {{1x}} {{}} {texto}"


@pytest.fixture(params=KINDS)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    with an_address(request.param) as address:
        async with house(environment(address)) as found:
            yield found


async def kept(person: Person, name: str = "Resumo", **fields: Any) -> dict[str, Any]:
    """A prompt of somebody's."""
    answer = await person.ask("POST", "/prompts", {"name": name, "text": TEXT} | fields)
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    assert answer.headers["location"] == f"/api/v1/prompts/{told['id']}" and answer.headers["etag"] == told["etag"]
    return told


async def names(person: Person, **query: object) -> list[str]:
    answer = await person.ask("GET", "/prompts", params=query)
    assert answer.status_code == 200, answer.text
    return [each["name"] for each in answer.json()["data"]]


async def test_prompts_are_kept_found_changed_and_deleted(home: House) -> None:
    ana, admin = await home.person("ana"), await home.person("adm", Role.ADMIN)
    made = await kept(ana, "Tradução à  mão")
    assert (made["name"], made["command"], made["shared"], made["mine"]) == ("Tradução à mão", "traducao-a-mao", "private", True)
    assert made["variables"] == ["idioma", "frases"]
    assert (await kept(ana, "Tradução à mão"))["command"] == "traducao-a-mao-2"
    taken = await ana.ask("POST", "/prompts", {"name": "x", "text": "y", "command": "/Traducao à mão"})
    assert problem(taken) == (409, "prompt_command_taken")
    assert len({(await kept(ana, "x" * 40 + str(number)))["command"] for number in range(3)}) == 3
    for each in (await ana.ask("GET", "/prompts", params={"search": "xxx"})).json()["data"]:
        await ana.ask("DELETE", f"/prompts/{each['id']}")
    path = f"/prompts/{made['id']}"
    assert problem(await ana.ask("PATCH", path, {"text": "y"})) == (428, "precondition_required")
    changed = await ana.ask("PATCH", path, {"text": "É {{cor}}?", "command": "cor"}, headers={"if-match": made["etag"]})
    assert (changed.json()["variables"], changed.json()["command"]) == (["cor"], "cor")
    assert problem(await ana.ask("PATCH", path, {"name": "y"}, headers={"if-match": made["etag"]})) == (412, "edit_conflict")
    assert problem(await ana.ask("PATCH", path, {"command": "traducao-a-mao-2"}, headers=ANY)) == (409, "prompt_command_taken")
    for wrong in (
        {"command": "//"},
        {"text": " "},
        {"name": "\u200b"},
        {"text": "{{" + "}}{{".join(f"a{n}" for n in range(21)) + "}}"},
    ):
        assert problem(await ana.ask("PATCH", path, wrong, headers=ANY)) == (400, "prompt_invalid")
    assert (await ana.ask("GET", path)).json() == changed.json()
    assert await names(ana, search="TRADUCAO") == await names(ana) == ["Tradução à mão"] * 2
    assert await names(ana, search="{{cor}}") == await names(ana, search="cor", mine=True) == ["Tradução à mão"]
    assert await names(ana, search="%") == await names(admin) == []
    first = (await ana.ask("GET", "/prompts", params={"limit": 1})).json()
    rest = (await ana.ask("GET", "/prompts", params={"limit": 1, "cursor": first["next_cursor"]})).json()
    assert first["data"][0]["id"] == made["id"] != rest["data"][0]["id"] and rest["next_cursor"] is None
    assert (await ana.ask("DELETE", path)).status_code == 204
    assert problem(await ana.ask("GET", path)) == (404, "prompt_not_found") and len(await names(ana)) == 1


@pytest.mark.attack("A1", "A10")
async def test_administrators_publish_and_nobody_sees_what_is_anothers(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    admin, other = await home.person("adm", Role.ADMIN), await home.person("adn", Role.ADMIN)
    hers = await kept(ana, "Dela")
    refused = await ana.ask("PATCH", f"/prompts/{hers['id']}", {"shared": "everyone"}, headers=ANY)
    assert problem(refused) == problem(await ana.ask("POST", "/prompts", {"name": "x", "text": "y", "shared": "everyone"}))
    assert problem(refused) == (403, "permission_denied")
    for method, body in (("GET", None), ("PATCH", {"text": "x"}), ("DELETE", None)):
        for person in (bia, admin):
            strange = await person.ask(method, f"/prompts/{hers['id']}", body, headers=ANY)
            nowhere = await person.ask(method, f"/prompts/{PROMPT}{'0' * 32}", body, headers=ANY)
            assert {**strange.json(), "request_id": ""} == {**nowhere.json(), "request_id": ""} and strange.status_code == 404
    everyones = await kept(admin, "De todos", shared="everyone", command="todos")
    assert await names(bia) == ["De todos"] and (await kept(bia, "Meu", command="todos"))["command"] == "todos"
    [seen] = (await ana.ask("GET", "/prompts", params={"search": "todos"})).json()["data"]
    assert (seen["mine"], seen["editable"], seen["text"]) == (False, False, TEXT)
    path = f"/prompts/{everyones['id']}"
    assert problem(await bia.ask("PATCH", path, {"text": "mal"}, headers=ANY)) == (403, "permission_denied")
    assert problem(await bia.ask("DELETE", path)) == (403, "permission_denied")
    assert (await other.ask("PATCH", path, {"name": "De todas"}, headers=ANY)).json()["editable"] is True
    # Who published it and isn't an administrator any more can take it back, and not write for everyone.
    prompts, id = home.prosa.system.features.prompts, everyones["id"].removeprefix(PROMPT)
    former = Caller(CallerKind.SESSION, admin.account.id, "", "")
    with pytest.raises(PermissionDenied):
        await prompts.change(former, id, Wish(text="mal"))
    assert (await prompts.change(former, id, Wish(audience=Audience.PRIVATE))).name == "De todas"
    assert await names(ana) == ["Dela"]


async def test_there_is_room_for_so_many_and_they_go_with_their_owner(home: House) -> None:
    ana = await home.person("ana")
    made = await kept(ana)
    database = home.prosa.system.people.database
    async with database.writing() as connection:
        for number in range(MOST - 1):
            values = f"'{number:032x}', '{ana.account.id}', 'n', 'n{number}', 't', 'n', 'private', 1, 1, 1"
            await connection.exec_driver_sql(f"INSERT INTO prompts VALUES ({values})")
    assert problem(await ana.ask("POST", "/prompts", {"name": "x", "text": "y"})) == (409, "too_many_prompts")
    archive = await home.prosa.system.people.database.fetch("SELECT COUNT(*) FROM prompts WHERE space = $1", ana.account.id)
    assert [tuple(row) for row in archive] == [(MOST,)] and made["shared"] == "private"
    await home.prosa.system.people.identity.accounts.delete(OPERATOR, ana.account.id)
    assert [tuple(row) for row in await database.fetch("SELECT COUNT(*) FROM prompts")] == [(0,)]
