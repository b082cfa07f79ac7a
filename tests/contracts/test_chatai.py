"""Contract C: signing in, staying signed in, and how errors read (contracts: chatai, §1 to §3)."""

import asyncio
import base64
import json
import re
import time
from typing import Any

import bcrypt
import httpx2
import pytest

from prosa.identity import OPERATOR, NewAccount, NewKey, Role, Scope
from prosa.kit.ids import short_form
from tests.contracts.people import PASSWORD, Town, bearer, town

LOGIN, ME, REFRESH = "/api/login", "/api/me", "/api/refresh"
PAGE = "http://localhost:5173"
COULD_NOT = {"message": "Could not verify"}


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


async def sign_in(place: Town, **fields: object) -> httpx2.Response:
    return await place.client.post(LOGIN, json={"username": "maria@exemplo.br", "password": PASSWORD} | fields)


async def token(place: Town) -> str:
    found: str = (await sign_in(place)).json()["token"]
    return found


@pytest.mark.contract("C01", "C60", "C54")
async def test_signing_in_gives_a_token_and_the_person_with_sector_and_position() -> None:
    async with town() as place:
        answer = await sign_in(place)
    assert answer.status_code == 200
    said = answer.json()
    assert said["user"] == {
        "id": short_form(place.maria.id),
        "name": "Maria Silva",
        "email": "maria@exemplo.br",
        "setor": "Análise",
        "cargo": "Analista Sênior",
    }
    assert re.fullmatch("[0-9a-f]{24}", said["user"]["id"])
    assert said["token"].count(".") == 2 and said["refresh_token"].count(".") == 2
    assert "set-cookie" not in answer.headers
    assert PASSWORD not in answer.text and "529.982" not in answer.text and "52998" not in answer.text


@pytest.mark.contract("C01")
async def test_the_field_may_be_called_email_and_other_fields_mean_nothing() -> None:
    async with town() as place:
        answer = await place.client.post(
            LOGIN, json={"email": "maria@exemplo.br", "password": PASSWORD, "role": "admin", "id": 1}
        )
        assert answer.status_code == 200
        seen = await place.client.get(ME, headers=bearer(answer.json()["token"]))
    assert seen.json()["cargo"] == "Analista Sênior"


@pytest.mark.contract("C01")
async def test_where_a_person_has_no_position_it_is_that_of_the_role() -> None:
    async with town({"PROSA_SIGNIN_PER_MINUTE": "0"}) as place:
        for role, told in ((Role.ADMIN, "Administrador"), (Role.ANALYST, "Analista"), (Role.USER, "Usuário")):
            email = f"{role}@exemplo.br"
            await place.identity.accounts.create(OPERATOR, NewAccount(email=email, password=PASSWORD, name="X", role=role))
            user = (await sign_in(place, username=email)).json()["user"]
            assert (user["cargo"], user["setor"]) == (told, "")


@pytest.mark.contract("C01", "C55")
@pytest.mark.attack("B8")
@pytest.mark.parametrize(
    "body",
    [
        {"username": "maria@exemplo.br", "password": "something else"},
        {"username": "nobody@exemplo.br", "password": PASSWORD},
        {"username": "maria", "password": PASSWORD},  # the name for signing in is M's
        {"username": "^maria@.*", "password": PASSWORD},
        {"username": {"$gt": ""}, "password": PASSWORD},
        {"username": "maria@exemplo.br", "password": ["x"]},
        {"username": "maria@exemplo.br"},
        {"password": PASSWORD},
        {},
        [],
    ],
)
async def test_whatever_is_wrong_reads_the_same_and_opens_no_password_box(body: object) -> None:
    async with town() as place:
        answer = await place.client.post(LOGIN, json=body, headers={"origin": PAGE})
    assert (answer.status_code, answer.json()) == (401, COULD_NOT)
    assert "www-authenticate" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == PAGE


@pytest.mark.contract("C55")
@pytest.mark.attack("B6")
async def test_what_is_no_json_is_told_in_json() -> None:
    async with town() as place:
        form = await place.client.post(LOGIN, data={"username": "maria@exemplo.br", "password": PASSWORD})
        plain = await place.client.post(LOGIN, content=json.dumps({}), headers={"content-type": "text/plain"})
        broken = await place.client.post(LOGIN, content="{", headers={"content-type": "application/json"})
        large = await place.client.post(LOGIN, json={"username": "x" * 2_000_000})
    assert [answer.status_code for answer in (form, plain, broken, large)] == [415, 415, 400, 413]
    for answer in (form, plain, broken, large):
        assert answer.json().keys() == {"message"}


