"""What takes a right away is in force within a second: for the next call, and for the stream that is open now."""

import asyncio
import json
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from prosa.identity import OPERATOR, AccountChanges, Device, NewAccount, NewKey, Reach, Role, Scope
from prosa.identity.tokens import Dialect
from tests.databases import KINDS, an_address, environment
from tests.serving import Running, running

PASSWORD = "correct horse battery staple"
LONG = {"model": "mock", "stream": True, "messages": [{"role": "user", "content": "[[mock delay=0.02 repeat=300]] Conte!"}]}
SLOW = {"model": "mock", "messages": [{"role": "user", "content": "[[mock first_byte=20]] Conte!"}]}


@dataclass
class Person:
    """Somebody with a credential of each kind, and what can be done to them."""

    prosa: Running
    client: httpx2.AsyncClient
    account_id: str
    key_id: str
    session_id: str
    shown: dict[str, dict[str, str]]

    async def call(self, how: str) -> int:
        answer = await self.client.get("/v1/models", headers=self.shown[how])
        return answer.status_code


@asynccontextmanager
async def a_person(kind: str) -> AsyncIterator[Person]:
    with an_address(kind) as address:
        env = dict(environment(address)) | {"PROSA_REQUESTS_PER_MINUTE": "0", "PROSA_FAILED_PER_MINUTE": "0"}
        async with running(env) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
            identity = prosa.system.people.identity
            await identity.accounts.create(OPERATOR, NewAccount("admin@example.com", PASSWORD, role=Role.ADMIN))
            ana = await identity.accounts.create(OPERATOR, NewAccount("ana@example.com", PASSWORD))
            scopes = frozenset({Scope.READ, Scope.WRITE})
            key, text = await identity.keys.create(Reach(ana.id), NewKey(ana.id, "laptop", scopes))
            session, token = await identity.sessions.start(ana.id, Device("127.0.0.1", "tests"))
            pair = await identity.tokens.issue(ana, Dialect.CHATAI, Device("127.0.0.1", "tests"))
            shown = {
                "key": {"Authorization": f"Bearer {text}"},
                "session": {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"},
                "token": {"Authorization": f"Bearer {pair.access}"},
            }
            yield Person(prosa, client, ana.id, key.id, session.id, shown)


Change = Callable[[Person], Awaitable[object]]


async def suspend(person: Person) -> None:
    await person.prosa.system.people.identity.accounts.suspend(OPERATOR, person.account_id)


async def delete(person: Person) -> None:
    await person.prosa.system.people.identity.accounts.delete(OPERATOR, person.account_id)


async def promote(person: Person) -> None:
    accounts = person.prosa.system.people.identity.accounts
    await accounts.change(OPERATOR, person.account_id, AccountChanges(role=Role.ANALYST), None)


async def change_password(person: Person) -> None:
    accounts = person.prosa.system.people.identity.accounts
    await accounts.change_password(person.account_id, PASSWORD, "a quiet river at noon")


async def sign_out(person: Person) -> None:
    await person.prosa.system.people.identity.sessions.end(Reach(person.account_id), person.session_id)


async def sign_out_everywhere(person: Person) -> None:
    await person.prosa.system.people.identity.sessions.end_all(person.account_id)


async def revoke(person: Person) -> None:
    await person.prosa.system.people.identity.keys.revoke(Reach(person.account_id), person.key_id)


# What is done, and which credentials end with it.
CHANGES: list[tuple[Change, set[str]]] = [
    (suspend, {"key", "session", "token"}),
    (delete, {"key", "session", "token"}),
    (promote, {"session", "token"}),
    (change_password, {"session", "token"}),
    (sign_out, {"session"}),
    (sign_out_everywhere, {"session", "token"}),
    (revoke, {"key"}),
]


@pytest.mark.attack("B3", "C4", "A17")
@pytest.mark.contract("A15", "A17")
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("change", "ended"), CHANGES, ids=[change.__name__ for change, _ in CHANGES])
async def test_a_right_that_was_taken_away_is_gone_at_once(kind: str, change: Change, ended: set[str]) -> None:
    async with a_person(kind) as person:
        ways = tuple(person.shown)
        assert [await person.call(how) for how in ways] == [200, 200, 200]
        assert [await person.call(how) for how in ways] == [200, 200, 200]  # from memory now
        await change(person)
        assert {how: await person.call(how) for how in ways} == {how: 401 if how in ended else 200 for how in ways}


@pytest.mark.attack("A17", "C4")
@pytest.mark.parametrize("how", ["key", "session", "token"])
async def test_an_open_stream_ends_well_formed_within_a_second(how: str) -> None:
    async with a_person("sqlite") as person:
        async with person.client.stream("POST", "/v1/chat/completions", json=LONG, headers=person.shown[how]) as answer:
            assert answer.status_code == 200
            lines = answer.aiter_lines()
            for _ in range(3):
                await anext(lines)
            began = time.monotonic()
            await suspend(person)
            rest = [line async for line in lines if line]
            took = time.monotonic() - began
        assert took < 1
        assert rest[-1] == "data: [DONE]" and "error" in json.loads(rest[-2].removeprefix("data: "))
        await asyncio.sleep(0.05)
        assert len(person.prosa.system.people.open_calls) == 0


@pytest.mark.attack("A17", "C4")
async def test_a_slow_answer_is_not_waited_for_either(kind: str = "sqlite") -> None:
    async with a_person(kind) as person:
        call = asyncio.create_task(person.client.post("/v1/chat/completions", json=SLOW, headers=person.shown["key"]))
        await asyncio.sleep(0.3)
        began = time.monotonic()
        await revoke(person)
        answer = await call
        assert answer.status_code == 401 and time.monotonic() - began < 1
        assert answer.json()["error"]["code"] == "invalid_api_key"


@pytest.mark.attack("A17")
async def test_other_streams_go_on() -> None:
    async with (
        a_person("sqlite") as person,
        person.client.stream("POST", "/v1/chat/completions", json=LONG, headers=person.shown["key"]) as answer,
    ):
        lines = answer.aiter_lines()
        await anext(lines)
        await sign_out(person)
        await asyncio.sleep(0.6)
        for _ in range(10):
            assert "error" not in await anext(lines)


@pytest.mark.attack("C4")
async def test_a_key_that_expires_in_the_middle_ends_its_stream() -> None:
    async with a_person("sqlite") as person:
        keys, clock = person.prosa.system.people.identity.keys, person.prosa.system.people.clock
        from datetime import UTC, datetime

        soon = datetime.fromtimestamp(clock.now() + 0.7, UTC)
        _, text = await keys.create(
            Reach(person.account_id), NewKey(person.account_id, "short", frozenset({Scope.WRITE}), expires_at=soon)
        )
        shown = {"Authorization": f"Bearer {text}"}
        began = time.monotonic()
        async with person.client.stream("POST", "/v1/chat/completions", json=LONG, headers=shown) as answer:
            assert answer.status_code == 200
            rest = [line async for line in answer.aiter_lines() if line]
        assert 0.3 < time.monotonic() - began < 1.7
        assert rest[-1] == "data: [DONE]" and "error" in rest[-2]
        again = await person.client.post("/v1/chat/completions", json=LONG, headers=shown)
        assert again.status_code == 401
