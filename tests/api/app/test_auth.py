"""Registering, signing in and out, as a browser does it."""

import asyncio
import re
from collections.abc import AsyncIterator

import httpx2
import pytest

from prosa.identity import Role
from tests.api.app.house import CODE, PASSWORD, House, house, problem

AUTH = "/api/v1/auth"
NEW = {"email": "ana@example.com", "password": PASSWORD, "name": "Ana Lima"}
LOGIN = {"login": "ana@example.com", "password": PASSWORD}


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as found:
        yield found


def cookie(answer: httpx2.Response, name: str) -> str:
    """The whole Set-Cookie field of this cookie."""
    return next(field for field in answer.headers.get_list("set-cookie") if field.startswith(f"{name}="))


@pytest.mark.contract("A15", "A16")
async def test_the_set_up_code_makes_the_first_admin_who_is_then_signed_in(home: House) -> None:
    browser = await home.browser()
    assert (await browser.get(f"{AUTH}/options")).json()["set_up_needed"] is True
    assert (
        await browser.post(f"{AUTH}/register", json=NEW | {"code": CODE, "time_zone": "America/Fortaleza"})
    ).status_code == 202
    answer = await browser.post(f"{AUTH}/sign-in", json=LOGIN)
    assert answer.status_code == 200 and answer.json()["user"]["role"] == "admin" and answer.json()["session"]["current"]
    me = await browser.get("/api/v1/me")
    assert me.json()["email"] == "ana@example.com" and me.json()["time_zone"] == "America/Fortaleza"
    assert (await browser.get(f"{AUTH}/options")).json()["set_up_needed"] is False


@pytest.mark.contract("A16")
@pytest.mark.attack("B13")
async def test_registering_without_the_code_makes_no_admin_and_a_wrong_one_nobody(home: House) -> None:
    browser = await home.browser()
    wrong = await browser.post(f"{AUTH}/register", json=NEW | {"code": "K7QD-AAAA-BBBB-CCCD"})
    assert problem(wrong) == (403, "setup_code_invalid")
    assert problem(await browser.post(f"{AUTH}/sign-in", json=LOGIN)) == (401, "sign_in_failed")
    await browser.post(f"{AUTH}/register", json=NEW)
    assert (await browser.post(f"{AUTH}/sign-in", json=LOGIN)).json()["user"]["role"] == "user"


@pytest.mark.attack("B13")
async def test_of_many_who_bring_the_code_at_once_one_becomes_admin(home: House) -> None:
    browser = await home.browser()
    wishes = [NEW | {"email": f"p{number}@example.com", "code": CODE} for number in range(12)]
    answers = await asyncio.gather(*(browser.post(f"{AUTH}/register", json=wish) for wish in wishes))
    assert sorted(answer.status_code for answer in answers) == [202] + [403] * 11
    admin = await home.person("root", Role.ADMIN)
    assert len((await admin.ask("GET", "/users?role=admin")).json()["data"]) == 2


@pytest.mark.attack("B8")
async def test_registering_tells_nobody_whether_the_address_is_taken(home: House) -> None:
    await home.person("ana")
    browser = await home.browser()
    taken = await browser.post(f"{AUTH}/register", json=NEW)
    free = await browser.post(f"{AUTH}/register", json=NEW | {"email": "new@example.com"})
    assert (taken.status_code, taken.content) == (free.status_code, free.content) == (202, b'{"status":"accepted"}')
    drop = {"x-request-id", "date", "x-ratelimit-remaining", "x-ratelimit-reset"}
    assert {n: v for n, v in taken.headers.items() if n not in drop} == {n: v for n, v in free.headers.items() if n not in drop}


@pytest.mark.attack("B8")
async def test_a_failed_sign_in_says_the_same_for_whatever_reason(home: House) -> None:
    admin = await home.person("root", Role.ADMIN)
    ana, bia = await home.person("ana"), await home.person("bia")
    assert (await admin.ask("PUT", f"/users/{bia.id}/suspension")).status_code == 200
    browser = await home.browser()
    told = set()
    for login, password in (
        (ana.account.email, "wrong"),
        ("nobody@example.com", PASSWORD),
        (bia.account.email, PASSWORD),
        ("", ""),
    ):
        answer = await browser.post(f"{AUTH}/sign-in", json={"login": login, "password": password})
        assert problem(answer) == (401, "sign_in_failed") and "set-cookie" not in answer.headers
        told.add(answer.text.replace(answer.headers["x-request-id"], ""))
    assert len(told) == 1