@pytest.mark.contract("C39")
async def test_the_sixth_wrong_password_in_a_minute_is_asked_to_wait() -> None:
    async with town() as place:
        answers = [await sign_in(place, password="wrong") for _ in range(6)]
        right = await sign_in(place)
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert answers[-1].json().keys() == {"message"}
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert right.status_code == 429


@pytest.mark.contract("C02", "C54", "C60")
async def test_me_tells_the_claims_and_the_person_and_no_secret() -> None:
    async with town() as place:
        access = await token(place)
        answer = await place.client.get(ME, headers=bearer(access))
    said = answer.json()
    assert said == {
        "user": "maria@exemplo.br",
        "user_id": short_form(place.maria.id),
        "name": "Maria Silva",
        "exp": claims(access)["exp"],
        "id": short_form(place.maria.id),
        "email": "maria@exemplo.br",
        "setor": "Análise",
        "cargo": "Analista Sênior",
    }


@pytest.mark.contract("C02", "C55")
@pytest.mark.attack("B2")
async def test_each_fault_of_a_token_has_its_own_words_and_allows_the_page_to_read_them() -> None:
    async with town({"JWT_ACCESS_TOKEN_EXPIRES": "1"}) as place:
        signed = (await sign_in(place)).json()
        cases: list[tuple[dict[str, str], str]] = [
            ({}, "Token is missing!"),
            ({"authorization": "Basic bWFyaWE6eA=="}, "Token is missing!"),
            (bearer("x.y.z"), "Token is invalid!"),
            (bearer(signed["token"][:-3] + "AAA"), "Token is invalid!"),
            (bearer(signed["refresh_token"]), "Token is invalid!"),
        ]
        for headers, told in cases:
            answer = await place.client.get(ME, headers=headers | {"origin": PAGE})
            assert (answer.status_code, answer.json()) == (401, {"message": told}), headers
            assert answer.headers["access-control-allow-origin"] == PAGE
            assert "www-authenticate" not in answer.headers
        await _sleep_past(claims(signed["token"])["exp"])
        late = await place.client.get(ME, headers=bearer(signed["token"]))
    assert (late.status_code, late.json()) == (401, {"message": "Token has expired!"})


def lives(said: dict[str, Any], seconds: int) -> bool:
    """Whether a token lives so long; whole seconds may have turned between its two moments."""
    lived: int = said["exp"] - said["iat"]
    return seconds - 1 <= lived <= seconds


@pytest.mark.contract("C03")
async def test_tokens_live_a_day_and_a_week_unless_the_settings_say_otherwise() -> None:
    async with town() as place:
        said = (await sign_in(place)).json()
    access, refresh = claims(said["token"]), claims(said["refresh_token"])
    assert lives(access, 86_400) and lives(refresh, 604_800)
    async with town({"JWT_ACCESS_TOKEN_EXPIRES": "600", "JWT_REFRESH_TOKEN_EXPIRES": "1200"}) as place:
        said = (await sign_in(place)).json()
    access, refresh = claims(said["token"]), claims(said["refresh_token"])
    assert lives(access, 600) and lives(refresh, 1200)


@pytest.mark.contract("C03")
async def test_a_refresh_token_or_a_good_access_token_is_renewed() -> None:
    async with town() as place:
        first = (await sign_in(place)).json()
        older_client = await place.client.post(REFRESH, json={}, headers=bearer(first["token"]))
        without_body = await place.client.post(REFRESH, headers=bearer(first["token"]))
        in_body = await place.client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
        in_header = await place.client.post(REFRESH, json={}, headers=bearer(in_body.json()["refresh_token"]))
        seen = await place.client.get(ME, headers=bearer(in_header.json()["token"]))
    for answer in (older_client, without_body, in_body, in_header):
        assert answer.status_code == 200, answer.text
        assert answer.json()["user"]["email"] == "maria@exemplo.br"
        assert "expires_in" not in answer.json()  # its client would take seconds for milliseconds
    assert "refresh_token" not in older_client.json()
    assert seen.status_code == 200


