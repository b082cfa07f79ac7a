"""Stored chat completions as tests make and judge them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from openai.types.chat import ChatCompletion, ChatCompletionChunk
from pydantic import BaseModel

from prosa.identity import OPERATOR, Account, NewAccount, NewKey, Reach, Scope
from tests.databases import an_address, environment
from tests.serving import Running, running

PATH = "/v1/chat/completions"
ASKED = [{"role": "user", "content": "Olá!"}]
QUIET = dict.fromkeys(
    ("PROSA_REQUESTS_PER_MINUTE", "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE", "PROSA_FAILED_PER_MINUTE", "RATE_LIMIT_PER_MINUTE"), "0"
)
DONE = "data: [DONE]"


def call(**fields: Any) -> dict[str, Any]:
    return {"model": "mock", "messages": ASKED, "store": True} | fields


@asynccontextmanager
async def served(kind: str = "sqlite", env: dict[str, str] | None = None) -> AsyncIterator[tuple[Running, httpx2.AsyncClient]]:
    """prosa over a database of this kind, and a client of it."""
    with an_address(kind) as address:
        async with (
            running(QUIET | environment(address) | (env or {})) as prosa,
            httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client,
        ):
            yield prosa, client


async def person(prosa: Running, email: str) -> tuple[Account, dict[str, str]]:
    """Somebody new, and the header that their key goes in."""
    identity = prosa.system.people.identity
    account = await identity.accounts.create(OPERATOR, NewAccount(email, "correct horse battery staple"))
    _, text = await identity.keys.create(Reach(account.id), NewKey(account.id, "tests", frozenset({Scope.READ, Scope.WRITE})))
    return account, {"Authorization": f"Bearer {text}"}


def chunks(text: str) -> list[dict[str, Any]]:
    """The JSON of each event but the end marker, which must be there."""
    import json

    events = text.split("\n\n")
    assert events[-2:] == [DONE, ""], events[-3:]
    return [json.loads(event.removeprefix("data: ")) for event in events[:-2] if not event.startswith(":")]


def said(found: list[dict[str, Any]]) -> str:
    """The text of the first choice."""
    choices = [one["choices"][0] for one in found if one.get("choices")]
    return "".join(choice["delta"].get("content") or "" for choice in choices)


def check_completion(body: dict[str, Any], beside: frozenset[str] = frozenset()) -> None:
    """Raises for what the official SDK's type doesn't have, but for what stands `beside`."""
    found = ChatCompletion.model_validate(body, strict=True)
    _no_more(found, beside)


def check_chunk(body: dict[str, Any]) -> None:
    """The same of a chunk."""
    _no_more(ChatCompletionChunk.model_validate(body, strict=True), frozenset())


def _no_more(model: BaseModel, beside: frozenset[str]) -> None:
    assert set(model.model_extra or {}) <= beside, model.model_extra
    for name in model.model_fields_set:
        value = getattr(model, name, None)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, BaseModel):
                _no_more(one, frozenset({"reasoning_content"}))
