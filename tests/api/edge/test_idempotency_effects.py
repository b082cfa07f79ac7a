"""What was done and could not be told twice: the next attempt finds it, and doesn't do it again."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR, Device, NewAccount, Role
from tests.api.openai.stored import QUIET
from tests.serving import Running, running

PASSWORD = "correct horse battery staple"
# The state that a crash between the effect and its answer leaves: done, and no answer stored.
LOSE = "CREATE TRIGGER lose BEFORE UPDATE OF status ON idempotency_keys BEGIN SELECT RAISE(ABORT, 'lost'); END"


class Desk:
    """Somebody whose answers can be lost."""

    def __init__(self, prosa: Running, client: httpx2.AsyncClient, headers: dict[str, str]) -> None:
        self.prosa = prosa
        self.client = client
        self.headers = headers

    async def twice(self, path: str, body: object) -> list[httpx2.Response]:
        """Send a request whose answer isn't kept, and then the same again."""
        await self.execute(LOSE)
        first = await self._post(path, body)
        await self.execute("DROP TRIGGER lose")
        answer = first
        for _ in range(40):
            answer = await self._post(path, body)
            if answer.status_code != 409:
                break
            await asyncio.sleep(0.1)
        assert "idempotent-replayed" not in answer.headers
        return [first, answer]

    async def execute(self, statement: str) -> None:
        async with self.prosa.system.people.database.writing() as connection:
            await connection.exec_driver_sql(statement)

    async def rows(self, query: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in await self.prosa.system.people.database.fetch(query)]

    async def _post(self, path: str, body: object) -> httpx2.Response:
        return await self.client.post(path, json=body, headers=self.headers | {"Idempotency-Key": f"for {path}"})


@pytest.fixture
async def alone() -> AsyncIterator[Desk]:
    """Who calls from the same machine, where nobody has an account."""
    async with running(QUIET) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        yield Desk(prosa, client, {})


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    """An admin at a browser."""
    async with running(QUIET) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        identity = prosa.system.people.identity
        admin = await identity.accounts.create(OPERATOR, NewAccount("admin@example.com", PASSWORD, role=Role.ADMIN))
        _, token = await identity.sessions.start(admin.id, Device("127.0.0.1", "tests"))
        yield Desk(prosa, client, {"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"})


def texts(answers: list[httpx2.Response], name: str) -> list[Any]:
    assert [answer.status_code for answer in answers] == [answers[0].status_code] * 2, [answer.text for answer in answers]
    return [answer.json()[name] for answer in answers]


async def test_a_key_whose_text_was_lost_gets_another_text_and_stays_one_key(desk: Desk) -> None:
    wish = {"name": "mine", "scopes": ["read"], "current_password": PASSWORD}
    answers = await desk.twice("/api/v1/keys", wish)
    assert len(set(texts(answers, "id"))) == 1 and len(set(texts(answers, "key"))) == 2
    assert len(await desk.rows("SELECT id FROM api_keys")) == 1
    good = [await desk.client.get("/v1/models", headers={"Authorization": f"Bearer {text}"}) for text in texts(answers, "key")]
    assert [answer.status_code for answer in good] == [401, 200]


@pytest.mark.parametrize("overlap", [0, 3600])
async def test_a_rotation_whose_answer_was_lost_has_one_successor(desk: Desk, overlap: int) -> None:
    wish = {"name": "mine", "scopes": ["read"], "current_password": PASSWORD}
    made = await desk.client.post("/api/v1/keys", json=wish, headers=desk.headers)
    body = {"current_password": PASSWORD, "overlap_seconds": overlap}
    answers = await desk.twice(f"/api/v1/keys/{made.json()['id']}/rotation", body)
    assert len(set(texts(answers, "id"))) == 1 and len(set(texts(answers, "key"))) == 2
    assert texts(answers, "expires_at") == [made.json()["expires_at"]] * 2
    assert len(await desk.rows("SELECT id FROM api_keys")) == 2
    good = await desk.client.get("/v1/models", headers={"Authorization": f"Bearer {answers[1].json()['key']}"})
    assert good.status_code == 200


async def test_somebody_who_was_added_already_is_told_again(desk: Desk) -> None:
    answers = await desk.twice("/api/v1/users", {"email": "bia@example.com", "password": PASSWORD})
    assert answers[0].json() == answers[1].json() and answers[1].status_code == 201
    assert len(await desk.rows("SELECT id FROM accounts")) == 2


async def test_an_invitation_whose_text_was_lost_stays_one(desk: Desk) -> None:
    answers = await desk.twice("/api/v1/invites", {"email": "bia@example.com", "role": "user", "days": 7})
    assert len(set(texts(answers, "id"))) == 1 and len(set(texts(answers, "code"))) == 2
    assert len(await desk.rows("SELECT id FROM invites")) == 1


async def test_a_question_that_was_answered_already_is_not_asked_again(alone: Desk) -> None:
    answers = await alone.twice("/v1/chat", {"userId": "ana", "prompt": "Olá!"})
    assert answers[0].json() == answers[1].json() and answers[1].status_code == 200
    assert len(await alone.rows("SELECT number FROM interactions")) == 1


async def test_a_conversation_or_a_stored_completion_is_made_once(alone: Desk) -> None:
    body = {"model": "mock", "store": True, "messages": [{"role": "user", "content": "Olá!"}]}
    answers = await alone.twice("/v1/chat/completions", body)
    assert answers[0].json() == answers[1].json() and answers[1].status_code == 200
    assert len(await alone.rows("SELECT id FROM runs")) == 1
    answers = await alone.twice("/v1/conversations", {"metadata": {"topic": "burros"}})
    assert answers[0].json() == answers[1].json() and answers[1].status_code == 200
    assert len(await alone.rows("SELECT id FROM conversations")) == 1
