"""Contract M: registering and signing in, as its page does (contracts: multiuser, §1)."""

import base64
import hashlib
import json
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR, NewAccount
from tests.contracts.people import PASSWORD, Town, town

REGISTER, LOGIN = "/register", "/login"
PAGE = "http://localhost:8000"
ANA = {"username": "ana", "email": "Ana@Example.COM", "password": PASSWORD, "password_confirm": PASSWORD}


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    decoded: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return decoded


async def register(place: Town, **fields: object) -> httpx2.Response:
    return await place.client.post(REGISTER, json=ANA | fields, headers={"origin": PAGE})


async def sign_in(place: Town, username: object = "maria", password: object = PASSWORD) -> httpx2.Response:
    return await place.client.post(LOGIN, json={"username": username, "password": password}, headers={"origin": PAGE})


def one_sentence(answer: httpx2.Response, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.json().keys() == {"detail"}
    assert isinstance(answer.json()["detail"], str)
    assert answer.headers["access-control-allow-origin"] == PAGE
    told: str = answer.json()["detail"]
    return told


@pytest.mark.contract("M01", "M26", "M11")
async def test_a_person_registers_and_then_signs_in() -> None:
    async with town() as place:
        answer = await register(place)
        signed = await sign_in(place, "ana")
    assert (answer.status_code, answer.json()) == (200, {"username": "ana", "email": "Ana@example.com"})
    assert answer.headers["access-control-allow-origin"] == PAGE
    assert signed.status_code == 200


@pytest.mark.contract("M02", "M10", "M23")
async def test_signing_in_gives_a_token_and_a_whole_number() -> None:
    async with town() as place:
        answer = await sign_in(place)
    said = answer.json()
    assert answer.status_code == 200
    assert said.keys() == {"access_token", "token_type", "user_id", "username"}
    assert (said["token_type"], said["user_id"], said["username"]) == ("bearer", place.maria.number, "maria")
    assert type(said["user_id"]) is int
    token = claims(said["access_token"])
    assert token["sub"] == str(place.maria.number)
    assert json.loads(base64.urlsafe_b64decode(said["access_token"].split(".")[0] + "=="))["alg"] == "HS256"
    assert token["exp"] - token["iat"] == 86_400


@pytest.mark.contract("M23")
async def test_the_minutes_of_the_setting_count() -> None:
    async with town({"MULTIUSER_TOKEN_MINUTES": "60"}) as place:
        token = claims((await sign_in(place)).json()["access_token"])
    assert token["exp"] - token["iat"] == 3600


@pytest.mark.contract("M26", "M22")
async def test_a_taken_name_and_a_taken_address_are_400_with_a_sentence_each() -> None:
    async with town() as place:
        await register(place)
        name = one_sentence(await register(place, email="other@example.com"), 400)
        address = one_sentence(await register(place, username="other"), 400)
        again = one_sentence(await register(place, username="other", email="ana+x@example.com"), 400)
    assert "nome de usuário" in name and "e-mail" in address
    assert again == address


@pytest.mark.contract("M01", "M22")
@pytest.mark.parametrize(
    ("fields", "place_of_fault"),
    [
        ({"password_confirm": "another phrase"}, "password_confirm"),
        ({"email": "not an address"}, "email"),
        ({"password": None}, "password"),
        ({"username": {"$ne": 1}}, "username"),
        ({"email": 5}, "email"),
    ],
)
async def test_a_malformed_body_is_a_list_that_repeats_nothing_of_it(fields: dict[str, object], place_of_fault: str) -> None:
    async with town() as place:
        answer = await register(place, **fields)
        missing = await place.client.post(REGISTER, json={name: value for name, value in ANA.items() if name != place_of_fault})
    for found in (answer, missing):
        assert found.status_code == 422
        detail = found.json()["detail"]
        assert [entry["loc"] for entry in detail] == [["body", place_of_fault]]
        assert all("input" not in entry and entry["msg"] and entry["type"] for entry in detail)
        assert PASSWORD not in found.text


@pytest.mark.contract("M22")
@pytest.mark.attack("B17")
@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"password": "1234567", "password_confirm": "1234567"}, "8 caracteres"),
        ({"password": "password", "password_confirm": "password"}, "adivinhar"),
        ({"password": "x" * 4097, "password_confirm": "x" * 4097}, "4096"),
        ({"username": ""}, "nome de usuário"),
        ({"username": "a@b"}, "nome de usuário"),
        ({"username": "x" * 65}, "nome de usuário"),
    ],
)
async def test_a_rule_of_our_own_is_one_portuguese_sentence(fields: dict[str, object], word: str) -> None:
    async with town() as place:
        assert word in one_sentence(await register(place, **fields), 400)


@pytest.mark.contract("M22")
@pytest.mark.attack("B14")
async def test_registration_that_is_not_open_is_403() -> None:
    for mode in ("closed", "invite", "domain:other.example"):
        async with town({"PROSA_REGISTRATION": mode}) as place:
            assert "cadastro" in one_sentence(await register(place), 403)
    async with town({"PROSA_REGISTRATION": "domain:example.com"}) as place:
        assert (await register(place)).status_code == 200


@pytest.mark.contract("M02", "M22")
@pytest.mark.attack("B8")
async def test_an_unknown_name_and_a_wrong_password_read_the_same() -> None:
    async with town() as place:
        answers = [
            await sign_in(place, password="wrong"),
            await sign_in(place, "nobody"),
            await sign_in(place, "maria@exemplo.br"),  # an address is no name
            await sign_in(place, "MARIA"),  # names are told apart by case here
        ]
    told = {one_sentence(answer, 401) for answer in answers}
    assert len(told) == 1
    assert all("www-authenticate" not in answer.headers for answer in answers)