@pytest.mark.attack("B8")
async def test_asking_for_a_reset_link_tells_nothing(home: House) -> None:
    await home.person("ana")
    browser = await home.browser()
    answers = [
        await browser.post(f"{AUTH}/password-reset", json={"email": email}) for email in ("ana@example.com", "x@example.com", "x")
    ]
    assert {(answer.status_code, answer.content) for answer in answers} == {(202, b'{"status":"accepted"}')}


@pytest.mark.contract("A15", "A25")
@pytest.mark.attack("B20")
async def test_the_cookies_of_this_machine_are_out_of_the_scripts_reach(home: House) -> None:
    await home.person("ana")
    answer = await (await home.browser()).post(f"{AUTH}/sign-in", json=LOGIN)
    session = cookie(answer, "prosa_session")
    assert re.fullmatch(r"prosa_session=[0-9A-Za-z]{43}; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax", session)
    assert re.fullmatch(r"prosa_device=[\w.-]+; Path=/; Max-Age=31536000; HttpOnly; SameSite=Lax", cookie(answer, "prosa_device"))
    assert answer.headers["cache-control"] == "no-store"


@pytest.mark.attack("B20")
@pytest.mark.parametrize(
    ("env", "headers"),
    [
        ({"PROSA_PUBLIC_URL": "https://chat.example"}, {"host": "chat.example", "origin": "https://chat.example"}),
        ({"PROSA_PUBLIC_URL": "https://chat.example"}, {"host": "chat.example"}),
        (
            {"PROSA_TRUSTED_PROXIES": "127.0.0.1"},
            {"host": "chat.example", "x-forwarded-proto": "https", "x-forwarded-for": "192.0.2.1"},
        ),
    ],
)
async def test_over_https_the_cookies_are_bound_to_the_host(env: dict[str, str], headers: dict[str, str]) -> None:
    async with house(env) as home:
        await home.person("ana")
        browser = await home.browser()
        answer = await browser.post(f"{AUTH}/sign-in", json=LOGIN, headers=headers)
        session = cookie(answer, "__Host-prosa")
        assert session.endswith("; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure") and "Domain" not in session
        assert cookie(answer, "__Host-prosa-device").endswith("Secure")
        sent = {"cookie": session.partition(";")[0]}
        browser.cookies.clear()
        assert (await browser.get("/api/v1/me", headers=headers | sent)).status_code == 200
        assert (await browser.get("/api/v1/me", headers=sent)).status_code == 401  # over plain HTTP that name counts nothing


@pytest.mark.attack("B20")
@pytest.mark.parametrize(
    "headers",
    [
        {"host": "192.0.2.7:3000", "origin": "http://192.0.2.7:3000"},
        {"host": "chat.example", "x-forwarded-proto": "https"},  # whose word nobody asked for
        {"host": "127.0.0.1:3000", "origin": "https://chat.example"},  # behind a proxy that nobody told us of
        {"host": "127.0.0.1:3000", "origin": "http://chat.example"},
    ],
)
async def test_over_plain_http_from_elsewhere_nobody_signs_in(headers: dict[str, str]) -> None:
    async with house() as home:
        await home.person("ana")
        answer = await (await home.browser()).post(f"{AUTH}/sign-in", json=LOGIN, headers=headers)
        assert problem(answer) == (403, "insecure_connection") and "set-cookie" not in answer.headers


@pytest.mark.attack("B20")
async def test_plain_http_from_elsewhere_works_where_the_operator_says_so() -> None:
    async with house({"PROSA_INSECURE_COOKIES": "true"}) as home:
        await home.person("ana")
        headers = {"host": "192.0.2.7:3000", "origin": "http://192.0.2.7:3000"}
        answer = await (await home.browser()).post(f"{AUTH}/sign-in", json=LOGIN, headers=headers)
        assert answer.status_code == 200 and "Secure" not in cookie(answer, "prosa_session")
        for untold in ("https://chat.example", "https://192.0.2.7:3000", "https://localhost"):
            # The page came by HTTPS through a proxy that nobody told of: its cookie would go without the protection.
            answer = await (await home.browser()).post(f"{AUTH}/sign-in", json=LOGIN, headers=headers | {"origin": untold})
            assert problem(answer) == (403, "insecure_connection") and "set-cookie" not in answer.headers