@pytest.mark.contract("C03", "C55")
@pytest.mark.attack("B4")
async def test_a_refresh_token_of_an_earlier_generation_ends_the_sign_in() -> None:
    async with town() as place:
        first = (await sign_in(place)).json()
        second = (await place.client.post(REFRESH, json={"refresh_token": first["refresh_token"]})).json()
        third = (await place.client.post(REFRESH, json={"refresh_token": second["refresh_token"]})).json()
        stolen = await place.client.post(REFRESH, json={"refresh_token": first["refresh_token"]})
        assert (stolen.status_code, stolen.json()) == (401, {"message": "Token is invalid!"})
        assert (await place.client.get(ME, headers=bearer(third["token"]))).status_code == 401
        assert (await place.client.post(REFRESH, json={})).json() == {"message": "Token is missing!"}


@pytest.mark.contract("C02")
@pytest.mark.attack("B3")
async def test_a_suspended_person_is_out_at_once() -> None:
    async with town() as place:
        signed = (await sign_in(place)).json()
        assert (await place.client.get(ME, headers=bearer(signed["token"]))).status_code == 200
        await place.identity.accounts.suspend(OPERATOR, place.maria.id)
        assert (await place.client.get(ME, headers=bearer(signed["token"]))).json() == {"message": "Token is invalid!"}
        assert (await place.client.post(REFRESH, json={"refresh_token": signed["refresh_token"]})).status_code == 401
        assert (await sign_in(place)).json() == COULD_NOT


@pytest.mark.contract("C36", "C55")
@pytest.mark.attack("B7")
async def test_preflights_are_for_configured_pages_alone() -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "authorization,content-type"}
    async with town({"CORS_ORIGINS": "https://painel.exemplo.br"}) as place:
        ours = await place.client.options(LOGIN, headers=asked | {"origin": "https://painel.exemplo.br"})
        theirs = await place.client.options(LOGIN, headers=asked | {"origin": "https://painel.exemplo.br.evil.example"})
        refused = await place.client.get(ME, headers={"origin": "https://evil.example"})
    assert ours.status_code == 204
    assert ours.headers["access-control-allow-origin"] == "https://painel.exemplo.br"
    allowed = {method.strip() for method in ours.headers["access-control-allow-methods"].split(",")}
    assert {"GET", "POST", "PUT", "DELETE", "OPTIONS"} <= allowed
    assert {"authorization", "content-type"} <= set(ours.headers["access-control-allow-headers"].split(","))
    for answer in (theirs, refused):
        assert answer.status_code >= 400
        assert "access-control-allow-origin" not in answer.headers


@pytest.mark.contract("C55")
async def test_paths_of_the_contract_that_come_later_and_wrong_methods_speak_its_shape() -> None:
    async with town() as place:
        missing = [await place.client.get(path) for path in ("/api/talk-user", "/api/messages-by-talk", "/api/conversations")]
        method = await place.client.put(LOGIN, json={})
    assert [answer.json().keys() for answer in (*missing, method)] == [{"message"}] * 4
    assert method.status_code == 405 and "POST" in method.headers["allow"]


async def _sleep_past(moment: int) -> None:
    await asyncio.sleep(max(0.0, moment - time.time()) + 0.05)


@pytest.mark.contract("C04")
async def test_a_bcrypt_hash_of_an_older_installation_signs_in_and_is_replaced() -> None:
    hashed = bcrypt.hashpw(b"analyst123", bcrypt.gensalt(10)).decode()
    async with town() as place:
        old = NewAccount(email="old@exemplo.br", name="Old", password_hash=hashed)
        await place.identity.accounts.create(OPERATOR, old)
        for _ in range(2):
            assert (await sign_in(place, username="old@exemplo.br", password="analyst123")).status_code == 200
        rows = await place.rows("SELECT password_hash FROM accounts WHERE email = 'old@exemplo.br'")
    assert str(rows[0][0]).startswith("$argon2id$")


@pytest.mark.contract("C02")
async def test_a_persons_api_key_tells_who_it_acts_for_and_a_settings_key_is_nobody() -> None:
    async with town({"API_KEY": "settings-key-one-123"}) as place:
        new = NewKey(place.maria.id, "script", frozenset({Scope.READ}))
        _, key = await place.identity.keys.create(OPERATOR, new)
        answer = await place.client.get(ME, headers=bearer(key))
        nobody = await place.client.get(ME, headers=bearer("settings-key-one-123"))
    assert answer.status_code == 200
    assert answer.json()["email"] == "maria@exemplo.br" and "exp" not in answer.json()
    assert (nobody.status_code, nobody.json()) == (401, {"message": "Token is invalid!"})