@pytest.mark.contract("M02", "M22")
@pytest.mark.attack("B6")
@pytest.mark.parametrize("body", [{"username": "maria"}, {"password": "x"}, {}, {"username": 1, "password": "x"}])
async def test_a_sign_in_without_its_fields_is_a_list(body: object) -> None:
    async with town() as place:
        answer = await place.client.post(LOGIN, json=body)
        plain = await place.client.post(LOGIN, content=json.dumps(body), headers={"content-type": "text/plain"})
        broken = await place.client.post(LOGIN, content="{", headers={"content-type": "application/json"})
    for found in (answer, plain, broken):
        assert found.status_code == 422
        assert isinstance(found.json()["detail"], list) and "input" not in found.text


@pytest.mark.attack("B6")
async def test_no_form_of_another_site_registers_or_signs_in() -> None:
    kinds = (
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "text/plain;application/json",
    )
    async with town() as place:
        for path, body in ((REGISTER, ANA), (LOGIN, {"username": "maria", "password": PASSWORD})):
            for kind in kinds:  # what a browser sends without asking first
                answer = await place.client.post(path, content=json.dumps(body), headers={"content-type": kind})
                assert answer.status_code == 422 and "access_token" not in answer.text
            assert (await place.client.post(path, json=body)).status_code == 200


@pytest.mark.contract("C39", "M22")
async def test_too_many_wrong_passwords_are_429_with_a_sentence() -> None:
    async with town() as place:
        answers = [await sign_in(place, password="wrong") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert "Aguarde" in one_sentence(answers[-1], 429)
    assert int(answers[-1].headers["retry-after"]) >= 1


@pytest.mark.contract("M09")
@pytest.mark.attack("B17")
async def test_every_character_of_a_long_password_counts() -> None:
    long = "ção" * 40
    async with town() as place:
        assert (await register(place, password=long, password_confirm=long)).status_code == 200
        assert (await sign_in(place, "ana", long)).status_code == 200
        assert (await sign_in(place, "ana", long[:-1])).status_code == 401


@pytest.mark.contract("M09")
async def test_a_hash_of_an_older_installation_signs_in_and_is_replaced() -> None:
    scrypt = "$scrypt$ln=16,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$8KI+jEdkn3mtbIqGha4bTo+U2YuDMU0/OL1A2M0idIg"
    async with town() as place:
        old = NewAccount(email="old@exemplo.br", username="old", name="Old", password_hash=scrypt)
        await place.identity.accounts.create(OPERATOR, old)
        for _ in range(2):
            assert (await sign_in(place, "old", "senha-de-exemplo")).status_code == 200
        rows = await place.rows("SELECT password_hash FROM accounts WHERE username = 'old'")
    assert str(rows[0][0]).startswith("$argon2id$")


@pytest.mark.contract("M11")
@pytest.mark.attack("B7")
async def test_pages_elsewhere_are_not_let_in() -> None:
    asked = {"access-control-request-method": "POST", "access-control-request-headers": "content-type"}
    async with town({"ALLOWED_ORIGINS": "https://chat.exemplo.br"}) as place:
        ours = await place.client.options(LOGIN, headers=asked | {"origin": "https://chat.exemplo.br"})
        foreign = [
            await place.client.options(LOGIN, headers=asked | {"origin": origin}) for origin in ("null", "https://evil.example")
        ]
    assert ours.headers["access-control-allow-origin"] == "https://chat.exemplo.br"
    assert "access-control-allow-credentials" not in ours.headers
    assert all("access-control-allow-origin" not in answer.headers for answer in foreign)


@pytest.mark.contract("M01")
async def test_the_method_tells_the_pages_of_the_web_app_from_this_dialect() -> None:
    async with town() as place:
        page = await place.client.get(REGISTER, headers={"accept": "text/html"})
        posted = await place.client.post(REGISTER, json={})
        later = await place.client.post("/session")
    assert (page.status_code, page.headers["content-type"].partition(";")[0]) == (200, "text/html")
    assert posted.status_code == 422
    assert later.json().keys() == {"detail"}


@pytest.mark.attack("B13")
async def test_registering_here_never_makes_an_admin() -> None:
    async with town() as place:
        await place.identity.accounts.delete(OPERATOR, place.maria.id)
        assert (await register(place, role="admin", code="x", is_admin=True)).status_code == 200
        rows = await place.rows("SELECT role FROM accounts WHERE username = 'ana'")
    assert rows == [("user",)]


def test_the_contracts_hash_is_what_it_says() -> None:
    digest = hashlib.scrypt(b"senha-de-exemplo", salt=b"0123456789abcdef", n=65536, r=8, p=1, maxmem=2**27, dklen=32)
    assert base64.b64encode(digest).decode().rstrip("=") == "8KI+jEdkn3mtbIqGha4bTo+U2YuDMU0/OL1A2M0idIg"


@pytest.mark.contract("M22", "M26")
@pytest.mark.attack("B8")
async def test_registrations_of_one_address_are_limited_so_that_names_cannot_be_tried_out() -> None:
    async with town({"PROSA_SIGNIN_PER_MINUTE": "1", "PROSA_TRUSTED_PROXIES": "127.0.0.1"}) as place:

        async def attempt(number: int, address: str) -> httpx2.Response:
            body = ANA | {"username": f"name{number}", "email": "maria@exemplo.br"}
            return await place.client.post(REGISTER, json=body, headers={"x-forwarded-for": address, "origin": PAGE})

        answers = [await attempt(number, "203.0.113.9") for number in range(6)]
        elsewhere = await attempt(7, "198.51.100.7")
    assert [answer.status_code for answer in answers] == [400] * 4 + [429] * 2
    assert "Aguarde" in one_sentence(answers[-1], 429)
    assert elsewhere.status_code == 400
