"""What other sites' pages, sub-domains and proxies can do to a browser that is signed in here: nothing."""

import itertools
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

import httpx2
import pytest

from prosa.identity import OPERATOR, Device, NewAccount, Role
from tests.guard.operations import guarded, operations
from tests.guard.world import PASSWORD, a_world
from tests.serving import Running, running

EVIL = "https://evil.example"
# What a browser says of a page that isn't ours, however it sends: forms, fetch without a preflight, a sub-domain of ours.
FORGED: tuple[dict[str, str], ...] = (
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Content-Type": "text/plain"},
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Content-Type": "application/x-www-form-urlencoded"},
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site", "Content-Type": "multipart/form-data; boundary=x"},
    {"Origin": EVIL, "Sec-Fetch-Site": "cross-site"},
    {"Origin": EVIL, "Content-Type": "application/json"},
    {"Origin": EVIL, "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Origin": "null", "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "same-site", "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "cross-site", "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "none", "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "", "Origin": EVIL, "X-Prosa-CSRF": "1", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/json"},
    {"Sec-Fetch-Site": "same-origin", "X-Prosa-CSRF": "", "Content-Type": "application/json"},
    {"Content-Type": "text/plain"},
)
ORIGINS = (
    *("null", EVIL, "https://app.example.com.evil.example", "https://evilapp.example.com", "http://app.example.com"),
    *(
        "https://app.example.com:444",
        "https://sub.app.example.com",
        "https://app.example.com@evil.example",
        "https://app.example",
    ),
    *("https://app.example.com/.evil.example", "https://app.example.com%00.evil.example", "*", "file://", "app.example.com"),
    *("https://app-example.com", "http://127.0.0.1.evil.example", "http://localhost.evil.example", "http://127.0.0.1:1", ""),
)
QUIET = {"PROSA_REQUESTS_PER_MINUTE": "0", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0", "PROSA_SIGNIN_PER_MINUTE": "0"}
LOGIN = {"login": "ana@example.com", "password": PASSWORD}
OWN = {"X-Prosa-CSRF": "1"}


@asynccontextmanager
async def ana_there(env: Mapping[str, str]) -> AsyncIterator[tuple[Running, httpx2.AsyncClient]]:
    """A running prosa with one person in it, and a client without a jar for cookies."""
    async with running(QUIET | dict(env)) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        people = prosa.system.people.identity
        await people.accounts.create(OPERATOR, NewAccount("root@example.com", PASSWORD, role=Role.ADMIN))
        await people.accounts.create(OPERATOR, NewAccount("ana@example.com", PASSWORD))
        yield prosa, client


def cookies(answer: httpx2.Response) -> dict[str, set[str]]:
    """The cookies that an answer sets: name to flags."""
    found = {}
    for field in answer.headers.get_list("set-cookie"):
        pair, *flags = field.split("; ")
        found[pair.partition("=")[0]] = set(flags)
    return found


def value(answer: httpx2.Response, name: str) -> str:
    found = re.search(rf"(?:^|, ){re.escape(name)}=([^;]*)", ", ".join(answer.headers.get_list("set-cookie")))
    assert found
    return found[1]


@pytest.mark.slow
@pytest.mark.attack("B6")
async def test_no_page_that_is_not_ours_changes_anything_with_a_session() -> None:
    async with a_world("sqlite") as world:
        wrong: list[tuple[object, ...]] = []
        for operation in guarded():
            if operation.method == "GET":
                continue
            admins = not (operation.permission or "").endswith(":own")
            cookie = {"Cookie": world.callers["the admin" if admins else "ana"].headers["Cookie"]}
            target = operation.at(await world.things(operation.parameters, world.ana))
            before = await world.content()
            for forged in FORGED:
                content = json.dumps(operation.body) if operation.body is not None else None
                answer = await world.client.request(operation.method, target, headers=cookie | forged, content=content)
                if answer.status_code not in (401, 403) or "access-control-allow-origin" in answer.headers:
                    wrong.append((operation.name, forged, answer.status_code, answer.text[:100]))
            if changed := await world.changed_since(before):
                wrong.append((operation.name, "changed", changed))
        assert wrong == []


@pytest.mark.attack("B6", "B5")
async def test_a_strange_page_signs_nobody_in_and_sets_no_cookie() -> None:
    async with ana_there({}) as (_, client):
        for forged in FORGED[:10]:
            if forged.get("Sec-Fetch-Site") == "none":
                continue  # the address bar, which sends no POST
            answer = await client.post("/api/v1/auth/sign-in", content=json.dumps(LOGIN), headers=forged)
            assert answer.status_code in (403, 422) and not cookies(answer), forged
        for path, body in (("/api/login", {"username": LOGIN["login"], "password": PASSWORD}), ("/login", LOGIN)):
            answer = await client.post(path, content=json.dumps(body), headers={"Content-Type": "text/plain", "Origin": EVIL})
            assert answer.status_code in (401, 403, 415, 422) and "token" not in answer.text and not cookies(answer)


@pytest.mark.slow
@pytest.mark.attack("B7")
@pytest.mark.parametrize("each", [3, pytest.param(len(ORIGINS), marks=pytest.mark.faults)])
async def test_no_strange_origin_reads_an_answer_and_none_reads_one_with_cookies(each: int) -> None:
    strange = itertools.cycle(ORIGINS)  # as it goes on with each path, every path meets others
    async with ana_there({"ALLOWED_ORIGINS": "https://app.example.com"}) as (prosa, client):
        signed = await client.post("/api/v1/auth/sign-in", json=LOGIN, headers=OWN)
        cookie = {"Cookie": f"prosa_session={value(signed, 'prosa_session')}"}
        client.cookies.clear()
        for path in sorted({re.sub(r"\{\w+\}", "x", operation.path) for operation in operations()}):
            for origin in itertools.islice(strange, each):
                asked = {
                    "Origin": origin,
                    "Access-Control-Request-Method": "POST",
                    "Access-Control-Request-Headers": "x-prosa-csrf",
                }
                for method, headers in (("GET", cookie | {"Origin": origin}), ("OPTIONS", cookie | asked)):
                    answer = await client.request(method, path, headers=headers)
                    told = {name for name in answer.headers if name.startswith("access-control-")}
                    assert not told, (method, path, origin, told)
            good = await client.get(path, headers=cookie | {"Origin": "https://app.example.com"})
            assert good.headers["access-control-allow-origin"] == "https://app.example.com"
            assert "access-control-allow-credentials" not in good.headers
        own = await client.get("/api/v1/me", headers=cookie | {"Origin": prosa.base})
        assert own.status_code == 200 and "access-control-allow-credentials" not in own.headers


HTTPS = {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"}
PLAIN = HTTPS - {"Secure"}
WAYS: tuple[tuple[dict[str, str], dict[str, str], set[str], set[str]], ...] = (  # settings, fields, names, flags
    ({}, {}, {"prosa_session", "prosa_device"}, PLAIN),
    ({}, {"Host": "localhost:3000", "Origin": "http://localhost:3000"}, {"prosa_session", "prosa_device"}, PLAIN),
    (
        {"PROSA_PUBLIC_URL": "https://prosa.example"},
        {"Host": "prosa.example", "Origin": "https://prosa.example"},
        {"__Host-prosa", "__Host-prosa-device"},
        HTTPS,
    ),
    (
        {"PROSA_TRUSTED_PROXIES": "127.0.0.1"},
        {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"},
        {"__Host-prosa", "__Host-prosa-device"},
        HTTPS,
    ),
    ({"PROSA_INSECURE_COOKIES": "true"}, {"Host": "prosa.lan"}, {"prosa_session", "prosa_device"}, PLAIN),
)


@pytest.mark.attack("B20", "B5")
@pytest.mark.parametrize(("env", "way", "names", "flags"), WAYS)
async def test_every_cookie_that_is_set_or_taken_back_has_all_its_flags(
    env: dict[str, str], way: dict[str, str], names: set[str], flags: set[str]
) -> None:
    async with ana_there(env) as (_, client):
        headers = OWN | {"Sec-Fetch-Site": "same-origin"} | way
        name = next(each for each in names if "device" not in each)
        answers = [await client.post("/api/v1/auth/sign-in", json=LOGIN, headers=headers | {"Cookie": f"{name}={'a' * 43}"})]
        assert answers[0].status_code == 200 and set(cookies(answers[0])) == names
        token = value(answers[0], name)
        assert token != "a" * 43, "a session that was there before is not gone on with"
        body = {"current_password": PASSWORD, "new_password": "a quiet river at noon"}
        for path, sent in (("/api/v1/me/password", body), ("/api/v1/auth/sign-out", None)):
            client.cookies.clear()
            answer = await client.post(path, json=sent, headers=headers | {"Cookie": f"{name}={token}"})
            assert answer.status_code == 204 and set(cookies(answer)) == {name}
            fresh = value(answer, name)
            assert fresh != token, "a new id with other rights"
            answers.append(answer)
            client.cookies.clear()
            old = await client.get("/api/v1/me", headers=headers | {"Cookie": f"{name}={token}"})
            assert old.status_code == 401
            token = fresh
        for answer in answers:
            for kept, found in cookies(answer).items():
                assert {flag for flag in found if not flag.startswith("Max-Age")} == flags, (kept, found)


@pytest.mark.attack("B20")
async def test_a_cookie_of_the_other_way_or_in_another_place_counts_for_nothing() -> None:
    async with ana_there({"PROSA_PUBLIC_URL": "https://prosa.example"}) as (prosa, client):
        people = prosa.system.people.identity
        ana = await people.accounts.by_email(OPERATOR, "ana@example.com")
        assert ana is not None
        _, token = await people.sessions.start(ana.id, Device("127.0.0.1", "tests"))
        secure, plain = {"Host": "prosa.example"}, {"Host": "127.0.0.1"}
        good = await client.get("/api/v1/me", headers=secure | {"Cookie": f"__Host-prosa={token}"})
        assert good.status_code == 200
        for headers in (
            secure | {"Cookie": f"prosa_session={token}"},  # which a plain page, or another host of the site, can have set
            plain | {"Cookie": f"__Host-prosa={token}"},
            secure | {"Cookie": f"__host-prosa={token}"},
            secure | {"Cookie": f"__Host-prosa={token}; __Host-prosa={'b' * 43}"},
            secure | {"Cookie": f'__Host-prosa="{token}"'},
            secure | {"Cookie": f"x__Host-prosa={token}"},
            secure | {"Authorization": f"Bearer {token}"},
            secure | {"X-API-Key": token},
            secure | {"X-Prosa-Session": token},
        ):
            assert (await client.get("/api/v1/me", headers=headers)).status_code == 401, headers
        for query in (f"session={token}", f"__Host-prosa={token}", f"ticket={token}", f"access_token={token}", f"token={token}"):
            assert (await client.get(f"/api/v1/me?{query}", headers=secure)).status_code == 401, query


@pytest.mark.attack("B20")
@pytest.mark.parametrize(
    "way",
    [
        {"Host": "prosa.example"},
        {"Host": "192.0.2.7:3000"},
        {"Host": "127.0.0.1.evil.example"},
        {"Host": "prosa.example", "X-Forwarded-Proto": "https"},  # by a proxy that nobody named
        {"Host": "127.0.0.1", "Origin": "http://prosa.example"},
    ],
)
async def test_over_plain_http_from_elsewhere_nobody_is_given_a_cookie(way: dict[str, str]) -> None:
    async with ana_there({}) as (_, client):
        answer = await client.post("/api/v1/auth/sign-in", json=LOGIN, headers=OWN | way)
        assert answer.status_code == 403 and not cookies(answer)
        assert answer.json()["code"] in ("insecure_connection", "origin_not_allowed")
