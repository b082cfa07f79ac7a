"""One's own API keys and sessions, and tickets."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.identity import Device, Role, Scope
from tests.api.app.house import PASSWORD, House, house, problem

WISH = {"name": "my laptop", "scopes": ["read", "write"], "current_password": PASSWORD}
PROOF = {"current_password": PASSWORD}


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


@pytest.mark.contract("A18", "A19")
@pytest.mark.attack("B19", "C5")
async def test_a_key_is_shown_once_and_works(home: House) -> None:
    ana = await home.person("ana")
    assert problem(await ana.ask("POST", "/keys", WISH | {"current_password": "wrong"})) == (403, "wrong_password")
    made = await ana.ask("POST", "/keys", WISH)
    key = made.json()
    text = key.pop("key")
    assert made.status_code == 201 and made.headers["location"] == f"/api/v1/keys/{key['id']}" and text.startswith(key["hint"])
    assert (await ana.ask("GET", f"/keys/{key['id']}")).json() == key
    assert (await ana.ask("GET", "/keys")).json() == {"data": [key], "next_cursor": None}
    program = await home.program(text)
    answer = await program.post("/v1/chat/completions", json={"messages": [{"role": "user", "content": "Olá!"}]})
    assert answer.status_code == 200
    assert problem(await ana.ask("POST", "/keys", WISH)) == (409, "key_name_taken")


@pytest.mark.contract("A18")
@pytest.mark.attack("C3")
async def test_no_key_is_made_for_more_than_its_owner_may(home: House) -> None:
    ana = await home.person("ana")
    assert problem(await ana.ask("POST", "/keys", WISH | {"scopes": ["admin"]})) == (403, "scope_not_allowed")
    wrong: tuple[dict[str, Any], ...] = (
        *({field: "x"} for field in ("account_id", "owner", "user_id", "id", "digest", "permissions", "role", "key")),
        *({"scopes": scopes} for scopes in ([], ["root"], "read", ["read"] * 9, None)),
        {"expires_at": "tomorrow"},
        {"expires_at": "2099-01-01T00:00:00"},
    )
    for fields in wrong:
        assert problem(await ana.ask("POST", "/keys", WISH | fields))[0] == 422, fields
    assert problem(await ana.ask("POST", "/keys", WISH | {"expires_at": "2001-01-01T00:00:00Z"}))[0] == 400
    assert problem(await ana.ask("POST", "/keys", WISH | {"addresses": ["everywhere"]})) == (400, "invalid_request")
    assert (await ana.ask("GET", "/keys")).json()["data"] == []


@pytest.mark.contract("A18")
@pytest.mark.attack("B19")
async def test_a_key_is_changed_rotated_and_revoked_with_the_password(home: House) -> None:
    ana = await home.person("ana")
    made = (await ana.ask("POST", "/keys", WISH)).json()
    path = f"/keys/{made['id']}"
    tag = (await ana.ask("GET", path)).headers["etag"]
    change = {"name": "old laptop", "models": ["mock"], "expires_at": "2099-01-31T12:00:00+03:00"}
    assert problem(await ana.ask("PATCH", path, change | {"current_password": "wrong"})) == (403, "wrong_password")
    changed = await ana.ask("PATCH", path, change | PROOF, headers={"if-match": tag})
    assert changed.json()["models"] == ["mock"] and changed.json()["expires_at"] == "2099-01-31T09:00:00Z"
    assert problem(await ana.ask("PATCH", path, change | PROOF, headers={"if-match": tag})) == (412, "edit_conflict")
    assert (await ana.ask("PATCH", path, {"models": None} | PROOF)).json()["models"] is None
    assert problem(await ana.ask("POST", f"{path}/rotation", {"current_password": "wrong"})) == (403, "wrong_password")
    rotated = await ana.ask("POST", f"{path}/rotation", {"overlap_seconds": 60} | PROOF)
    new = rotated.json()
    assert rotated.status_code == 201 and new["name"] == "old laptop" and new["key"] != made["key"]
    assert (await ana.ask("GET", path)).json()["replaced_by"] == new["id"]
    for text in (made["key"], new["key"]):
        assert (await (await home.program(text)).get("/v1/me")).status_code == 200
    assert problem(await ana.ask("DELETE", f"/keys/{new['id']}", {"current_password": "wrong"})) == (403, "wrong_password")
    assert (await ana.ask("DELETE", f"/keys/{new['id']}", PROOF)).status_code == 204
    for text in (made["key"], new["key"]):  # the one before was good because of this one alone
        assert (await (await home.program(text)).get("/v1/me")).status_code == 401
    assert [key["status"] for key in (await ana.ask("GET", "/keys?ended=true")).json()["data"]] == ["revoked", "revoked"]


@pytest.mark.attack("A1")
async def test_somebody_elses_key_is_no_key(home: House) -> None:
    ana, root = await home.person("ana"), await home.person("root", Role.ADMIN)
    made = (await ana.ask("POST", "/keys", WISH)).json()
    for person in (root, await home.person("bia")):
        for method, end, body in (("GET", "", None), ("PATCH", "", PROOF), ("DELETE", "", PROOF), ("POST", "/rotation", PROOF)):
            texts = set()
            for key_id in (made["id"], "key_" + "0" * 32, "x"):
                answer = await person.ask(method, f"/keys/{key_id}{end}", body)
                assert problem(answer) == (404, "not_found")
                texts.add(answer.text.replace(answer.headers["x-request-id"], ""))
            assert len(texts) == 1
    assert (await ana.ask("GET", f"/keys/{made['id']}")).json()["status"] == "active"


@pytest.mark.contract("A15")
@pytest.mark.attack("A1", "B3")
async def test_sessions_are_listed_and_ended_by_their_owner(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    _, token = await home.prosa.system.people.identity.sessions.start(ana.account.id, Device("192.0.2.7", "Firefox"))
    found = (await ana.ask("GET", "/sessions")).json()["data"]
    assert (found[0]["agent"], found[0]["address"]) == ("Firefox", "192.0.2.7")
    assert [one["current"] for one in found] == [False, True]
    phone = found[0]["id"]
    for session_id in (phone, "sess_" + "0" * 32, "x"):
        for method in ("GET", "DELETE"):
            assert problem(await bia.ask(method, f"/sessions/{session_id}")) == (404, "not_found")
    cookie = {"cookie": f"prosa_session={token}"}
    assert (await (await home.browser()).get("/api/v1/me", headers=cookie)).status_code == 200
    assert (await ana.ask("GET", f"/sessions/{phone}")).json()["current"] is False
    assert (await ana.ask("DELETE", f"/sessions/{phone}")).status_code == 204
    assert (await (await home.browser()).get("/api/v1/me", headers=cookie)).status_code == 401
    assert problem(await ana.ask("GET", f"/sessions/{phone}")) == (404, "not_found")


async def test_lists_by_time_come_in_pages(home: House) -> None:
    ana = await home.person("ana")
    for number in range(5):
        await home.key(ana, Scope.READ, name=f"k{number}")
    first = (await ana.ask("GET", "/keys?limit=2")).json()
    second = (await ana.ask("GET", f"/keys?limit=3&cursor={first['next_cursor']}")).json()
    names = [key["name"] for key in first["data"] + second["data"]]
    assert names == ["k4", "k3", "k2", "k1", "k0"] and second["next_cursor"] is None


async def test_a_ticket_stands_for_a_header_once(home: House) -> None:
    ana = await home.person("ana")
    made = await ana.ask("POST", "/auth/tickets", {"path": "/api/v1/me"})
    assert made.status_code == 201 and made.json()["expires_in"] == 60
    nobody = await home.browser()
    url = f"/api/v1/me?ticket={made.json()['ticket']}"
    answers = await asyncio.gather(*(nobody.get(url) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401]
    other = (await ana.ask("POST", "/auth/tickets", {"path": "/api/v1/keys"})).json()["ticket"]
    assert problem(await nobody.get(f"/api/v1/me?ticket={other}"))[0] == 401
    for path in ("", "me", "https://evil.example/", "/x?y", None):
        assert problem(await ana.ask("POST", "/auth/tickets", {"path": path}))[0] in (400, 422)
