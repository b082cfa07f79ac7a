"""A key that was made for some models names no other, by whichever door it comes, and learns of no other."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx2
import pytest

from prosa.identity import OPERATOR, NewKey, Scope
from tests.api.app.house import House, Person, house

PINNED = "nvidia/nv-embedqa-e5-v5"
QUESTION = {"messages": [{"role": "user", "content": "Olá!"}]}
SCOPES = frozenset({Scope.READ, Scope.WRITE})


@dataclass
class Keys:
    """A home, and programs whose keys name models."""

    home: House
    ana: Person

    async def program(self, *models: str) -> httpx2.AsyncClient:
        """A program that calls with a key for these models alone."""
        keys = self.home.prosa.system.people.identity.keys
        _, text = await keys.create(OPERATOR, NewKey(self.ana.account.id, f"for {models}", SCOPES, models=models))
        return await self.home.program(text)


@pytest.fixture
async def keys() -> AsyncIterator[Keys]:
    async with house() as home:
        yield Keys(home, await home.person("ana"))


def told(answer: httpx2.Response) -> tuple[int, bytes]:
    """Status and body, without the name that was asked for."""
    return answer.status_code, answer.content


@pytest.mark.attack("C2", "C11")
async def test_a_chat_runs_on_the_keys_own_models_and_others_read_like_none(keys: Keys) -> None:
    program = await keys.program("mock-echo", "mock-json")

    async def ask(**fields: object) -> httpx2.Response:
        return await program.post("/v1/chat/completions", json=QUESTION | fields)

    assert [(await ask(model=model)).status_code for model in ("mock-echo", "mock/mock-json")] == [200, 200]
    unknown = await ask(model="nobody-has-this")
    assert unknown.status_code == 404 and unknown.json()["error"]["code"] == "model_not_found"
    for other in (await ask(model="mock"), await ask(model="mock-tools"), await ask(), await ask(model="mock", stream=True)):
        assert told(other) == told(unknown)


@pytest.mark.attack("C2")
async def test_embeddings_are_of_the_keys_own_models(keys: Keys) -> None:
    program = await keys.program("mock-embedding")
    for model, status in (("mock-embedding", 200), ("mock", 404), (PINNED, 404), ("nobody-has-this", 404)):
        assert (await program.post("/v1/embeddings", json={"model": model, "input": "a"})).status_code == status


@pytest.mark.attack("C2", "C11")
async def test_the_list_holds_the_keys_own_models(keys: Keys) -> None:
    program = await keys.program("mock-echo", "not-there-yet")
    listed = (await program.get("/v1/models")).json()["data"]
    assert [entry["id"] for entry in listed] == ["mock-echo"]
    assert (await program.get("/v1/models/mock-echo")).status_code == 200
    assert told(await program.get("/v1/models/mock")) == told(await program.get("/v1/models/nobody-has-this"))
    whole = await keys.program("mock-echo", "mock")
    assert {entry["id"] for entry in (await whole.get("/v1/models")).json()["data"]} == {"mock", "mock-echo"}


@pytest.mark.attack("C2")
@pytest.mark.parametrize(
    ("path", "body", "needed"),
    [
        ("/api/chat/completions", QUESTION | {"stream": False}, "mock"),
        ("/api/embeddings", {"input": "a"}, PINNED),
        ("/v1/chat", {"userId": "ana", "prompt": "Olá!"}, "mock"),
    ],
)
async def test_the_older_dialects_models_are_asked_for_in_the_keys_name_too(
    keys: Keys, path: str, body: dict[str, object], needed: str
) -> None:
    right, wrong = await keys.program(needed), await keys.program("mock-echo")
    assert (await right.post(path, json=body)).status_code == 200
    refused = await wrong.post(path, json=body)
    assert refused.status_code == 502 and "choices" not in refused.text and needed not in refused.text
