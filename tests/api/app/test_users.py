"""People, as administrators see and manage them, and as nobody else does."""

from collections.abc import AsyncIterator

import pytest

from prosa.identity import OPERATOR, Role, Scope
from tests.api.app.house import PASSWORD, House, house, problem

ANY = {"if-match": "*"}
NOBODY = "user_" + "0" * 32


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


@pytest.mark.contract("A17", "A20")
async def test_an_admin_adds_finds_changes_suspends_and_deletes_people(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    made = await root.ask(
        "POST", "/users", {"email": "bia@example.com", "name": "Bia Reis", "role": "analyst", "password": PASSWORD}
    )
    user = made.json()
    assert made.status_code == 201 and made.headers["location"] == f"/api/v1/users/{user['id']}" and user["role"] == "analyst"
    assert (await root.ask("GET", "/users?search=reis")).json()["data"][0]["id"] == user["id"]
    found = await root.ask("GET", f"/users/{user['id']}")
    assert found.json() == user | {"profile": user["profile"] | {"cpf": None}} and found.headers["etag"] == made.headers["etag"]
    changed = await root.ask("PATCH", f"/users/{user['id']}", {"role": "user"}, headers={"if-match": found.headers["etag"]})
    assert changed.json()["role"] == "user"
    browser = await home.browser()
    login = {"login": "bia@example.com", "password": PASSWORD}
    assert (await browser.post("/api/v1/auth/sign-in", json=login)).status_code == 200
    assert (await root.ask("PUT", f"/users/{user['id']}/suspension")).json()["status"] == "suspended"
    assert (await browser.get("/api/v1/me")).status_code == 401
    assert (await root.ask("DELETE", f"/users/{user['id']}/suspension")).json()["status"] == "active"
    assert (await browser.post("/api/v1/auth/sign-in", json=login)).status_code == 200
    assert (await root.ask("DELETE", f"/users/{user['id']}")).status_code == 204
    assert problem(await root.ask("GET", f"/users/{user['id']}")) == (404, "not_found")
    assert problem(await root.ask("POST", "/users", {"email": "root@example.com"})) == (409, "email_taken")


async def test_two_who_edit_the_same_person_dont_overwrite_each_other(home: House) -> None:
    root, ana = await home.person("root", Role.ADMIN), await home.person("ana")
    path = f"/users/{ana.id}"
    assert problem(await root.ask("PATCH", path, {"name": "X"})) == (428, "precondition_required")
    tag = (await root.ask("GET", path)).headers["etag"]
    await ana.ask("PATCH", "/me", {"name": "Ana herself"})
    assert problem(await root.ask("PATCH", path, {"name": "X"}, headers={"if-match": tag})) == (412, "edit_conflict")
    mine = (await ana.ask("GET", "/me")).headers["etag"]
    assert problem(await root.ask("PATCH", path, {"name": "X"}, headers={"if-match": mine})) == (412, "edit_conflict")
    assert (await root.ask("PATCH", path, {"name": "X"}, headers=ANY)).json()["name"] == "X"


@pytest.mark.contract("A17")
@pytest.mark.attack("A6")
async def test_who_is_no_admin_manages_nobody(home: House) -> None:
    await home.person("root", Role.ADMIN)
    ana, bia = await home.person("ana"), await home.person("bia", Role.ANALYST)
    before = (await home.people[0].ask("GET", "/users")).json()
    for person in (ana, bia):
        assert problem(await person.ask("GET", "/users")) == (403, "permission_denied")
        assert problem(await person.ask("POST", "/users", {"email": "eve@example.com", "role": "admin"})) == (
            403,
            "permission_denied",
        )
        assert problem(await person.ask("POST", "/invites", {"role": "admin"})) == (403, "permission_denied")
        for method, end in (("GET", ""), ("PATCH", ""), ("DELETE", ""), ("PUT", "/suspension"), ("POST", "/password-reset")):
            body = {"role": "admin"} if method == "PATCH" else None
            texts = set()
            for user_id in (ana.id, bia.id, NOBODY, "x"):
                answer = await person.ask(method, f"/users/{user_id}{end}", body, headers=ANY)
                assert problem(answer)[0] == 404
                texts.add(answer.text.replace(answer.headers["x-request-id"], ""))
            assert len(texts) == 1
    assert (await home.people[0].ask("GET", "/users")).json() == before


@pytest.mark.contract("A20")
@pytest.mark.attack("A1", "C3")
async def test_somebodys_keys_are_seen_and_ended_by_admins_who_are_signed_in(home: House) -> None:
    root, ana, bia = await home.person("root", Role.ADMIN), await home.person("ana"), await home.person("bia")
    text = await home.key(ana, Scope.READ)
    program = await home.program(text)
    found = (await root.ask("GET", f"/users/{ana.id}/keys")).json()["data"]
    assert [key["name"] for key in found] == ["program"] and text not in str(found)
    assert (await ana.ask("GET", "/keys")).json()["data"] == found
    foreign, unknown = await bia.ask("GET", f"/users/{ana.id}/keys"), await bia.ask("GET", f"/users/{NOBODY}/keys")
    assert problem(foreign) == (404, "not_found")
    assert foreign.text.replace(foreign.headers["x-request-id"], "") == unknown.text.replace(unknown.headers["x-request-id"], "")
    path = f"/users/{ana.id}/keys/{found[0]['id']}"
    for person, user in ((bia, ana), (bia, bia), (root, bia)):
        assert problem(await person.ask("DELETE", f"/users/{user.id}/keys/{found[0]['id']}")) == (404, "not_found")
    admins = await home.program(await home.key(root, Scope.READ, Scope.ADMIN))
    assert problem(await admins.delete(f"/api/v1{path}")) == (403, "permission_denied")
    assert (await program.get("/v1/me")).status_code == 200
    assert (await root.ask("DELETE", path)).status_code == 204
    assert (await program.get("/v1/me")).status_code == 401


async def test_a_long_list_comes_in_pages(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    for number in range(7):
        await home.person(f"p{number}", Role.ANALYST)
    seen, cursor, page = [], "", {"next_cursor": "first"}
    while page["next_cursor"]:
        page = (await root.ask("GET", f"/users?limit=3&role=analyst{cursor}")).json()
        assert 1 <= len(page["data"]) <= 3
        seen += [user["name"] for user in page["data"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert seen == [f"p{number}" for number in range(7)]
    for limit in ("0", "101", "x", "-1"):
        assert problem(await root.ask("GET", f"/users?limit={limit}"))[0] == 422


@pytest.mark.attack("A13", "K11")
async def test_a_cursor_is_good_for_its_caller_and_its_filters_alone(home: House) -> None:
    root, other = await home.person("root", Role.ADMIN), await home.person("other", Role.ADMIN)
    cursor = (await root.ask("GET", "/users?limit=1")).json()["next_cursor"]
    assert (await root.ask("GET", f"/users?limit=1&cursor={cursor}")).status_code == 200
    assert problem(await other.ask("GET", f"/users?limit=1&cursor={cursor}")) == (400, "unknown_cursor")
    assert problem(await root.ask("GET", f"/users?limit=1&role=admin&cursor={cursor}")) == (400, "unknown_cursor")
    assert problem(await root.ask("GET", f"/users?limit=1&cursor={cursor}x")) == (400, "unknown_cursor")
    assert problem(await root.ask("GET", f"/keys?cursor={cursor}")) == (400, "unknown_cursor")
    assert problem(await root.ask("GET", f"/users?cursor={cursor}&cursor={cursor}"))[0] == 400
    assert problem(await root.ask("GET", "/users?owner=1"))[0] == 422


@pytest.mark.attack("A9", "A7")
async def test_secrets_are_never_read_back(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    ana = await home.person("ana")
    for path in ("/users", f"/users/{ana.id}", "/me", f"/users/{ana.id}/keys", "/invites", "/sessions"):
        text = (await root.ask("GET", path)).text
        assert PASSWORD not in text and "$argon2" not in text and "hash" not in text and "digest" not in text
    answer = await root.ask("POST", "/users", {"email": "x@example.com", "password_hash": "$argon2id$…", "number": 1})
    assert problem(answer) == (422, "invalid_body")


@pytest.mark.contract("A20")
async def test_invitations_are_listed_and_taken_back(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    made = (await root.ask("POST", "/invites", {"role": "admin", "days": 1})).json()
    assert (await root.ask("GET", f"/invites/{made['id']}")).json()["status"] == "open"
    listed = (await root.ask("GET", "/invites")).json()["data"]
    assert [invite["id"] for invite in listed] == [made["id"]] and made["code"] not in str(listed)
    assert (await root.ask("DELETE", f"/invites/{made['id']}")).json()["status"] == "revoked"
    for invite_id in ("inv_" + "0" * 32, "x", made["id"].upper()):
        assert problem(await root.ask("GET", f"/invites/{invite_id}")) == (404, "not_found")
    assert problem(await root.ask("POST", "/invites", {"days": 0}))[0] == 422


@pytest.mark.attack("C3", "A6")
async def test_an_admins_key_makes_no_admin_and_no_link_that_sets_a_password(home: House) -> None:
    root, ana, zoe = await home.person("root", Role.ADMIN), await home.person("ana"), await home.person("zoe", Role.ADMIN)
    program = await home.program(await home.key(root, Scope.READ, Scope.WRITE, Scope.ADMIN))
    await home.prosa.system.people.identity.accounts.suspend(OPERATOR, zoe.account.id)
    denied = [
        await program.post("/api/v1/users", json={"email": "eve@example.com", "role": "admin"}),
        await program.patch(f"/api/v1/users/{ana.id}", json={"role": "admin"}, headers=ANY),
        await program.post("/api/v1/invites", json={"role": "admin"}),
        await program.post(f"/api/v1/users/{root.id}/password-reset"),
        await program.delete(f"/api/v1/users/{zoe.id}/suspension"),
    ]
    assert [problem(answer) for answer in denied] == [(403, "permission_denied")] * 5
    assert (await program.post("/api/v1/users", json={"email": "eva@example.com"})).status_code == 201
    assert (await root.ask("PATCH", f"/users/{ana.id}", {"role": "admin"}, headers=ANY)).json()["role"] == "admin"


@pytest.mark.contract("A18")
@pytest.mark.parametrize("scope", Scope)
async def test_every_key_may_ask_what_it_is(home: House, scope: Scope) -> None:
    root = await home.person("root", Role.ADMIN)
    program = await home.program(await home.key(root, scope))
    assert (await program.get("/v1/me")).status_code == 200
