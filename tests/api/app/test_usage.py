"""`/api/v1/usage`: everybody sees their own, administrators everybody's, whichever dialect it came by."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from prosa.api.app.usage_tables import safe, table
from prosa.identity import Role, Scope
from tests.api.app.house import House, Person, house, problem

QUESTION = {"model": "mock", "messages": [{"role": "user", "content": "hello"}]}
TODAY = "%Y-%m-%d"


@dataclass
class Stage:
    """Ana and an administrator, and what they have called."""

    home: House
    ana: Person
    admin: Person

    async def called(self) -> None:
        """Wait until all calls are written down."""
        await self.home.prosa.system.metering.recorder.flush()

    async def usage(self, person: Person, **asked: str) -> dict[str, Any]:
        """What somebody is told."""
        answer = await person.ask("GET", "/usage", params=asked)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told


def micros(told: dict[str, Any]) -> int:
    """A cost in millionths of a dollar."""
    assert len(told["cost_usd"].partition(".")[2]) == 6
    return int(told["cost_usd"].replace(".", ""))


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with house({"PROSA_PRICES": '{"mock/mock": {"input": 3, "output": 15}}'}) as home:
        yield Stage(home, await home.person("ana"), await home.person("root", Role.ADMIN))


@pytest.mark.contract("C45")
async def test_calls_of_every_dialect_are_told_of_and_added_up(stage: Stage) -> None:
    text = await stage.home.key(stage.ana, Scope.WRITE, Scope.READ)
    program = await stage.home.program(text)
    assert (await program.post("/v1/chat/completions", json=QUESTION)).status_code == 200
    assert (await program.post("/v1/chat/completions", json=QUESTION | {"stream": True})).status_code == 200
    assert (await program.post("/v1/chat/completions", json=QUESTION | {"store": True})).status_code == 200
    assert (await program.post("/v1/embeddings", json={"model": "mock/mock-embedding", "input": "x"})).status_code == 200
    answered = (await program.post("/v1/responses", json={"model": "mock", "input": "hello"})).json()
    assert (await program.post("/v1/chat", json={"userId": "u", "prompt": "hello"})).status_code == 200
    await stage.called()
    calls = (await stage.ana.ask("GET", "/usage/calls")).json()["data"]
    assert [(call["dialect"], call["kind"]) for call in calls] == [
        ("serverless", "chat"),
        ("openai", "chat"),
        ("openai", "embeddings"),
        ("openai", "chat"),
        ("openai", "chat"),
        ("openai", "chat"),
    ]
    key = calls[0]["key"]
    assert key.startswith("key_") and {call["key"] for call in calls} == {key} and {call["status"] for call in calls} == {"ok"}
    assert calls[1]["run_id"] == answered["id"].replace("resp_", "run_") and calls[3]["run_id"] is not None
    assert calls[5]["run_id"] is None
    assert all(
        micros(call) == 3 * call["prompt_tokens"] + 15 * call["completion_tokens"] for call in calls if call["model"] == "mock"
    )
    told = await stage.usage(stage.ana)
    [day] = told["groups"]
    assert day["group"] == datetime.now(UTC).strftime(TODAY) and day["calls"] == 6
    assert told["total"] == {name: value for name, value in day.items() if name != "group"}
    assert micros(day) == sum(micros(call) for call in calls if call["cost_usd"]) and day["unpriced_calls"] == 0
    by_model = await stage.usage(stage.ana, group_by="model")
    assert [(group["group"], group["calls"]) for group in by_model["groups"]] == [("mock", 5), ("mock-embedding", 1)]
    by_dialect = await stage.usage(stage.ana, group_by="dialect")
    assert {group["group"]: group["calls"] for group in by_dialect["groups"]} == {"openai": 5, "serverless": 1}


@pytest.mark.contract("C45")
async def test_nobody_sees_foreign_usage_but_administrators_do(stage: Stage) -> None:
    program = await stage.home.program(await stage.home.key(stage.ana, Scope.WRITE, Scope.READ))
    await program.post("/v1/chat/completions", json=QUESTION)
    await stage.called()
    bia = await stage.home.person("bia")
    assert (await stage.usage(bia))["total"]["calls"] == 0
    assert (await bia.ask("GET", "/usage/calls")).json() == {"data": [], "next_cursor": None}
    for path in ("/usage?scope=all", "/usage/activity?scope=all"):
        assert problem(await bia.ask("GET", path)) == (403, "permission_denied")
        assert (await program.get(f"/api/v1{path}")).status_code == 403
    everybody = await stage.usage(stage.admin, scope="all", group_by="person")
    assert [(group["group"], group["calls"]) for group in everybody["groups"]] == [(stage.ana.id, 1)]
    by_key = await stage.usage(stage.admin, scope="all", group_by="key")
    assert by_key["groups"][0]["group"].startswith("key_")
    assert (await stage.usage(stage.admin))["total"]["calls"] == 0
    activity = (await stage.admin.ask("GET", "/usage/activity?scope=all")).json()
    assert [(day["people"], day["messages"]) for day in activity["days"]] == [(1, 0)]


async def test_an_answer_in_a_conversation_tells_where_it_belongs(stage: Stage) -> None:
    made = (await stage.ana.ask("POST", "/conversations", {"model": "mock"})).json()
    assert (await stage.ana.ask("POST", f"/conversations/{made['id']}/answers", {"input": "hello"})).status_code == 200
    await stage.called()
    calls = (await stage.ana.ask("GET", "/usage/calls")).json()["data"]
    answer = next(call for call in calls if call["run_id"] is not None)
    assert (answer["dialect"], answer["conversation_id"], answer["key"]) == ("app", made["id"], None)
    [day] = (await stage.ana.ask("GET", "/usage/activity")).json()["days"]
    assert (day["conversations"], day["messages"], day["people"]) == (1, 2, 1)


async def test_calls_come_in_pages(stage: Stage) -> None:
    program = await stage.home.program(await stage.home.key(stage.ana, Scope.WRITE, Scope.READ))
    for _ in range(5):
        await program.post("/v1/chat/completions", json=QUESTION)
    await stage.called()
    first = (await stage.ana.ask("GET", "/usage/calls?limit=3")).json()
    rest = (await stage.ana.ask("GET", "/usage/calls", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (3, 2, None)
    moments = [call["started_at"] for call in (*first["data"], *rest["data"])]
    assert moments == sorted(moments, reverse=True)
    bia = await stage.home.person("bia")
    answer = await bia.ask("GET", "/usage/calls", params={"cursor": first["next_cursor"]})
    assert problem(answer) == (400, "unknown_cursor")


async def test_days_are_bounded_and_no_call_outside_them_counts(stage: Stage) -> None:
    program = await stage.home.program(await stage.home.key(stage.ana, Scope.WRITE, Scope.READ))
    await program.post("/v1/chat/completions", json=QUESTION)
    await stage.called()
    today = datetime.now(UTC).date()
    for first, last, calls in ((0, 0, 1), (1, 1, 0), (5, 1, 0), (5, 0, 1)):
        asked = {"from": str(today - timedelta(days=first)), "to": str(today - timedelta(days=last))}
        told = await stage.usage(stage.ana, **asked)
        assert (told["total"]["calls"], told["from"], told["to"]) == (calls, asked["from"], asked["to"])
    for asked in ({"from": "2026-02-02", "to": "2026-02-01"}, {"from": "1969-12-31"}, {"from": "1990-01-01", "to": "2026-01-01"}):
        assert problem(await stage.ana.ask("GET", "/usage", params=asked))[0] == 400
    for asked in ({"from": "yesterday"}, {"group_by": "mood"}, {"scope": "mine"}, {"format": "xml"}, {"whose": "all"}):
        assert problem(await stage.ana.ask("GET", "/usage", params=asked))[0] == 422


@pytest.mark.attack("E16")
async def test_a_table_holds_no_formulas(stage: Stage) -> None:
    name = '=HYPERLINK("http://evil.example","x")'
    text = await stage.home.key(stage.ana, Scope.WRITE, Scope.READ)
    program = await stage.home.program(text)
    await program.post("/v1/chat/completions", json=QUESTION | {"model": f"mock/{name}"})
    await stage.called()
    for answer in (
        await stage.ana.ask("GET", "/usage?group_by=model&format=csv"),
        await stage.ana.ask("GET", "/usage?group_by=model", headers={"accept": "text/csv"}),
    ):
        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert answer.headers["content-disposition"] == 'attachment; filename="usage-model.csv"'
        head, *rows = csv.reader(io.StringIO(answer.text))
        assert head[:2] == ["model", "calls"] and rows
        assert all(not row[0].startswith("=") for row in rows)
    wanted = await stage.ana.ask("GET", "/usage", headers={"accept": "text/csv, application/json"})
    assert wanted.headers["content-type"].startswith("application/json")


@pytest.mark.attack("E16")
def test_what_a_spreadsheet_would_calculate_stays_text() -> None:
    for cell in ("=1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|x", "%x", "\u00a0=1"):
        assert safe(cell) == "'" + cell
    for cell in ("gpt-4o", "a=b", "", "openai/o1", "claude-3+"):
        assert safe(cell) == cell
    assert table(["a", "b"], [["=x", 1], [None, -2]]) == '"a","b"\r\n"\'=x",1\r\n"",-2\r\n'
