"""Two things at the same moment: whatever order they fall into, nobody keeps a right that was taken, nothing is done twice."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR, AccountChanges, Device, NewInvite, Reach, Role, Scope, TokenDialect
from tests.api.app.house import PASSWORD, House, Person, house
from tests.databases import KINDS, an_address, environment

DEVICE = Device("127.0.0.1", "tests")
OTHER = "a quiet river at noon"
BOTH = pytest.mark.parametrize("kind", [KINDS[0], pytest.param(KINDS[1], marks=pytest.mark.slow)])


@asynccontextmanager
async def a_house(kind: str) -> AsyncIterator[House]:
    with an_address(kind) as address:
        quiet = {"PROSA_REQUESTS_PER_MINUTE": "0", "PROSA_FAILED_PER_MINUTE": "0"}
        async with house(quiet | dict(environment(address))) as home:
            yield home


async def at_once(*calls: Coroutine[Any, Any, httpx2.Response]) -> Counter[int]:
    return Counter(answer.status_code for answer in await asyncio.gather(*calls))


async def admins(home: House) -> int:
    rows = await home.prosa.system.people.database.fetch("SELECT id FROM accounts WHERE role = 'admin' AND status = 'active'")
    return len(rows)


@BOTH
@pytest.mark.parametrize("how", ["demote", "suspend", "delete"])
@pytest.mark.attack("A6", "B13")
async def test_admins_who_get_rid_of_each_other_at_once_leave_one_behind(kind: str, how: str) -> None:
    async with a_house(kind) as home:
        all_of_them = [await home.person(f"admin{number}", Role.ADMIN) for number in range(4)]

        async def against(one: Person, other: Person) -> httpx2.Response:
            if how == "demote":
                return await one.ask("PATCH", f"/users/{other.id}", {"role": "user"}, headers={"If-Match": "*"})
            return await one.ask(
                *(("PUT", f"/users/{other.id}/suspension") if how == "suspend" else ("DELETE", f"/users/{other.id}"))
            )

        told = await at_once(*(against(one, other) for one in all_of_them for other in all_of_them if one is not other))
        told += await at_once(*(one.ask("DELETE", "/me", {"current_password": PASSWORD}) for one in all_of_them))
        assert await admins(home) == 1, told
        assert set(told) <= {200, 204, 401, 403, 404, 409, 412}, told


@BOTH
@pytest.mark.attack("B3", "A17")
async def test_who_signs_in_while_a_role_is_taken_away_has_not_kept_it(kind: str) -> None:
    async with a_house(kind) as home:
        root, ana = await home.person("root", Role.ADMIN), await home.person("ana", Role.ADMIN)
        people = home.prosa.system.people.identity

        async def take() -> None:
            await people.accounts.change(OPERATOR, ana.account.id, AccountChanges(role=Role.USER))

        began = await asyncio.gather(
            *(people.sessions.start(ana.account.id, DEVICE) for _ in range(4)),
            take(),
            *(people.sessions.start(ana.account.id, DEVICE) for _ in range(4)),
            return_exceptions=True,
        )
        tokens = [made[1] for made in began if isinstance(made, tuple)]
        assert tokens
        browser = await home.browser()
        for token in (*tokens, ana.browser.cookies["prosa_session"]):
            answer = await browser.get("/api/v1/users", headers={"cookie": f"prosa_session={token}"})
            assert answer.status_code in (401, 403)
        assert (await root.ask("GET", "/users")).status_code == 200


@BOTH
@pytest.mark.parametrize("how", ["suspend", "delete", "sign out everywhere", "change the password"])
@pytest.mark.attack("B3", "B4")
async def test_who_refreshes_signs_in_or_makes_a_key_while_shut_out_has_nothing_that_works(kind: str, how: str) -> None:
    async with a_house(kind) as home:
        await home.person("root", Role.ADMIN)
        ana, people = await home.person("ana"), home.prosa.system.people.identity
        pairs = [await people.tokens.issue(ana.account, TokenDialect.CHATAI, DEVICE) for _ in range(4)]
        client = await home.browser()

        async def shut_out() -> None:
            match how:
                case "suspend":
                    await people.accounts.suspend(OPERATOR, ana.account.id)
                case "delete":
                    await people.accounts.delete(OPERATOR, ana.account.id)
                case "change the password":
                    await people.accounts.change_password(ana.account.id, PASSWORD, OTHER)
                case _:
                    await people.sessions.end_all(ana.account.id)

        async def refresh(text: str | None) -> httpx2.Response:
            return await client.post("/api/refresh", json={"refresh_token": text})

        found = await asyncio.gather(
            *(refresh(pair.refresh) for pair in pairs[:2]),
            ana.ask("POST", "/auth/tickets", {"path": "/api/v1/me"}),
            shut_out(),
            ana.ask("POST", "/auth/tickets", {"path": "/api/v1/me"}),
            *(refresh(pair.refresh) for pair in pairs[2:]),
        )
        answers = [answer for answer in found if answer is not None]
        assert {answer.status_code for answer in answers} <= {200, 201, 401}
        shown = [answer.json()["token"] for answer in answers if answer.status_code == 200]
        for token in (*shown, *(pair.access for pair in pairs), *(pair.refresh for pair in pairs)):
            answer = await client.get("/v1/me", headers={"authorization": f"Bearer {token}"})
            assert answer.status_code == 401
        for answer in answers:
            if answer.status_code == 201:
                ticket = answer.json()["ticket"]
                assert (await client.get("/api/v1/me", params={"ticket": ticket})).status_code == 401
        assert (await ana.ask("GET", "/me")).status_code == 401


@BOTH
@pytest.mark.attack("B14")
async def test_an_invitation_that_many_use_at_once_makes_one_account(kind: str) -> None:
    async with a_house(kind) as home:
        await home.person("root", Role.ADMIN)
        people = home.prosa.system.people
        invite, text = await people.identity.invites.create(OPERATOR, None, NewInvite(None, Role.ADMIN))
        browser = await home.browser()
        wish = {"password": OTHER, "invite": text}
        told = await at_once(
            *(browser.post("/api/v1/auth/register", json=wish | {"email": f"p{number}@example.com"}) for number in range(6))
        )
        assert told == {202: 1, 403: 5} or told == {202: 1, 400: 5}, told
        assert await admins(home) == 2
        assert (await people.identity.invites.get(OPERATOR, invite.id)).used_by is not None


@BOTH
@pytest.mark.attack("C3", "C4")
async def test_a_key_that_is_rotated_renamed_and_revoked_at_once_ends_in_one_state(kind: str) -> None:
    async with a_house(kind) as home:
        await home.person("root", Role.ADMIN)
        ana = await home.person("ana")
        proof = {"current_password": PASSWORD}
        made = (await ana.ask("POST", "/keys", {"name": "laptop", "scopes": ["read"], **proof})).json()
        told = await at_once(
            *(ana.ask("POST", f"/keys/{made['id']}/rotation", {"overlap_seconds": 60, **proof}) for _ in range(4))
        )
        assert told == {201: 1, 409: 3}
        living = (await ana.ask("GET", "/keys")).json()["data"]
        assert sorted(key["status"] for key in living) == ["active", "replaced"]
        told = await at_once(*(ana.ask("POST", "/keys", {"name": "same", "scopes": ["read"], **proof}) for _ in range(4)))
        assert told == {201: 1, 409: 3}
        new = next(key for key in living if key["status"] == "active")
        await asyncio.gather(
            ana.ask("DELETE", f"/keys/{new['id']}", proof),
            ana.ask("POST", f"/keys/{new['id']}/rotation", {"overlap_seconds": 60, **proof}),
            ana.ask("PATCH", f"/keys/{new['id']}", {"expires_at": "2099-01-01T00:00:00Z", **proof}),
        )
        answer = await (await home.program(made["key"])).get("/v1/me")
        left = {key["id"]: key["status"] for key in (await ana.ask("GET", "/keys")).json()["data"] if key["name"] == "laptop"}
        assert new["id"] not in left or left[new["id"]] == "replaced"
        assert answer.status_code == (200 if made["id"] in left else 401)


@BOTH
@pytest.mark.attack("A7", "A16")
async def test_of_two_edits_from_one_state_one_counts_and_one_address_makes_one_account(kind: str) -> None:
    async with a_house(kind) as home:
        root = await home.person("root", Role.ADMIN)
        ana = await home.person("ana")
        tag = {"If-Match": (await root.ask("GET", f"/users/{ana.id}")).headers["etag"]}
        told = await at_once(*(root.ask("PATCH", f"/users/{ana.id}", {"name": f"Ana {n}"}, headers=tag) for n in range(4)))
        assert told == {200: 1, 412: 3}
        told = await at_once(*(root.ask("POST", "/users", {"email": "new@example.com", "username": f"n{n}"}) for n in range(4)))
        assert told == {201: 1, 409: 3}
        told = await at_once(*(root.ask("POST", "/users", {"email": f"n{n}@example.com", "username": "new"}) for n in range(4)))
        assert told == {201: 1, 409: 3}


@BOTH
@pytest.mark.attack("A16", "B3")
async def test_what_is_made_while_its_owner_is_deleted_is_gone_too(kind: str) -> None:
    async with a_house(kind) as home:
        root, ana = await home.person("root", Role.ADMIN), await home.person("ana")
        text = await home.key(ana, Scope.READ, Scope.WRITE)
        proof = {"current_password": PASSWORD}
        await asyncio.gather(
            *(ana.ask("POST", "/keys", {"name": f"k{number}", "scopes": ["read"], **proof}) for number in range(2)),
            root.ask("DELETE", f"/users/{ana.id}"),
            *(ana.ask("POST", "/keys", {"name": f"l{number}", "scopes": ["read"], **proof}) for number in range(2)),
            ana.ask("PATCH", "/me", {"name": "Still here", "profile": {"cpf": "529.982.247-25"}}),
        )
        people = home.prosa.system.people
        rows = await people.database.fetch("SELECT name, email, cpf FROM accounts WHERE id = $1", ana.account.id)
        assert rows == [("", None, None)]
        assert await people.database.fetch("SELECT id FROM api_keys WHERE revoked_at IS NULL") == []
        assert await people.database.fetch("SELECT id FROM sessions WHERE account_id = $1", ana.account.id) == []
        assert (await (await home.program(text)).get("/v1/me")).status_code == 401
        again = await home.person("ana")
        assert again.id != ana.id and (await again.ask("GET", "/keys?ended=true")).json()["data"] == []
        with pytest.raises(Exception, match="no such account"):
            await people.identity.accounts.get(Reach(ana.account.id), ana.account.id)


@BOTH
@pytest.mark.attack("A19")
async def test_a_storm_of_cancelled_calls_never_gives_one_person_the_answer_of_another(kind: str) -> None:
    """INV21: whoever is answered is answered about themselves, whatever happened on the connections before."""
    async with a_house(kind) as home:
        people = [await home.person(f"p{number}") for number in range(4)]
        chance = random.Random(7)  # which calls are given up, not a secret

        async def call(person: Person) -> None:
            task = asyncio.create_task(person.ask("GET", "/me", headers={"x-request-id": f"by-{person.account.id}"}))
            if chance.random() < 0.6:
                await asyncio.sleep(chance.random() * 0.01)
                task.cancel()
            try:
                answer = await task
            except asyncio.CancelledError:
                return
            assert answer.json()["id"] == person.id and answer.headers["x-request-id"] == f"by-{person.account.id}"

        for _ in range(12):
            await asyncio.gather(*(call(chance.choice(people)) for _ in range(25)))
        for person in people:
            assert (await person.ask("GET", "/me")).json()["id"] == person.id


@BOTH
@pytest.mark.attack("B3")
async def test_who_ends_their_own_session_is_told_so_however_soon_others_hear_of_it(kind: str) -> None:
    async with a_house(kind) as home:
        await home.person("root", Role.ADMIN)
        ana, rights = await home.person("ana"), home.prosa.system.people.identity.rights
        people, browser = home.prosa.system.people.identity, await home.browser()

        async def hear() -> None:
            while True:
                await rights.look()
                await asyncio.sleep(0)  # a look that finds the file unchanged has waited for nothing

        hearing = asyncio.create_task(hear())
        for path in ("/api/v1/auth/sign-out", "/api/v1/auth/sign-out-everywhere") * 6:
            _, token = await people.sessions.start(ana.account.id, DEVICE)
            answer = await browser.post(path, headers={"cookie": f"prosa_session={token}"})
            assert answer.status_code == 204 and "Max-Age=0" in answer.headers["set-cookie"], answer.text
        _, token = await people.sessions.start(ana.account.id, DEVICE)
        gone = await browser.request(
            "DELETE", "/api/v1/me", json={"current_password": PASSWORD}, headers={"cookie": f"prosa_session={token}"}
        )
        assert gone.status_code == 204
        hearing.cancel()
