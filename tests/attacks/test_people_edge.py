"""The HTTP edge of what people's routes answer: methods, spellings of paths, wishes too many, caches, redirects."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator
from copy import deepcopy
from itertools import chain
from typing import Any

import httpx2
import pytest

from tests.guard.operations import Operation, operations
from tests.guard.world import Identity, World, a_world

OURS = "/api/v1/"
ODD_METHODS = ("HEAD", "TRACE", "CONNECT", "PROPFIND", "LINK", "QUERY")
OVERRIDES = ("X-HTTP-Method-Override", "X-HTTP-Method", "X-Method-Override")
FORBIDDEN: dict[str, object] = (
    {"role": "admin", "is_admin": True, "owner_id": "user_0", "org_id": 1, "workspace_id": 1, "id": "x", "created_at": 0}
    | {"budget": 1, "verified": True, "is_public": True, "deployed": True, "scopes": ["admin"], "status": "active"}
    | {"email_key": "x", "password_hash": "x", "number": 1, "version": 9, "permissions": ["users:write"], "account_id": "x"}
    | {"__proto__": {"role": "admin"}, "constructor": {"prototype": {"role": "admin"}}}
)
SPELLINGS = (
    *("//api/v1/users", "/api/v1//users", "/api/v1/./users", "/api/v1/keys/../users", "/v1/../api/v1/users", "/API/v1/users"),
    *("/api/V1/Users", "/api/v1/users%00", "/api/v1/users;x=1", "/api\\v1\\users", "/api/v1/users%20", "/api/v1/users.json"),
    *("/api/v1/me/x.css", "/api/v1/me.css", "/api/v1/me%2fx.css", "/api/v1/me;.css", "/api/v1/users%0d%0aX-Evil:y"),
    *("/api/v1/users/%2e%2e", "/api/v1/users/%2e%2e/keys", "/api%2fv1%2fusers", "/api/v1/%75sers", "/api/v1/users?x=/../.."),
    *("/api/v1/users/", "/register/../api/v1/users", "/assets/../api/v1/users", "http://evil.example/api/v1/users"),
)
SANDBOXED = {"content-security-policy": "sandbox; default-src 'none'; frame-ancestors 'none'"}
HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "x-frame-options": "SAMEORIGIN",
    "referrer-policy": "strict-origin-when-cross-origin",
}


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with a_world("sqlite") as made:
        yield made


def people_paths() -> list[str]:
    return sorted({operation.path for operation in operations()})


def filled(path: str) -> str:
    return re.sub(r"\{\w+\}", "x", path)


def with_bodies() -> list[Operation]:
    return [operation for operation in operations() if isinstance(operation.body, dict)]


async def raw(world: World, request: bytes) -> bytes:
    """The whole answer to what no client library would send."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(world.prosa.base.rpartition(":")[2]))
    writer.write(request)
    await writer.drain()
    answer = await asyncio.wait_for(reader.read(), 10)
    writer.close()
    await writer.wait_closed()
    return answer


async def asked(world: World, target: bytes, caller: Identity, method: bytes = b"GET") -> tuple[int, dict[str, str], bytes]:
    """Status, header fields and body of a request whose target goes out as it stands."""
    own = b"".join(f"{name}: {value}\r\n".encode() for name, value in caller.headers.items())
    head = b"%b %b HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-For: 203.0.113.7\r\nConnection: close\r\n%b\r\n" % (
        method,
        target,
        own,
    )
    begun, _, body = (await raw(world, head)).partition(b"\r\n\r\n")
    status, *fields = begun.decode("latin-1").split("\r\n")
    return int(status.split()[1]), {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}, body


@pytest.mark.attack("K6")
async def test_odd_methods_are_refused_on_every_path_and_change_nothing(world: World) -> None:
    before, admin = await world.content(), world.callers["the admin"].headers
    wrong = []
    for path in people_paths():
        for method in ODD_METHODS:
            answer = await world.client.request(method, filled(path), headers=admin)
            if answer.status_code not in (400, 405) or (method == "HEAD" and answer.content):
                wrong.append((method, path, answer.status_code))
    assert wrong == [] and await world.content() == before


