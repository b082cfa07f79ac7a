"""One's own account: what one sees, what one may change, and what asks for the password once more."""

from collections.abc import AsyncIterator

import pytest

from prosa.identity import Role, Scope
from tests.api.app.house import PASSWORD, House, house, problem


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


@pytest.mark.contract("A15", "A17", "C60")
async def test_people_see_and_change_themselves(home: House) -> None:
    ana = await home.person("ana")
    first = await ana.ask("GET", "/me")
    assert first.json()["id"] == ana.id and first.json()["role"] == "user" and "password" not in first.json()
    profile = {"age": 34, "sector": "Economia", "position": "Analista", "cpf": "529.982.247-25"}
    changes = {"name": "Ana Lima", "username": "ana", "language": "pt-BR", "time_zone": "America/Fortaleza", "profile": profile}
    changed = await ana.ask("PATCH", "/me", changes, headers={"if-match": first.headers["etag"]})
    assert changed.status_code == 200 and changed.headers["etag"] != first.headers["etag"]
    me = (await ana.ask("GET", "/me")).json()
    assert me == changed.json() and me["profile"] == profile | {"cpf": "52998224725"}
    emptied = await ana.ask("PATCH", "/me", {"username": None, "profile": {"cpf": None}})
    assert emptied.json()["username"] is None and emptied.json()["profile"] == profile | {"cpf": None}


async def test_a_change_from_a_state_that_has_passed_is_refused(home: House) -> None:
    ana = await home.person("ana")
    tag = (await ana.ask("GET", "/me")).headers["etag"]
    assert (await ana.ask("PATCH", "/me", {"name": "One"}, headers={"if-match": tag})).status_code == 200
    answer = await ana.ask("PATCH", "/me", {"name": "Two"}, headers={"if-match": tag})
    assert problem(answer) == (412, "edit_conflict")
    assert (await ana.ask("GET", "/me")).json()["name"] == "One"


@pytest.mark.attack("A7", "A8")
@pytest.mark.parametrize(
    ("path", "fields"),
    [
        *(
            (path, {field: "admin"})
            for path in ("role",)
            for field in ("role", "Role", "ROLE", "isAdmin", "is_admin", "__proto__")
        ),
        *(
            ("x", {field: "x"})
            for field in ("email", "id", "number", "status", "created_at", "version", "password", "owner_id", "space")
        ),
        ("profile", {"profile": {"role": "admin"}}),
        ("profile", {"profile": {"sector": {"role": "admin"}}}),
        ("profile", {"profile": None}),
    ],
)
async def test_nobody_makes_themselves_more_than_they_are(home: House, path: str, fields: dict[str, object]) -> None:
    ana = await home.person("ana")
    before = (await ana.ask("GET", "/me")).json()
    answer = await ana.ask("PATCH", "/me", {"name": "Eve"} | fields)
    assert problem(answer) == (422, "invalid_body") and answer.json()["param"].startswith(next(iter(fields)))
    assert (await ana.ask("GET", "/me")).json() == before


@pytest.mark.attack("K11", "A7")
async def test_a_repeated_name_in_a_body_has_one_meaning(home: House) -> None:
    ana = await home.person("ana")
    raw = b'{"name": "One", "name": "Two"}'
    answer = await ana.browser.patch("/api/v1/me", content=raw, headers={"content-type": "application/json"})
    assert answer.json()["name"] == "Two"
    raw = b'{"name": "Three", "role": "admin", "role": "user"}'
    assert problem(await ana.browser.patch("/api/v1/me", content=raw, headers={"content-type": "application/json"}))[0] == 422


@pytest.mark.contract("A15")
@pytest.mark.attack("B3", "B5", "B17")
async def test_another_password_ends_every_other_session_and_renews_this_one(home: House) -> None:
    ana = await home.person("ana")
    other = await home.browser()
    await other.post("/api/v1/auth/sign-in", json={"login": "ana@example.com", "password": PASSWORD})
    old = ana.browser.cookies["prosa_session"]
    body = {"current_password": PASSWORD, "new_password": "um rio calmo ao meio-dia"}
    assert problem(await ana.ask("POST", "/me/password", body | {"current_password": "wrong"})) == (403, "wrong_password")
    assert problem(await ana.ask("POST", "/me/password", body | {"new_password": "short"})) == (400, "password_too_short")
    assert problem(await ana.ask("POST", "/me/password", body | {"new_password": "password1"})) == (400, "password_too_common")
    assert (await ana.ask("POST", "/me/password", body)).status_code == 204
    assert ana.browser.cookies["prosa_session"] != old
    assert (await ana.ask("GET", "/me")).status_code == 200
    assert problem(await other.get("/api/v1/me"))[0] == 401
    assert problem(await other.get("/api/v1/me", headers={"cookie": f"prosa_session={old}"}))[0] == 401


@pytest.mark.attack("A8", "B19")
async def test_another_address_asks_for_the_password(home: House) -> None:
    ana = await home.person("ana")
    wish = {"email": "lima@example.com", "current_password": "wrong"}
    assert problem(await ana.ask("POST", "/me/email", wish)) == (403, "wrong_password")
    assert (await ana.ask("GET", "/me")).json()["email"] == "ana@example.com"
    answer = await ana.ask("POST", "/me/email", wish | {"current_password": PASSWORD})
    assert (answer.status_code, answer.json()) == (
        202,
        {"email": "lima@example.com", "confirmed": True},
    )  # no mail is set up here
    assert (await ana.ask("GET", "/me")).json()["email"] == "lima@example.com"


