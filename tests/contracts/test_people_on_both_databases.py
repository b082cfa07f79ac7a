"""The sign-ins of C and M on both kinds of database, with parallel calls where they could trip over each other."""

import asyncio

import pytest

from tests.contracts.people import PASSWORD, bearer, town
from tests.databases import KINDS, an_address, environment

pytestmark = pytest.mark.slow
ANA = {"username": "ana", "email": "ana@example.com", "password": PASSWORD, "password_confirm": PASSWORD}


@pytest.mark.contract("C01", "C02", "C03")
@pytest.mark.attack("B4")
@pytest.mark.parametrize("kind", KINDS)
async def test_parallel_refreshes_of_one_client_all_get_on(kind: str) -> None:
    with an_address(kind) as address:
        async with town(environment(address)) as place:
            login = {"username": "maria@exemplo.br", "password": PASSWORD}
            signed = (await place.client.post("/api/login", json=login)).json()
            body = {"refresh_token": signed["refresh_token"]}
            answers = await asyncio.gather(*(place.client.post("/api/refresh", json=body) for _ in range(5)))
            assert [answer.status_code for answer in answers] == [200] * 5
            for answer in answers:
                seen = await place.client.get("/api/me", headers=bearer(answer.json()["token"]))
                assert seen.status_code == 200
            successors = {answer.json()["refresh_token"] for answer in answers}
            last = await place.client.post("/api/refresh", json={"refresh_token": successors.pop()})
            assert last.status_code == 200


@pytest.mark.contract("M01", "M02", "M26")
@pytest.mark.parametrize("kind", KINDS)
async def test_of_many_who_want_a_name_at_once_one_gets_it(kind: str) -> None:
    with an_address(kind) as address:
        async with town(environment(address)) as place:
            bodies = [ANA | {"email": f"ana{number}@example.com"} for number in range(4)]
            answers = await asyncio.gather(*(place.client.post("/register", json=body) for body in bodies))
            assert sorted(answer.status_code for answer in answers) == [200, 400, 400, 400]
            signed = await place.client.post("/login", json={"username": "ana", "password": PASSWORD})
            assert signed.status_code == 200
            assert await place.rows("SELECT count(*) FROM accounts WHERE username = 'ana'") == [(1,)]