@pytest.mark.attack("K6", "B6")
async def test_a_get_writes_nothing_whatever_it_says_that_it_is(world: World) -> None:
    ana = world.callers["ana"].headers
    for operation in operations():
        if operation.method == "GET":
            continue
        target = operation.at(await world.things(operation.parameters, world.ana))
        before = await world.content()
        for field in OVERRIDES:
            headers = ana | {field: operation.method, "Content-Type": "application/json"}
            answer = await world.client.request("GET", target, headers=headers, content=json.dumps(operation.body))
            assert answer.status_code in (200, 204, 303, 401, 403, 404, 405), (operation.name, answer.status_code)
        await world.client.get(target, params={"_method": operation.method}, headers=ana)
        assert await world.content() == before, operation.name


@pytest.mark.attack("K2", "K7")
async def test_no_spelling_of_a_path_goes_around_its_guard(world: World) -> None:
    for target in SPELLINGS:
        for name in ("anonymous", "ana", "ana's narrow key", "a suspended session"):
            status, fields, body = await asked(world, target.encode(), world.callers[name])
            assert status in (307, 400, 401, 403, 404, 422), (target, name, status)
            assert b"admin@example.com" not in body and fields["cache-control"] == "no-store", target
            assert "x-evil" not in fields and fields.get("location", "/api/v1/users") == "/api/v1/users", target
    assert (await asked(world, b"get", world.callers["the admin"], b"/api/v1/users"))[0] == 400
    assert (await asked(world, b"/api/v1/users", world.callers["the admin"], b"get"))[0] in (400, 405)
    assert (await asked(world, b"/api/v1/users", world.callers["the admin"]))[0] == 200


@pytest.mark.attack("K7", "K8", "K12")
async def test_every_answer_about_people_is_kept_by_no_cache_and_carries_its_headers(world: World) -> None:
    wrong = []
    for operation in operations():
        if operation.method != "GET" or operation.path == "/metrics":
            continue
        things = await world.things(operation.parameters, world.ana)
        for name in ("anonymous", "ana", "the admin"):
            target = operation.at(things)
            answer = await world.client.get(target, params=operation.query, headers=world.callers[name].headers)
            expected = HEADERS | (SANDBOXED if "content-disposition" in answer.headers else {})
            if operation.path in ("/s/{share_token}", "/auth/integration-login/{link_token}"):
                expected = expected | {"referrer-policy": "no-referrer"}  # who follows a link on from it tells nobody whence
            missing = {field for field, value in expected.items() if answer.headers.get(field) != value}
            if missing or "server" in answer.headers or "Origin" not in answer.headers["vary"]:
                wrong.append((operation.name, name, missing))
            if answer.headers.get("etag") and name != "anonymous":
                again = await world.client.get(target, headers=world.callers[name].headers | {"If-None-Match": "*"})
                assert again.status_code == answer.status_code
    assert wrong == [], wrong


@pytest.mark.attack("K10", "K5")
async def test_a_redirect_leads_to_a_path_of_this_server_whatever_the_request_says(world: World) -> None:
    evil = (
        "next=//evil.example",
        "url=https://evil.example",
        "x=%0d%0aLocation:%20//evil.example",
        "x=%C4%8D%C4%8A",
        "\\\\evil=1",
    )
    hosts: tuple[dict[str, str], ...] = (
        {},
        {"X-Forwarded-Host": "evil.example"},
        {"Forwarded": "host=evil.example"},
        {"X-Forwarded-Prefix": "//evil.example"},
    )
    paths = (*people_paths(), "/register", "/sign-in", "/login", "/account", "/reset", "/confirm-email")
    for path in paths:
        for query, host in zip(evil, (*hosts, *hosts), strict=False):
            target = f"{filled(path)}/?{query}".encode()
            status, fields, _ = await asked(world, target, Identity("", host, frozenset(), frozenset()))
            place = fields.get("location", "")
            assert status < 500 and (300 <= status < 400) == bool(place)
            assert not place or re.fullmatch(r"/[^/\\][!-~]*", place), (path, query, place)
            assert [name for name in fields if name == "location"] in ([], ["location"])


