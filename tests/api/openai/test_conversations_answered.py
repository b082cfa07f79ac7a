"""Responses within conversations, by the official SDK: what is said is added, heard by the next answer, gone when deleted."""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import openai
import pytest

from tests.serving import Running, running

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
SLOWLY = "[[mock speed=10 text='one two three four five six seven eight nine ten']]"


@dataclass
class Desk:
    """A running prosa, and who calls it."""

    prosa: Running
    sdk: openai.AsyncOpenAI

    async def words(self, conversation: str) -> list[str]:
        """What was said in a conversation, in order."""
        listed = self.sdk.conversations.items.list(conversation, order="asc", limit=100)
        return [text_of(item) async for item in listed]

    async def over(self, id: str) -> Any:
        """The response once it has ended."""
        ends = time.monotonic() + 20
        while (found := await self.sdk.responses.retrieve(id)).status in ("queued", "in_progress"):
            assert time.monotonic() < ends
            await asyncio.sleep(0.02)
        return found

    async def rows(self, table: str) -> int:
        """How many rows a table has."""
        [[count]] = await self.prosa.system.people.database.fetch(f"SELECT count(*) FROM {table}")
        assert isinstance(count, int)
        return count


def text_of(item: Any) -> str:
    """A message's words, or what a call wants."""
    return item.content[0].text if item.type == "message" else f"{item.type} {item.call_id}"


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    async with (
        running(QUIET) as prosa,
        openai.AsyncOpenAI(base_url=f"{prosa.base}/v1", api_key="sk-any", max_retries=0) as sdk,
    ):
        yield Desk(prosa, sdk)


async def test_what_is_asked_and_answered_is_added_and_heard_by_the_next_answer(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create(items=[{"role": "user", "content": "My name is Ana."}])
    first = await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id)
    assert first.conversation is not None and first.conversation.id == conversation.id
    second = await desk.sdk.responses.create(model="mock-echo", input="dois", conversation={"id": conversation.id})
    assert await desk.words(conversation.id) == ["My name is Ana.", "um", "um", "dois", "dois"]
    assert first.usage is not None and second.usage is not None
    assert second.usage.input_tokens > first.usage.input_tokens  # it was asked with all of it
    items = [item async for item in desk.sdk.conversations.items.list(conversation.id, order="asc")]
    assert items[2].id == first.output[0].id
    given = await desk.sdk.responses.input_items.list(first.id)
    assert items[1].id in [item.id for item in given.data]


async def test_the_same_ids_read_the_same_item_by_response_and_by_conversation(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create()
    tool = {"type": "function", "name": "weather", "parameters": {"type": "object", "properties": {}}, "strict": False}
    made = await desk.sdk.responses.create(model="mock-tools", input="?", conversation=conversation.id, tools=[tool])  # type: ignore[list-item]  # a dictionary as a client writes it
    [call] = [item for item in made.output if item.type == "function_call"]
    found = await desk.sdk.conversations.items.retrieve(str(call.id), conversation_id=conversation.id)
    assert found.type == "function_call" and found.arguments == call.arguments
    output = {"type": "function_call_output", "call_id": call.call_id, "output": "sunny"}
    last = await desk.sdk.responses.create(model="mock-tools", input=[output], conversation=conversation.id)  # type: ignore[list-item]  # as above
    assert "sunny" in last.output_text
    words = await desk.words(conversation.id)
    assert words[1:3] == [f"function_call {call.call_id}", f"function_call_output {call.call_id}"]


@pytest.mark.slow
async def test_a_question_that_comes_in_between_waits_and_stands_behind_the_answer(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create()
    first = await desk.sdk.responses.create(model="mock", input=SLOWLY, conversation=conversation.id, background=True)
    second = await desk.sdk.responses.create(model="mock-echo", input="dois", conversation=conversation.id, background=True)
    assert (await desk.sdk.responses.retrieve(second.id)).status == "queued"
    answered = await desk.over(first.id)
    assert (await desk.over(second.id)).status == "completed"
    assert await desk.words(conversation.id) == [SLOWLY, answered.output_text, "dois", "dois"]


@pytest.mark.slow
async def test_deleting_ends_the_answer_that_is_being_given_and_leaves_nothing(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create()
    ended = await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id)
    begun = await desk.sdk.responses.create(model="mock", input=SLOWLY, conversation=conversation.id, background=True)
    waiting = await desk.sdk.responses.create(model="mock-echo", input="dois", conversation=conversation.id, background=True)
    other = await desk.sdk.responses.create(model="mock-echo", input="kept")
    before = time.monotonic()
    assert (await desk.sdk.conversations.delete(conversation.id)).deleted
    assert time.monotonic() - before < 2
    for id in (ended.id, begun.id, waiting.id):
        with pytest.raises(openai.NotFoundError):
            await desk.sdk.responses.retrieve(id)
    with pytest.raises(openai.NotFoundError):
        await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id)
    assert (await desk.sdk.responses.retrieve(other.id)).output_text == "kept"
    assert [await desk.rows(table) for table in ("conversations", "runs", "items")] == [0, 1, 2]


async def test_a_deleted_response_leaves_to_the_conversation_what_was_said(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create()
    made = await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id)
    await desk.sdk.responses.delete(made.id)
    assert await desk.words(conversation.id) == ["um", "um"]


async def test_a_response_goes_on_from_one_that_was_given_in_a_conversation(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create(items=[{"role": "user", "content": "My name is Ana." * 20}])
    first = await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id)
    branch = await desk.sdk.responses.create(model="mock-echo", input="zwei", previous_response_id=first.id)
    assert first.usage is not None and branch.usage is not None and branch.usage.input_tokens > first.usage.input_tokens
    assert await desk.words(conversation.id) == ["My name is Ana." * 20, "um", "um"]


async def test_what_is_not_stored_hears_a_conversation_and_adds_nothing(desk: Desk) -> None:
    conversation = await desk.sdk.conversations.create(items=[{"role": "user", "content": "My name is Ana." * 20}])
    alone = await desk.sdk.responses.create(model="mock-echo", input="um", store=False)
    made = await desk.sdk.responses.create(model="mock-echo", input="um", conversation=conversation.id, store=False)
    assert made.usage is not None and alone.usage is not None and made.usage.input_tokens > alone.usage.input_tokens
    assert await desk.words(conversation.id) == ["My name is Ana." * 20]
    assert await desk.rows("runs") == 0