@pytest.mark.contract("A25")
@pytest.mark.attack("B6")
async def test_no_other_sites_page_signs_a_browser_in(home: House) -> None:
    await home.person("ana")
    browser = await home.browser()
    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://other.localhost"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
    ):
        answer = await browser.post(f"{AUTH}/sign-in", json=LOGIN, headers=headers)
        assert problem(answer) == (403, "origin_not_allowed") and "set-cookie" not in answer.headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        answer = await browser.post(f"{AUTH}/sign-in", content=b'{"login":"ana@example.com"}', headers={"content-type": kind})
        assert problem(answer) == (422, "invalid_body")


@pytest.mark.attack("B5")
async def test_a_session_id_that_was_there_before_is_not_the_one_after(home: House) -> None:
    await home.person("ana")
    browser = await home.browser()
    browser.cookies.set("prosa_session", "A" * 43, domain="127.0.0.1")
    answer = await browser.post(f"{AUTH}/sign-in", json=LOGIN)
    assert answer.status_code == 200 and "A" * 43 not in cookie(answer, "prosa_session")
    again = await browser.post(f"{AUTH}/sign-in?session={'A' * 43}", json=LOGIN)
    assert cookie(again, "prosa_session") != cookie(answer, "prosa_session")


async def test_signing_in_again_leaves_no_session_behind_in_the_same_browser(home: House) -> None:
    await home.person("ana")
    browser = await home.browser()
    await browser.post(f"{AUTH}/sign-in", json=LOGIN)
    former = {"cookie": f"prosa_session={browser.cookies['prosa_session']}"}
    await browser.post(f"{AUTH}/sign-in", json=LOGIN)
    assert len((await browser.get("/api/v1/sessions")).json()["data"]) == 2  # and the one that the house began
    assert problem(await (await home.browser()).get("/api/v1/me", headers=former))[0] == 401


