"""Who may still have an answer: asked again whenever somebody goes on with it, or its next step is taken."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import cast

import msgspec
import pytest

from prosa.boot.answering import still_allowed
from prosa.identity import OPERATOR, IdentityParts, Scope
from prosa.identity.api_keys import ApiKey, KeyChanges, NewKey
from prosa.kit.clock import SystemClock
from prosa.kit.ids import new_object_id
from prosa.runs import Run, RunState
from tests.identity.credentials import World
from tests.peopling import People, some_people

SCOPES = frozenset({Scope.READ, Scope.WRITE})


@dataclass(frozen=True, slots=True)
class Desk:
    """Accounts and keys over one database, and the question."""

    people: People
    keys: World
    account_id: str

    async def key(self, name: str, scopes: frozenset[Scope] = SCOPES, models: tuple[str, ...] | None = None) -> ApiKey:
        """A key of ana's."""
        return (await self.keys.keys.create(OPERATOR, NewKey(self.account_id, name, scopes, models)))[0]

    async def may(self, credential_id: str | None, *, account_id: str | None = "", **asked: object) -> bool:
        """Whether a run that this credential started may go on."""
        parts = SimpleNamespace(accounts=self.people.accounts, keys=self.keys.keys)
        request = msgspec.json.encode({"model": "mock"} | asked).decode()
        whose = self.account_id if account_id == "" else account_id
        run = Run(
            *("0" * 32, "ana", "answer", RunState.RUNNING, 1, None, 1, None, None, whose, credential_id, request),
            *(None, None, 0, None, False),
        )
        return await still_allowed(cast("IdentityParts", parts))(run)


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with some_people("sqlite") as people:
        ana = await people.person()
        yield Desk(people, World(people.database, SystemClock()), ana.id)


async def test_a_key_must_be_good_and_its_owner_active(desk: Desk) -> None:
    key = await desk.key("one")
    assert await desk.may(key.id)
    assert await desk.may(None)
    assert await desk.may(new_object_id())  # a session, or a token
    assert await desk.may(None, account_id=None)  # a key of the environment's
    await desk.people.write("UPDATE api_keys SET expires_at = 1")
    assert not await desk.may(key.id)
    revoked = await desk.key("two")
    await desk.keys.keys.revoke(OPERATOR, revoked.id)
    assert not await desk.may(revoked.id)
    good = await desk.key("three")
    await desk.people.accounts.suspend(OPERATOR, desk.account_id)
    assert not await desk.may(good.id)
    assert not await desk.may(new_object_id())
    assert not await desk.may(None)
    assert not await desk.may(None, account_id=new_object_id())  # deleted since


async def test_a_key_that_may_only_read_by_now_goes_on_with_nothing(desk: Desk) -> None:
    key = await desk.key("one")
    await desk.keys.keys.change(OPERATOR, key.id, KeyChanges(scopes=frozenset({Scope.READ})))
    assert not await desk.may(key.id)


async def test_a_key_s_models_are_those_of_now(desk: Desk) -> None:
    key = await desk.key("one", models=("mock", "other"))
    assert await desk.may(key.id, model="mock", name="mock", allowed=["mock", "other"])
    assert not await desk.may(key.id, model="third", name="third")
    await desk.keys.keys.change(OPERATOR, key.id, KeyChanges(models=("other",)))
    assert not await desk.may(key.id, model="mock", name="mock", allowed=["mock", "other"])
    assert not await desk.may(key.id, model="other", name="mock", allowed=["mock"])  # by the name that was asked for
    assert await desk.may(key.id, model="other", name="other", allowed=["mock", "other"])
    assert await desk.may(key.id, model="mock", allowed=["other"])
