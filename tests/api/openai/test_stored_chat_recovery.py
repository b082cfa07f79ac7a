"""A stored chat completion whose process ends in the middle: another one goes on, or ends it with what was said."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from prosa.identity import OPERATOR
from tests.api.openai.stored import ASKED, PATH, QUIET, chunks, person, said
from tests.databases import KINDS, an_address, environment
from tests.serving import Running, running
from tests.upstream import DONE as END
from tests.upstream import Answer, chunk, in_turn, silent, streaming, upstream

WHOLE = streaming(chunk("Olá"), chunk("!", "stop"), END)
KEYED = {"Idempotency-Key": "one"}
SAME = QUIET | {"PROSA_SECRET": "7Qm2zXw9LrT4vKpS8dYf3HjN6bGcA1eU"}  # what two processes of one database share


def call(**fields: Any) -> dict[str, Any]:
    return {"messages": ASKED, "store": True, "stream": True} | fields


async def begun(prosa: Running, body: dict[str, Any], headers: dict[str, str] | None = None) -> str:
    """Ask, and leave at the first word, or after a moment; gives what was said."""
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=0.5) as client:
        try:
            async with client.stream("POST", PATH, json=body, headers=KEYED | (headers or {})) as reading:
                async for line in reading.aiter_lines():
                    if '"content":"U' in line.replace(" ", ""):
                        return line
        except httpx2.ReadTimeout:
            pass
    return ""


async def repeated(prosa: Running, body: dict[str, Any], headers: dict[str, str] | None = None) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=20) as client:
        for _ in range(100):
            answer = await client.post(PATH, json=body, headers=KEYED | (headers or {}))
            if answer.status_code != 409:
                return answer
            await asyncio.sleep(0.05)
    raise AssertionError


async def runs(prosa: Running) -> list[tuple[object, ...]]:
    return [tuple(row) for row in await prosa.system.people.database.fetch("SELECT id, state FROM runs")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("answers", "text", "ends"),
    [
        ((silent(), WHOLE), "Olá!", "completed"),
        ((streaming(chunk("Um burro"), forever=True), WHOLE), "Um burro", "incomplete"),
    ],
    ids=["nothing was said", "something was said"],
)
async def test_another_process_asks_again_or_keeps_what_was_said(
    kind: str, answers: tuple[Answer, ...], text: str, ends: str
) -> None:
    async with upstream(in_turn(*answers)) as provider:
        with an_address(kind) as address:
            env = SAME | environment(address) | provider.env()
            async with running(env) as prosa:
                await begun(prosa, call())
            async with running(env) as prosa:
                answer = await repeated(prosa, call())
                found = chunks(answer.text)
                async with httpx2.AsyncClient(base_url=prosa.base) as client:
                    stored = (await client.get(f"{PATH}/{found[0]['id']}")).json()
                left = await runs(prosa)
    assert (said(found), stored["choices"][0]["message"]["content"]) == (text, text)
    assert [state for _, state in left] == [ends]
    if ends == "incomplete":
        assert found[-1]["error"]["code"] == "interrupted" and stored["incomplete_details"] == {"reason": "interrupted"}
        assert stored["choices"][0]["finish_reason"] == "length"
    else:
        assert len(provider.asked) == 2


@pytest.mark.slow
async def test_a_provider_that_can_goes_on_from_what_was_said() -> None:
    body = call(model="mock", mock={"text": "Um burro verde canta muito bem de noite e de dia", "delay": 0.4})
    with an_address("sqlite") as address:
        env = SAME | environment(address)
        async with running(env) as prosa:
            first = json.loads((await begun(prosa, body)).removeprefix("data: "))
        async with running(env) as prosa:
            found = chunks((await repeated(prosa, body)).text)
            left = await runs(prosa)
    assert said(found) == body["mock"]["text"] and found[-1]["choices"][0]["finish_reason"] == "stop"
    assert [(f"chatcmpl-{id}", state) for id, state in left] == [(first["id"], "completed")]
    assert sum("role" in one["choices"][0]["delta"] for one in found) == 1


@pytest.mark.slow
@pytest.mark.attack("A17")
async def test_for_who_was_suspended_meanwhile_nobody_asks_again() -> None:
    async with upstream(in_turn(silent(), WHOLE)) as provider:
        with an_address("sqlite") as address:
            env = SAME | environment(address) | provider.env()
            async with running(env) as prosa:
                ana, headers = await person(prosa, "ana@example.com")
                await begun(prosa, call(), headers)
                await prosa.system.people.identity.accounts.suspend(OPERATOR, ana.id)
            async with running(env) as prosa:
                for _ in range(100):
                    if [state for _, state in await runs(prosa)] == ["failed"]:
                        break
                    await asyncio.sleep(0.05)
                left = await runs(prosa)
    assert [state for _, state in left] == ["failed"] and len(provider.asked) == 1