@pytest.mark.attack("A7", "A8")
async def test_a_wish_too_many_is_refused_on_every_route_and_nothing_is_changed_by_it(world: World) -> None:
    wrong: list[tuple[object, ...]] = []
    for operation in with_bodies():
        # An imported file is no wish: what it says beyond its form is left out, and each makes an assistant of its own.
        if not operation.path.startswith(OURS) or operation.path == "/api/v1/assistant-imports":
            continue
        assert isinstance(operation.body, dict)
        target = operation.at(await world.things(operation.parameters, world.ana))
        own = operation.permission is None or operation.permission.endswith(":own")
        caller = world.callers["ana" if own else "the admin"].headers | {"Content-Type": "application/json", "If-Match": "*"}
        before = await world.content()
        for text in wishes(operation.body):
            answer = await world.client.request(operation.method, target, headers=caller, content=text)
            if answer.status_code != 422:
                wrong.append((operation.name, text[:80], answer.status_code))
        if changed := await world.changed_since(before):
            wrong.append((operation.name, "changed", changed))
    assert wrong == []


def wishes(body: dict[str, Any]) -> list[str]:
    """The body with one wish more each: at its top, twice, nested, in another case."""
    whole = json.dumps(body)[1:-1]
    made = []
    for name, value in FORBIDDEN.items():
        if name in body or (name == "role" and "email" in body and "password" not in body) or name == "scopes":
            continue
        wish = f"{json.dumps(name)}:{json.dumps(value)}"
        made += ["{" + ",".join(filter(None, parts)) + "}" for parts in ((whole, wish), (wish, whole, wish))]
    for name, value in body.items():
        for other in (name.upper(), name.title(), f"{name}[]", f" {name}", f"{name}.role"):
            made.append(json.dumps({**body, other: value}))
        if isinstance(value, dict):
            inner = deepcopy(body)
            inner[name] |= {"role": "admin"}
            made.append(json.dumps(inner))
        made.append(json.dumps({**body, name: {"$ne": None}}))
    return [text for text in made if not allowed(text)]


def allowed(text: str) -> bool:
    """A role is the admin's to give, where the route says so: those stand in its own tests."""
    found = json.loads(text)
    return "role" in found and set(found) <= {"email", "name", "role", "days", "password", "username", "language", "profile"}