@pytest.mark.attack("J4", "J11")
async def test_who_shows_no_credential_comes_only_so_often() -> None:
    async with house({"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "3"}) as home:
        browser = await home.browser()
        answers = [await browser.post(f"{AUTH}/email/confirm", json={"token": "A" * 75}) for _ in range(4)]
        assert [answer.status_code for answer in answers] == [400, 400, 400, 429]
        assert problem(answers[3]) == (429, "rate_limit_exceeded") and int(answers[3].headers["retry-after"]) >= 1


@pytest.mark.contract("A15")
@pytest.mark.attack("B3")
async def test_signing_out_ends_this_session_and_everywhere_all_of_them(home: House) -> None:
    await home.person("ana")
    one, two = await home.browser(), await home.browser()
    for browser in (one, two):
        await browser.post(f"{AUTH}/sign-in", json=LOGIN)
    kept = {"cookie": f"prosa_session={one.cookies['prosa_session']}"}
    answer = await one.post(f"{AUTH}/sign-out")
    assert answer.status_code == 204 and "Max-Age=0" in cookie(answer, "prosa_session")
    assert problem(await one.get("/api/v1/me", headers=kept))[0] == 401
    assert (await two.get("/api/v1/me")).status_code == 200
    assert (await two.post(f"{AUTH}/sign-out-everywhere")).status_code == 204
    assert problem(await two.get("/api/v1/me"))[0] == 401
    assert problem(await two.post(f"{AUTH}/sign-out"))[0] == 401


@pytest.mark.contract("A25")
@pytest.mark.attack("B6")
async def test_a_change_by_cookie_needs_the_proof_that_our_page_sent_it(home: House) -> None:
    ana = await home.person("ana")
    for headers in (
        {"x-prosa-csrf": ""},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "", "origin": "https://evil.example"},
    ):
        assert problem(await ana.ask("PATCH", "/me", {"name": "Eve"}, headers=headers)) == (403, "csrf_refused")
    assert (await ana.ask("GET", "/me", headers={"x-prosa-csrf": "", "sec-fetch-site": "cross-site"})).json()["name"] == "ana"


@pytest.mark.attack("K6")
async def test_no_method_is_overridden(home: House) -> None:
    ana = await home.person("ana")
    headers = {"x-http-method-override": "DELETE", "x-method-override": "DELETE"}
    assert (await ana.ask("GET", "/me?_method=DELETE", headers=headers)).status_code == 200
    assert problem(await ana.ask("PUT", "/me", {})) == (405, "method_not_allowed")


@pytest.mark.attack("B12", "B3")
async def test_an_admins_link_sets_a_new_password_once_and_ends_every_session(home: House) -> None:
    admin, ana = await home.person("root", Role.ADMIN), await home.person("ana")
    link = (await admin.ask("POST", f"/users/{ana.id}/password-reset")).json()
    assert link["path"] == f"/reset#token={link['token']}"
    wish = {"token": link["token"], "password": "a quiet river at noon"}
    browser = await home.browser()
    answers = await asyncio.gather(*(browser.post(f"{AUTH}/password-reset/confirm", json=wish) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [204, 400]
    assert problem(await browser.post(f"{AUTH}/password-reset/confirm", json=wish)) == (400, "link_invalid")
    assert problem(await ana.ask("GET", "/me"))[0] == 401
    assert (await browser.post(f"{AUTH}/sign-in", json=LOGIN | {"password": wish["password"]})).status_code == 200
    broken: tuple[object, ...] = (None, "", [], {}, "A" * 75, "x")
    for token in broken:
        answer = await browser.post(f"{AUTH}/password-reset/confirm", json={"token": token, "password": "another quiet river"})
        assert answer.status_code in (400, 422) and "application/problem+json" in answer.headers["content-type"]


@pytest.mark.attack("A7")
@pytest.mark.parametrize(
    "field", ["role", "is_admin", "Role", "id", "status", "verified", "permissions", "created_at", "username"]
)
async def test_nobody_registers_with_a_wish_too_many(home: House, field: str) -> None:
    answer = await (await home.browser()).post(f"{AUTH}/register", json=NEW | {field: "admin"})
    assert problem(answer) == (422, "invalid_body") and answer.json()["param"] == field


async def test_a_body_is_bounded_and_strictly_json(home: House) -> None:
    browser = await home.browser()
    kind = {"content-type": "application/json"}
    large = await browser.post(f"{AUTH}/sign-in", content=b'{"login":"' + b"a" * 2_000_000 + b'"}', headers=kind)
    assert problem(large) == (413, "payload_too_large")
    for raw in (
        b"",
        b"{",
        b"[]",
        b"null",
        b'{"login":NaN,"password":"x"}',
        b'{"login":"\\ud800","password":"x"}',
        b"[" * 100_000,
    ):
        assert problem(await browser.post(f"{AUTH}/sign-in", content=raw, headers=kind)) == (422, "invalid_body")


@pytest.mark.attack("J6", "A7")
async def test_a_body_of_too_many_fields_is_told_so_once_wherever_they_stand(home: House) -> None:
    browser = await home.browser()
    flat: dict[str, object] = {f"wish{number}": number for number in range(250)}
    deep: dict[str, object] = {"wishes": [{"a": 1, "b": 2}] * 120}
    for body in (flat, deep, NEW | flat):
        answer = await browser.post(f"{AUTH}/register", json=body)
        assert problem(answer) == (422, "invalid_body")
        assert "more than 200 fields" in answer.json()["detail"] and len(answer.json()["errors"]) == 1
    few = await browser.post(f"{AUTH}/register", json=NEW | {"wish": [0] * 1000})
    assert problem(few) == (422, "invalid_body") and few.json()["param"] == "wish"


async def test_registration_can_be_closed_or_by_invitation() -> None:
    async with house({"PROSA_REGISTRATION": "invite"}) as home:
        admin = await home.person("root", Role.ADMIN)
        browser = await home.browser()
        assert problem(await browser.post(f"{AUTH}/register", json=NEW)) == (403, "registration_closed")
        made = (await admin.ask("POST", "/invites", {"email": "ana@example.com", "role": "analyst"})).json()
        assert made["path"] == f"/register#invite={made['code']}"
        other = await browser.post(f"{AUTH}/register", json=NEW | {"invite": made["code"], "email": "eve@example.com"})
        assert problem(other) == (403, "invite_invalid")
        assert (await browser.post(f"{AUTH}/register", json=NEW | {"invite": made["code"]})).status_code == 202
        assert (await browser.post(f"{AUTH}/sign-in", json=LOGIN)).json()["user"]["role"] == "analyst"
        assert (await browser.get(f"{AUTH}/options")).json()["registration"] == "invite"