@pytest.mark.attack("B19")
async def test_deleting_oneself_asks_for_the_password_and_ends_everything(home: House) -> None:
    await home.person("root", Role.ADMIN)
    ana = await home.person("ana")
    program = await home.program(await home.key(ana, Scope.READ))
    assert problem(await ana.ask("DELETE", "/me", {"current_password": "wrong"})) == (403, "wrong_password")
    assert problem(await ana.ask("DELETE", "/me"))[0] == 422
    assert (await ana.ask("DELETE", "/me", {"current_password": PASSWORD})).status_code == 204
    assert (await program.get("/v1/me")).status_code == 401
    browser = await home.browser()
    login = {"login": "ana@example.com", "password": PASSWORD}
    assert problem(await browser.post("/api/v1/auth/sign-in", json=login)) == (401, "sign_in_failed")


async def test_the_last_admin_stays(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    assert problem(await root.ask("DELETE", "/me", {"current_password": PASSWORD})) == (409, "last_admin")
    assert problem(await root.ask("PATCH", f"/users/{root.id}", {"role": "user"}, headers={"if-match": "*"})) == (
        409,
        "last_admin",
    )
    assert problem(await root.ask("PUT", f"/users/{root.id}/suspension")) == (409, "last_admin")
    assert problem(await root.ask("DELETE", f"/users/{root.id}")) == (409, "last_admin")


@pytest.mark.contract("A19")
@pytest.mark.attack("C2", "C3")
async def test_a_program_sees_which_key_it_holds_and_manages_nothing(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    program = await home.program(await home.key(root, Scope.READ, Scope.WRITE, Scope.ADMIN))
    me = (await program.get("/v1/me")).json()
    assert me["object"] == "me" and me["kind"] == "key" and me["key"]["name"] == "program"
    assert me["key"]["scopes"] == ["read", "write", "admin"] and me["user"]["email"] == "root@example.com"
    assert "users:read" in me["permissions"] and not [name for name in me["permissions"] if name.startswith(("keys", "sessions"))]
    assert (await program.get("/api/v1/me")).json()["id"] == root.id
    wish = {"name": "more", "scopes": ["admin"], "current_password": PASSWORD}
    for method, path, body in (
        ("GET", "/keys", None),
        ("POST", "/keys", wish),
        ("GET", "/sessions", None),
        ("PATCH", "/me", {"name": "Eve"}),
        ("POST", "/me/password", {"current_password": PASSWORD, "new_password": "a quiet river at noon"}),
        ("POST", "/me/email", {"email": "eve@example.com", "current_password": PASSWORD}),
        ("DELETE", "/me", {"current_password": PASSWORD}),
        ("POST", "/auth/sign-out-everywhere", None),
    ):
        assert problem(await program.request(method, f"/api/v1{path}", json=body)) == (403, "permission_denied"), path


@pytest.mark.contract("A19")
@pytest.mark.attack("C2")
async def test_a_narrow_key_stays_narrow_whatever_comes_with_it(home: House) -> None:
    root = await home.person("root", Role.ADMIN)
    text = await home.key(root, Scope.READ)
    cookie = {"cookie": f"prosa_session={root.browser.cookies['prosa_session']}"}
    for header in ({"authorization": f"Bearer {text}"}, {"x-api-key": text}, {"api-key": text}):
        answer = await root.browser.get("/api/v1/users", headers=header | cookie)
        assert problem(answer) == (403, "permission_denied")
    two = {"authorization": f"Bearer {text}", "x-api-key": text}
    assert problem(await root.browser.get("/api/v1/me", headers=two)) == (400, "two_credentials")


async def test_who_has_no_account_has_no_account_to_see(home: House) -> None:
    browser = await home.browser()
    assert (await browser.get("/v1/me")).json() == {
        "object": "me",
        "kind": "local",
        "key": None,
        "user": None,
        "permissions": [
            *("assistants:read:own", "assistants:write:own"),
            *("conversations:read:own", "conversations:write:own", "files:read:own", "files:write:own", "interactions:read:own"),
            *("me:read:own", "models:call", "models:read", "runs:read:own", "runs:write:own", "usage:read:own"),
        ],
    }
    assert problem(await browser.get("/api/v1/me"))[0] in (401, 404)
    await home.person("ana")
    assert (await browser.get("/v1/me")).status_code == 401


async def test_a_key_of_the_settings_has_a_name_and_nobody_behind_it() -> None:
    async with house({"API_KEYS": "sk-prosa-0123456789abcdef"}) as home:
        program = await home.program("sk-prosa-0123456789abcdef")
        me = (await program.get("/v1/me")).json()
        assert me["user"] is None and me["key"]["id"] is None and me["key"]["name"].startswith("settings-")


@pytest.mark.attack("K7")
async def test_what_is_personal_is_kept_by_no_cache_and_found_under_no_other_name(home: House) -> None:
    ana = await home.person("ana")
    assert (await ana.ask("GET", "/me")).headers["cache-control"] == "no-store"
    for path in ("/me/x.css", "/me/", "/me%2fx.css", "/me;x.css", "/ME"):
        answer = await ana.ask("GET", path)
        assert answer.status_code in (307, 404) and "ana@example.com" not in answer.text
