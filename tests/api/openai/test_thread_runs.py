"""`/v1/threads/…/runs`: an assistant answers a thread, whole and streamed, as OpenAI had it."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import openai
import pytest

from prosa.answers import AnswerSettings
from prosa.drivers.journal import Statement
from prosa.identity import Scope
from tests.api.app.house import Person, house
from tests.api.openai.threading import ASKS, FUNCTION, Table, a_table, names, text_of

pytestmark = pytest.mark.filterwarnings("ignore:The Assistants API is deprecated:DeprecationWarning")
PLAIN = [
    *("run.created", "run.queued", "run.in_progress", "run.step.created", "run.step.in_progress", "message.created"),
    *("message.in_progress", "message.delta", "message.completed", "run.step.completed", "run.completed"),
]
ASKED = [
    *("run.created", "run.queued", "run.in_progress", "run.step.created", "run.step.in_progress", "run.step.delta"),
    "run.requires_action",
]
SLOW = '[[mock text="one two three four five six seven eight" delay=0.3]]'


@pytest.fixture
async def table() -> AsyncIterator[Table]:
    async with a_table(tools=[FUNCTION]) as table:
        yield table


@pytest.mark.contract("A68")
async def test_a_run_is_begun_and_polled_and_its_message_read(table: Table) -> None:
    thread = (await table.http.post("/threads", headers={"content-type": "application/json"})).json()["id"]
    await table.post(f"/threads/{thread}/messages", role="user", content='[[mock text="Olá, Ana!"]]')
    run = await table.post(f"/threads/{thread}/runs", assistant_id=table.assistant, instructions="Answer in Portuguese.")
    assert run["status"] == "queued" and run["instructions"] == "Answer in Portuguese." and run["usage"] is None
    ended = await table.threads.runs.poll(run["id"], thread_id=thread, poll_interval_ms=20)
    assert ended.status == "completed" and ended.completed_at >= ended.started_at >= ended.created_at
    assert ended.usage.total_tokens == ended.usage.prompt_tokens + ended.usage.completion_tokens > 0
    said = (await table.get(f"/threads/{thread}/messages"))["data"][0]
    assert (said["role"], said["content"][0]["text"]["value"]) == ("assistant", "Olá, Ana!")
    assert (said["run_id"], said["assistant_id"]) == (run["id"], table.assistant)
    [step] = (await table.get(f"/threads/{thread}/runs/{run['id']}/steps"))["data"]
    assert step["step_details"]["message_creation"]["message_id"] == said["id"] and step["status"] == "completed"
    assert step["usage"] == ended.usage.model_dump()
    assert await table.get(f"/threads/{thread}/runs/{run['id']}/steps/{step['id']}") == step


async def test_its_events_come_in_the_vendors_order_and_can_be_followed_again_from_any_number(table: Table) -> None:
    thread = await table.thread('[[mock text="Olá, Ana!"]]')
    seen = await table.stream(f"/threads/{thread}/runs", assistant_id=table.assistant)
    assert names(seen) == PLAIN and text_of(seen) == "Olá, Ana!"
    run = seen[-1]["data"]
    assert run == await table.get(f"/threads/{thread}/runs/{run['id']}") and run["usage"]["completion_tokens"] > 0
    assert [event["data"]["status"] for event in seen[:3]] == ["queued", "queued", "in_progress"]
    assert await table.follow(run) == seen
    numbers = [event["id"] for event in seen if event["id"] is not None]
    assert numbers == sorted(numbers)
    for place, event in enumerate(seen):
        if event["id"] is not None:
            assert await table.follow(run, event["id"]) == seen[place + 1 :]


async def test_the_sdks_helpers_stream_a_thread_and_its_run(table: Table) -> None:
    thread = {"messages": [{"role": "user", "content": '[[mock text="Olá, Ana!"]]'}]}
    async with table.threads.create_and_run_stream(assistant_id=table.assistant, thread=thread) as stream:
        heard = [event.event async for event in stream]
    assert heard[:2] == ["thread.created", "thread.run.created"] and heard[-1] == "thread.run.completed"
    [message] = await stream.get_final_messages()
    assert message.content[0].text.value == "Olá, Ana!" and (await stream.get_final_run()).status == "completed"
    assert [step.type for step in await stream.get_final_run_steps()] == ["message_creation"]


async def test_it_waits_for_the_clients_functions_and_goes_on_with_what_they_gave(table: Table) -> None:
    thread = await table.thread(ASKS)
    asked = await table.stream(f"/threads/{thread}/runs", assistant_id=table.assistant)
    assert names(asked) == ASKED
    run = asked[-1]["data"]
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    assert [call["function"]["arguments"] for call in calls] == ['{"city":"Faro"}', '{"city":"Loulé"}']
    assert run["status"] == "requires_action" and 590 <= run["expires_at"] - run["created_at"] <= 700
    assert await table.get(f"/threads/{thread}/runs/{run['id']}") == run
    path = f"/threads/{thread}/runs/{run['id']}"
    outputs = [{"tool_call_id": call["id"], "output": "12 °C"} for call in reversed(calls)]
    rest = await table.stream(f"{path}/submit_tool_outputs", tool_outputs=outputs)
    assert names(rest)[:4] == ["run.step.completed", "run.queued", "run.in_progress", "run.step.created"]
    done = rest[0]["data"]["step_details"]["tool_calls"]
    assert [(call["id"], call["function"]["output"]) for call in done] == [(call["id"], "12 °C") for call in calls]
    steps = (await table.get(f"{path}/steps", order="asc"))["data"]
    assert [(step["type"], step["status"]) for step in steps] == [("tool_calls", "completed"), ("message_creation", "completed")]
    assert sum(step["usage"]["total_tokens"] for step in steps) == rest[-1]["data"]["usage"]["total_tokens"]
    assert (await table.follow(run))[len(asked) :] == rest, "who follows it hears all of it"
    shown = (await table.get(f"/threads/{thread}/messages", run_id=run["id"]))["data"]
    assert [message["run_id"] for message in shown] == [run["id"]]
    database = table.prosa.system.people.database
    told = await database.fetch("SELECT type FROM changes WHERE object_id = $1 ORDER BY number", run["id"])
    assert [type for (type,) in told] == ["run.started", "run.waiting", "run.woken", "run.ended"]


async def test_the_sdks_helpers_stream_and_poll_what_functions_gave(table: Table) -> None:
    thread = await table.thread(ASKS)
    run = await table.polled(thread)
    calls = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": call.function.name} for call in calls]
    helper = table.threads.runs.submit_tool_outputs_stream(run_id=run.id, thread_id=thread, tool_outputs=outputs)
    async with helper as stream:
        await stream.until_done()
    assert (await stream.get_final_run()).status == "completed"
    run = await table.polled(thread, additional_messages=[{"role": "user", "content": ASKS}])
    calls = run.required_action.submit_tool_outputs.tool_calls
    outputs = [{"tool_call_id": call.id, "output": "sol"} for call in calls]
    run = await table.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread, tool_outputs=outputs, poll_interval_ms=20
    )
    assert run.status == "completed" and len((await table.threads.messages.list(thread)).data) == 4


@pytest.mark.attack("G14")
async def test_only_the_calls_that_it_waits_for_can_be_answered_and_each_once(table: Table) -> None:
    first, second = [await table.thread(ASKS) for _ in range(2)]
    runs = [await table.polled(each) for each in (first, second)]
    calls = [call.id for call in runs[0].required_action.submit_tool_outputs.tool_calls]
    path = f"/threads/{first}/runs/{runs[0].id}/submit_tool_outputs"

    def given(*ids: str) -> list[dict[str, str]]:
        return [{"tool_call_id": id, "output": "12"} for id in ids]

    for ids in ((), (calls[0],), (*calls, "call_other"), (calls[0], "call_other"), (*calls, calls[0])):
        error = (await table.post(path, 400, tool_outputs=given(*ids)))["error"]
        assert error["param"] == "tool_outputs" and error["message"].startswith(
            f"Expected tool outputs for call_ids {calls}, got"
        )
    await table.post(f"/threads/{second}/runs/{runs[0].id}/submit_tool_outputs", 404, tool_outputs=given(*calls))
    assert (await table.get(f"/threads/{first}/runs/{runs[0].id}"))["status"] == "requires_action"
    both = await asyncio.gather(*(table.http.post(path, json={"tool_outputs": given(*calls)}) for _ in range(4)))
    assert sorted(answer.status_code for answer in both) == [200, 400, 400, 400]
    await table.threads.runs.poll(runs[0].id, thread_id=first, poll_interval_ms=20)
    error = (await table.post(path, 400, tool_outputs=given(*calls)))["error"]
    assert error["message"] == 'Runs in status "completed" do not accept tool outputs.'


async def test_one_run_at_a_time_is_at_work_in_a_thread(table: Table) -> None:
    thread = await table.thread(ASKS)
    at_once = await asyncio.gather(
        *(table.http.post(f"/threads/{thread}/runs", json={"assistant_id": table.assistant}) for _ in range(5))
    )
    [run] = [answer.json() for answer in at_once if answer.status_code == 200]
    refused = {answer.json()["error"]["message"] for answer in at_once if answer.status_code == 400}
    assert refused == {f"Thread {thread} already has an active run {run['id']}."} and len(at_once) == 5
    body: dict[str, Any] = {"assistant_id": table.assistant, "additional_messages": [{"role": "user", "content": "lost?"}]}
    await table.post(f"/threads/{thread}/runs", 400, **body)
    cancelled = await table.post(f"/threads/{thread}/runs/{run['id']}/cancel")
    assert cancelled["status"] == "cancelled" and cancelled["cancelled_at"] >= cancelled["created_at"]
    error = (await table.post(f"/threads/{thread}/runs/{run['id']}/cancel", 400))["error"]
    assert error["message"] == "Cannot cancel run with status 'cancelled'."
    messages = (await table.get(f"/threads/{thread}/messages"))["data"]
    assert [message["role"] for message in messages] == ["user"], "what was refused left nothing"
    assert (await table.follow(run))[-1]["event"] == "thread.run.cancelled"


async def test_a_run_that_is_cancelled_leaves_what_it_said(table: Table) -> None:
    thread = await table.thread(SLOW)
    run = await table.post(f"/threads/{thread}/runs", assistant_id=table.assistant)
    async with table.http.stream("GET", f"/threads/{thread}/runs/{run['id']}/events") as answer:
        async for line in answer.aiter_lines():
            if line == "event: thread.message.delta":
                break
    await table.post(f"/threads/{thread}/runs/{run['id']}/cancel")
    seen = await table.follow(run)
    assert names(seen)[-4:] == ["run.cancelling", "message.incomplete", "run.step.cancelled", "run.cancelled"]
    message = (await table.get(f"/threads/{thread}/messages"))["data"][0]
    assert message["status"] == "incomplete" and message["incomplete_details"] == {"reason": "run_cancelled"}
    assert message["content"][0]["text"]["value"].startswith("one")


async def test_what_a_run_is_asked_with_is_what_it_shows(table: Table) -> None:
    thread = await table.thread("oldest", "older", '[[mock text="x"]]')
    schema = {"type": "json_schema", "json_schema": {"name": "answer", "schema": {"type": "object"}}}
    wish: dict[str, Any] = {
        "model": "mock",
        "instructions": "Be brief.",
        "additional_instructions": "And kind.",
        "additional_messages": [{"role": "user", "content": "Olá", "metadata": {"from": "ana"}}],
        "metadata": {"topic": "burros"},
        "temperature": 0.25,
        "top_p": 0.5,
        "max_prompt_tokens": 1000,
        "max_completion_tokens": 300,
        "truncation_strategy": {"type": "last_messages", "last_messages": 2},
        "tool_choice": "none",
        "parallel_tool_calls": False,
        "response_format": schema,
        "reasoning_effort": "low",
        "tools": [FUNCTION, {"type": "file_search"}, {"type": "code_interpreter"}],
    }
    seen = await table.stream(f"/threads/{thread}/runs", assistant_id=table.assistant, **wish)
    run = seen[-1]["data"]
    assert run["status"] == "completed" and run["instructions"] == "Be brief.\nAnd kind."
    same = set(wish) - {"instructions", "additional_instructions", "additional_messages", "reasoning_effort"}
    assert {name: run[name] for name in same} == {name: wish[name] for name in same}
    added = (await table.get(f"/threads/{thread}/messages"))["data"][1]
    assert added["metadata"] == {"from": "ana"} and added["run_id"] is None
    changed = await table.post(f"/threads/{thread}/runs/{run['id']}", metadata={"topic": "mulas"})
    assert changed == run | {"metadata": {"topic": "mulas"}}
    assert (await table.post(f"/threads/{thread}/runs/{run['id']}")) == changed


async def test_a_wrong_field_is_named(table: Table) -> None:
    thread = await table.thread("Olá")
    wrong: list[tuple[str, Any]] = [
        ("max_prompt_tokens", 255),
        ("max_completion_tokens", 10),
        ("temperature", 2.5),
        ("truncation_strategy", {"type": "last_messages"}),
        ("tool_choice", {"type": "function", "function": {"name": "unknown"}}),
        ("tool_choice", "perhaps"),
        ("metadata", {"k": "v" * 513}),
        ("additional_messages", [{"role": "system", "content": "x"}]),
        ("nonsense", 1),
    ]
    for field, value in wrong:
        body = {"assistant_id": table.assistant, field: value}
        error = (await table.post(f"/threads/{thread}/runs", 400, **body))["error"]
        assert error["type"] == "invalid_request_error" and error["param"].startswith(field), error
    assert (await table.get(f"/threads/{thread}/runs"))["data"] == []


async def test_lists_go_on_both_ways(table: Table) -> None:
    thread = await table.thread('[[mock text="x"]]')
    made = []
    for _ in range(4):
        run = await table.polled(thread)
        made.append(run.id)
    path = f"/threads/{thread}/runs"

    async def ids(**query: Any) -> tuple[list[str], bool]:
        page = await table.get(path, **query)
        assert [page["first_id"], page["last_id"]] == [page["data"][0]["id"], page["data"][-1]["id"]]
        return [each["id"] for each in page["data"]], page["has_more"]

    assert await ids() == (made[::-1], False) and await ids(order="asc", limit=2) == (made[:2], True)
    assert await ids(order="asc", limit=2, after=made[1]) == (made[2:], False)
    assert await ids(order="asc", limit=2, before=made[3]) == (made[1:3], True)
    assert await ids(before=made[0], limit=3) == ([made[3], made[2], made[1]], False)
    assert (await table.get(path, 404, after="run_" + "0" * 32))["error"]["message"].startswith("No run found")
    assert [run.id async for run in await table.threads.runs.list(thread, limit=3)] == made[::-1]


async def test_what_isnt_there_is_told_in_the_vendors_words(table: Table) -> None:
    thread = await table.thread("Olá")
    nobodys = "0" * 32
    error = (await table.post(f"/threads/{thread}/runs", 404, assistant_id=f"asst_{nobodys}"))["error"]
    assert error["message"] == f"No assistant found with id 'asst_{nobodys}'."
    error = (await table.get(f"/threads/{thread}/runs/run_{nobodys}", 404))["error"]
    assert error["message"] == f"No run found with id 'run_{nobodys}'."
    run = await table.polled(thread)
    error = (await table.get(f"/threads/{thread}/runs/{run.id}/steps/step_{nobodys}", 404))["error"]
    assert error["message"] == f"No run step found with id 'step_{nobodys}'."
    there = await _conversations(table)
    body: dict[str, Any] = {
        "assistant_id": table.assistant,
        "model": "no-such-model",
        "thread": {"messages": [{"role": "user", "content": "x"}]},
    }
    await table.post("/threads/runs", 404, **body)
    assert await _conversations(table) == there, "a thread is made with its run, or not at all"
    with pytest.raises(openai.BadRequestError, match="no messages"):
        empty = await table.sdk.beta.threads.create()
        await table.threads.runs.create(empty.id, assistant_id=(await table.post("/assistants", model="mock"))["id"])


async def _conversations(table: Table) -> int:
    [[count]] = await table.prosa.system.people.database.fetch("SELECT count(*) FROM conversations")
    assert isinstance(count, int)
    return count


async def test_a_repeated_request_finds_what_it_began(table: Table) -> None:
    thread = await table.thread(ASKS[:-2] + " rounds=2]]")
    key = {"idempotency-key": "one"}
    first = await table.stream(f"/threads/{thread}/runs", key, assistant_id=table.assistant)
    assert await table.stream(f"/threads/{thread}/runs", key, assistant_id=table.assistant) == first
    run = first[-1]["data"]
    calls = run["required_action"]["submit_tool_outputs"]["tool_calls"]
    outputs = [{"tool_call_id": call["id"], "output": "12"} for call in calls]
    path = f"/threads/{thread}/runs/{run['id']}/submit_tool_outputs"
    rest = await table.stream(path, {"idempotency-key": "two"}, tool_outputs=outputs)
    assert await table.stream(path, {"idempotency-key": "two"}, tool_outputs=outputs) == rest
    assert rest[-1]["event"] == "thread.run.requires_action", "it asks once more, and that isn't answered by repeating"
    body = {"assistant_id": table.assistant, "thread": {"messages": [{"role": "user", "content": '[[mock text="x"]]'}]}}
    made = [await table.stream("/threads/runs", {"idempotency-key": "three"}, **body) for _ in range(2)]
    assert made[0] == made[1] and made[0][0]["event"] == "thread.created"


async def test_it_is_the_same_in_responses_and_conversations(table: Table) -> None:
    thread = await table.thread('[[mock text="Olá, Ana!"]]')
    run = await table.polled(thread)
    response = await table.sdk.responses.retrieve(run.id.replace("run_", "resp_"))
    assert response.output_text == "Olá, Ana!" and response.instructions == "Be short."
    conversation = thread.replace("thread_", "conv_")
    items = (await table.sdk.conversations.items.list(conversation, order="asc")).data
    assert [item.type for item in items] == ["message", "message"]
    other = await table.sdk.responses.create(model="mock", input='[[mock text="E depois?"]]', conversation=conversation)
    listed = (await table.get(f"/threads/{thread}/runs", order="asc"))["data"]
    assert [(each["id"], each["assistant_id"]) for each in listed] == [
        (run.id, table.assistant),
        (other.id.replace("resp_", "run_"), ""),
    ]


@pytest.mark.parametrize(
    ("said", "wish", "status", "error", "reason"),
    [
        ('[[mock text="%s"]]' % ("word " * 400), {"max_completion_tokens": 256}, "incomplete", None, "max_completion_tokens"),
        ('[[mock status=429 error="slow down"]]', {}, "failed", "rate_limit_exceeded", None),
        ('[[mock status=500 error="broken"]]', {}, "failed", "server_error", None),
        ('[[mock text="half" finish_reason=content_filter]]', {}, "failed", "invalid_prompt", None),
    ],
    ids=["bound", "limited", "broken", "filtered"],
)
async def test_why_a_run_ended_is_told_in_the_vendors_words(
    table: Table, said: str, wish: dict[str, Any], status: str, error: str | None, reason: str | None
) -> None:
    seen = await table.stream(f"/threads/{await table.thread(said)}/runs", assistant_id=table.assistant, **wish)
    run = seen[-1]["data"]
    assert seen[-1]["event"] == f"thread.run.{status}" and run["status"] == status
    assert (run["last_error"] or {}).get("code") == error and (run["incomplete_details"] or {}).get("reason") == reason
    message = next((event["data"] for event in seen if event["event"] == "thread.message.incomplete"), None)
    if reason is not None:
        assert message is not None and message["incomplete_details"] == {"reason": "max_tokens"}
        [stored] = (await table.get(f"/threads/{run['thread_id']}/messages", limit=1))["data"]
        assert (stored["id"], stored["incomplete_details"]) == (message["id"], message["incomplete_details"])


async def test_a_run_is_found_in_its_own_thread_alone(table: Table) -> None:
    thread = await table.thread('[[mock text="x"]]')
    run, elsewhere = await table.polled(thread), await table.thread("x")
    for path in ("", "/steps", "/events"):
        await table.get(f"/threads/{elsewhere}/runs/{run.id}{path}", 404)


async def test_steps_show_beside_the_usual_what_is_asked_for(table: Table) -> None:
    thread = await table.thread('[[mock text="x"]]')
    run = await table.polled(thread, include=["step_details.tool_calls[*].file_search.results[*].content"])
    path = f"/threads/{thread}/runs/{run.id}/steps"
    wanted = "step_details.tool_calls[*].file_search.results[*].content"
    query: dict[str, Any] = {"include[]": wanted}
    assert (await table.get(path, **query)) == await table.get(path)
    assert (await table.get(path, 400, include="everything"))["error"]["param"] == "include"
    for name, value in (("limit", "0"), ("limit", "101"), ("limit", "x"), ("order", "up"), ("after", "x" * 257)):
        assert (await table.get(path, 400, **{name: value}))["error"]["param"] == name
    assert (await table.get(path, limit=1, order="asc"))["data"] == (await table.get(path))["data"]


async def test_a_run_that_nobody_answers_expires(table: Table) -> None:
    answers = table.prosa.system.features.answers
    answers.adjust(AnswerSettings(action_seconds=0.3))
    thread = await table.thread(ASKS.replace("[[mock ", '[[mock text="Let me see." '))
    run = await table.polled(thread)
    seen = await table.follow(run.model_dump())  # to its end, whoever comes
    assert names(seen)[-3:] == ["run.requires_action", "run.step.expired", "run.expired"]
    ended = seen[-1]["data"]
    assert ended["status"] == "expired" and ended["required_action"] is None and ended["usage"]["total_tokens"] > 0
    assert ended == await table.get(f"/threads/{thread}/runs/{run.id}")
    outputs = [{"tool_call_id": call.id, "output": "12"} for call in run.required_action.submit_tool_outputs.tool_calls]
    error = (await table.post(f"/threads/{thread}/runs/{run.id}/submit_tool_outputs", 400, tool_outputs=outputs))["error"]
    assert error["message"] == 'Runs in status "expired" do not accept tool outputs.'
    assert (await table.get(f"/threads/{thread}/messages"))["data"][0]["content"][0]["text"]["value"] == "Let me see."
    assert (await table.polled(thread, additional_messages=[{"role": "user", "content": "go on"}])).status == "completed"


async def test_a_run_is_told_the_same_when_its_log_is_gone(table: Table) -> None:
    thread = await table.thread(ASKS)
    run = await table.polled(thread)
    outputs = [{"tool_call_id": call.id, "output": "12"} for call in run.required_action.submit_tool_outputs.tool_calls]
    ended = await table.threads.runs.submit_tool_outputs_and_poll(
        run_id=run.id, thread_id=thread, tool_outputs=outputs, poll_interval_ms=20
    )
    path = f"/threads/{thread}/runs/{run.id}"
    shown, steps = await table.get(path), (await table.get(f"{path}/steps"))["data"]
    journal = table.prosa.system.people.journal
    await journal.append(Statement("UPDATE runs SET trimmed = TRUE WHERE id = $1"), (run.id.removeprefix("run_"),))
    assert ended.status == "completed" and await table.get(path) == shown
    left = (await table.get(f"{path}/steps"))["data"]
    same = ("id", "type", "status", "step_details", "run_id")
    assert [[step[name] for name in same] for step in left] == [[step[name] for name in same] for step in steps]
    await table.get(f"{path}/events", 410)


@pytest.mark.attack("A5")
async def test_who_may_use_an_assistant_is_asked_at_each_run() -> None:
    async with house() as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        owner, other = [await home.program(await home.key(each, Scope.READ, Scope.WRITE)) for each in (ana, bia)]
        made = (await owner.post("/v1/assistants", json={"model": "mock", "instructions": "of ana"})).json()["id"]
        wish = {"assistant_id": made, "thread": {"messages": [{"role": "user", "content": '[[mock text="x"]]'}]}}
        refused = await other.post("/v1/threads/runs", json=wish)
        assert refused.status_code == 404 and refused.json()["error"]["message"] == f"No assistant found with id '{made}'."
        await _share(ana, made, "everyone")
        run = (await other.post("/v1/threads/runs", json=wish | {"stream": True})).text
        assert "thread.run.completed" in run and "of ana" in run
        thread = (await other.post("/v1/threads/runs", json=wish)).json()["thread_id"]
        await _share(ana, made, "private")
        again = await other.post(f"/v1/threads/{thread}/runs", json={"assistant_id": made})
        assert again.status_code == 404
        assert (await owner.get(f"/v1/threads/{thread}/runs")).status_code == 404, "nor does its owner see who ran it"


async def _share(person: Person, id: str, audience: str) -> None:
    answer = await person.ask("PUT", f"/assistants/{id}/sharing", {"audience": audience}, headers={"If-Match": "*"})
    assert answer.status_code == 200, answer.text