@pytest.mark.attack("A7", "A8", "B13")
async def test_the_older_dialects_ignore_what_their_contracts_do_not_name(world: World) -> None:
    client = world.client
    more = {name: value for name, value in FORBIDDEN.items() if name != "id"}
    new = {"username": "eva2", "email": "eva2@example.com", "password": "correct horse", "password_confirm": "correct horse"}
    answers = [
        await client.post("/register", json={**more, **new, "code": "K7QD-AAAA-BBBB-CCCC", "setup_code": "x", "invite": "x"}),
        await client.post("/login", json={**more, "username": "eva2", "password": "correct horse"}),
        await client.post("/api/login", json={**more, "username": "eva2@example.com", "password": "correct horse"}),
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    [row] = await world.prosa.system.people.database.fetch(
        "SELECT role, status, version, email FROM accounts WHERE email_key = $1", "eva2@example.com"
    )
    assert row == ("user", "active", 1, "eva2@example.com")
    refreshed = await client.post("/api/refresh", json={**more, "refresh_token": answers[2].json()["refresh_token"]})
    token = {"Authorization": f"Bearer {refreshed.json()['token']}"}
    assert (await client.get("/api/v1/users", headers=token)).status_code == 403
    me = (await client.get("/v1/me", headers=token)).json()
    assert me["user"]["role"] == "user" and "users:read" not in me["permissions"]


@pytest.mark.attack("J6", "K11")
async def test_a_body_of_ever_so_many_fields_is_told_of_once_and_keeps_nobody_waiting(world: World) -> None:
    many = {f"a{number}": 0 for number in range(60_000)}
    bodies = (many, {"email": [many]})
    routes = ("/api/v1/auth/register", "/api/v1/auth/sign-in", "/register", "/api/login")
    for path in routes:
        for body in bodies:
            content = json.dumps(body).encode()[: 1024 * 1024]
            began = time.process_time()
            answer = await world.client.post(path, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code in (400, 401, 413, 422) and len(answer.content) < 4000, path
            assert time.process_time() - began < 1.5, (path, "the loop served nobody else")


@pytest.mark.attack("K11", "J6")
@pytest.mark.parametrize("nested", ["[" * 300_000, '{"a":' * 100_000, '{"profile":' * 50_000, "[{" * 100_000])
async def test_a_body_nested_ever_so_deep_is_refused(world: World, nested: str) -> None:
    signed = world.callers["ana"].headers
    for path in ("/api/v1/auth/register", "/api/v1/keys", "/register", "/login", "/api/login", "/api/refresh"):
        headers = signed | {"Content-Type": "application/json"}
        answer = await world.client.post(path, content=nested, headers=headers)
        assert answer.status_code in (400, 401, 422), (path, answer.status_code)
    me = world.client.build_request("PATCH", "/api/v1/me", content=nested, headers=signed | {"Content-Type": "application/json"})
    assert (await world.client.send(me)).status_code == 422


@pytest.mark.attack("K11")
async def test_a_parameter_has_one_value_or_none(world: World) -> None:
    admin = world.callers["the admin"].headers
    queries = ("role=user&role=admin", "limit=1&limit=100", "cursor=&cursor=x", "%72ole=user&role=admin", "search=a&search=b")
    for query in queries:
        assert (await world.client.get(f"/api/v1/users?{query}", headers=admin)).status_code == 400, query
    for query in ("role[]=admin", "role[0]=admin", "limit[]=1000", "Role=admin", "x=1", "limit=1e9", "limit=+5 ", "limit=٥"):
        answer = await world.client.get(f"/api/v1/users?{query}", headers=admin)
        assert answer.status_code == 422 or len(answer.json()["data"]) <= 50, (query, answer.text)
    twice: list[tuple[str, str]] = [("Authorization", "Bearer a"), ("Authorization", "Bearer b")]
    assert (await world.client.get("/api/v1/users", headers=httpx2.Headers(twice))).status_code == 400


@pytest.mark.attack("K12")
async def test_an_error_names_no_file_no_library_and_no_statement(world: World) -> None:
    words = re.compile(r"(?i)traceback|\.py\b|sqlite|sqlalchemy|pydantic|fastapi|starlette|select |insert |/home/|site-packages")
    hostile = ("'", '"', "%00", "%", "${7*7}", "{{7*7}}", "../../etc/passwd", "\u202e", "0x0", "-1", "9" * 400)
    admin = world.callers["the admin"].headers
    for operation in operations():
        for text in hostile:
            path = operation.at(dict.fromkeys(operation.parameters, text.replace("/", "%2f")))
            query = dict.fromkeys(chain(operation.query, ("cursor", "limit", "search")), text)
            headers = admin | {"Content-Type": "application/json", "If-Match": text.encode("ascii", "replace").decode()}
            content = None if operation.method == "GET" else json.dumps({"email": text, "name": text, "token": text})
            answer = await world.client.request(operation.method, path, params=query, headers=headers, content=content)
            assert answer.status_code < 500 or answer.status_code == 503, (operation.name, text, answer.text)
            told = answer.text if answer.status_code >= 400 else ""
            assert words.search(told.replace(text, "")) is None, (operation.name, text, told)
