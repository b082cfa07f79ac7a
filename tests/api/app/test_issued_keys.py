"""What administrators see of others' credentials: every key with its owner, and the browsers in which somebody is signed in."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest

from prosa.identity import OPERATOR, Device, Role, Scope
from tests.api.app.house import House, house


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as running:
        yield running


def told(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


@pytest.mark.contract("A20")
@pytest.mark.attack("A1", "C3")
async def test_every_key_is_listed_with_its_owner_for_admins_who_are_signed_in(home: House) -> None:
    root, ana, bia = await home.person("root", Role.ADMIN), await home.person("ana"), await home.person("bia")
    texts = [await home.key(person, Scope.READ, name=f"of {person.account.name}") for person in (ana, bia)]
    await home.prosa.system.people.identity.accounts.suspend(OPERATOR, bia.account.id)
    found = (await root.ask("GET", "/issued-keys")).json()["data"]
    assert [(key["name"], key["owner"]["id"], key["owner"]["status"]) for key in found] == [
        ("of bia", bia.id, "suspended"),
        ("of ana", ana.id, "active"),
    ]
    assert not [text for text in texts if text in str(found)]
    first = (await root.ask("GET", "/issued-keys?limit=1")).json()
    then = (await root.ask("GET", f"/issued-keys?limit=1&cursor={first['next_cursor']}")).json()
    assert [key["name"] for key in first["data"] + then["data"]] == ["of bia", "of ana"] and then["next_cursor"] is None
    assert (await root.ask("DELETE", f"/users/{ana.id}/keys/{found[1]['id']}")).status_code == 204
    assert [key["name"] for key in (await root.ask("GET", "/issued-keys")).json()["data"]] == ["of bia"]
    ended = (await root.ask("GET", "/issued-keys?ended=true")).json()["data"]
    assert {key["name"]: key["status"] for key in ended} == {"of bia": "active", "of ana": "revoked"}
    assert told(await ana.ask("GET", "/issued-keys")) == (403, "permission_denied")
    program = await home.program(await home.key(root, Scope.READ, Scope.WRITE, Scope.ADMIN))
    assert told(await program.get("/api/v1/issued-keys")) == (403, "permission_denied")


@pytest.mark.contract("A20")
@pytest.mark.attack("A1", "C3")
async def test_somebodys_browsers_are_seen_and_signed_out_by_admins_who_are_signed_in(home: House) -> None:
    root, ana, bia = await home.person("root", Role.ADMIN), await home.person("ana"), await home.person("bia")
    await home.prosa.system.people.identity.sessions.start(ana.account.id, Device("127.0.0.1", "a phone"))
    path = f"/users/{ana.id}/sessions"
    found = (await root.ask("GET", path)).json()["data"]
    assert [(session["agent"], session["current"]) for session in found] == [("a phone", False), ("ana's browser", False)]
    for person in (ana, bia):
        assert told(await person.ask("GET", path)) == (404, "not_found")
        assert told(await person.ask("DELETE", f"{path}/{found[1]['id']}")) == (404, "not_found")
    assert told(await root.ask("DELETE", f"/users/{bia.id}/sessions/{found[1]['id']}")) == (404, "not_found")
    program = await home.program(await home.key(root, Scope.READ, Scope.WRITE, Scope.ADMIN))
    for method, place in (("GET", path), ("DELETE", f"{path}/{found[1]['id']}")):
        assert (await program.request(method, f"/api/v1{place}")).status_code in (403, 404)
    assert (await ana.ask("GET", "/me")).status_code == 200
    assert (await root.ask("DELETE", f"{path}/{found[1]['id']}")).status_code == 204
    for _ in range(40):
        if (await ana.ask("GET", "/me")).status_code == 401:
            break
        await asyncio.sleep(0.05)
    else:
        raise AssertionError("the browser is still signed in")
    assert [session["agent"] for session in (await root.ask("GET", path)).json()["data"]] == ["a phone"]
