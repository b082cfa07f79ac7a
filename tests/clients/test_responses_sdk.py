"""The unmodified OpenAI SDK for Python and its Responses, by base URL alone."""

import asyncio
import json
from collections.abc import AsyncIterator

import openai
import pytest
from openai.types.responses import (
    FunctionToolParam,
    Response,
    ResponseCompletedEvent,
    ResponseCreatedEvent,
    ResponseFunctionToolCall,
    ResponseInputParam,
    ResponseTextDeltaEvent,
)
from pydantic import BaseModel

from tests.serving import serving

pytestmark = pytest.mark.slow

SLOW = "[[mock delay=0.05 text='um dois três quatro cinco seis sete oito']] Conte!"
WEATHER: FunctionToolParam = {
    "type": "function",
    "name": "weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string"}},
        "required": ["city"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Place(BaseModel):
    """A structured answer."""

    city: str
    inhabitants: int


@pytest.fixture
async def sdk() -> AsyncIterator[openai.AsyncOpenAI]:
    env = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}
    async with serving(env) as base, openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-any", max_retries=0) as made:
        yield made


async def ended(sdk: openai.AsyncOpenAI, response_id: str) -> Response:
    """A response once it has ended, by asking again and again."""
    found = await sdk.responses.retrieve(response_id)
    while found.status in ("queued", "in_progress"):
        await asyncio.sleep(0.05)
        found = await sdk.responses.retrieve(response_id)
    return found


async def test_a_response_is_made_read_listed_and_deleted(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.responses.create(model="mock-echo", input="Olá, açaí", metadata={"topic": "frutas"})
    assert made.output_text == "Olá, açaí" and made.status == "completed" and made.usage is not None
    assert (await sdk.responses.retrieve(made.id)).output_text == "Olá, açaí"
    items = [item async for item in sdk.responses.input_items.list(made.id, limit=1)]
    assert [item.type for item in items] == ["message"]
    await sdk.responses.delete(made.id)
    with pytest.raises(openai.NotFoundError) as gone:
        await sdk.responses.retrieve(made.id)
    assert gone.value.code == "not_found"


async def test_the_pages_of_input_items_are_walked(sdk: openai.AsyncOpenAI) -> None:
    given: ResponseInputParam = [{"role": "user", "content": str(number)} for number in range(5)]
    made = await sdk.responses.create(model="mock", input=given)
    walked = [item async for item in sdk.responses.input_items.list(made.id, limit=2, order="asc")]
    assert [item.content[0].text for item in walked if item.type == "message"] == ["0", "1", "2", "3", "4"]  # type: ignore[union-attr]  # they are texts


async def test_a_stream_is_read_and_its_helper_gathers_it(sdk: openai.AsyncOpenAI) -> None:
    stream = await sdk.responses.create(model="mock-echo", input="Olá, mundo", stream=True)
    found = [event async for event in stream]
    assert isinstance(found[0], ResponseCreatedEvent) and isinstance(found[-1], ResponseCompletedEvent)
    assert "".join(event.delta for event in found if isinstance(event, ResponseTextDeltaEvent)) == "Olá, mundo"
    async with sdk.responses.stream(model="mock-echo", input="Olá, mundo") as helper:
        kinds = [event.type async for event in helper]
        assert kinds[-1] == "response.completed" and (await helper.get_final_response()).output_text == "Olá, mundo"


async def test_what_runs_in_the_background_is_followed_from_a_number(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.responses.create(model="mock", input=SLOW, background=True)
    assert made.status in ("queued", "in_progress")
    whole = [event async for event in await sdk.responses.retrieve(made.id, stream=True)]
    assert [event.sequence_number for event in whole] == list(range(len(whole)))
    rest = [event async for event in await sdk.responses.retrieve(made.id, stream=True, starting_after=5)]
    assert rest == whole[6:]
    assert (await ended(sdk, made.id)).output_text == "um dois três quatro cinco seis sete oito"
    async with sdk.responses.stream(response_id=made.id, starting_after=2) as helper:
        assert next(iter([event.sequence_number async for event in helper])) == 3
        assert (await helper.get_final_response()).output_text == "um dois três quatro cinco seis sete oito"


async def test_a_stream_that_was_cut_off_is_taken_up_again(sdk: openai.AsyncOpenAI) -> None:
    stream = await sdk.responses.create(model="mock", input=SLOW, stream=True, background=True)
    seen = []
    async for event in stream:
        seen.append(event)
        if isinstance(event, ResponseTextDeltaEvent):
            break
    await stream.close()
    assert isinstance(seen[0], ResponseCreatedEvent)
    rest = await sdk.responses.retrieve(seen[0].response.id, stream=True, starting_after=seen[-1].sequence_number)
    seen += [event async for event in rest]
    assert [event.sequence_number for event in seen] == list(range(len(seen))) and seen[-1].type == "response.completed"


async def test_one_is_cancelled(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.responses.create(model="mock", input="[[mock delay=0.05 repeat=1000]] Conte!", background=True)
    await asyncio.sleep(0.2)
    assert (await sdk.responses.cancel(made.id)).status == "cancelled"


async def test_functions_are_called_and_answered(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.responses.create(model="mock-tools", input="Chove em Fortaleza?", tools=[WEATHER])
    call = next(item for item in made.output if isinstance(item, ResponseFunctionToolCall))
    assert call.name == "weather" and "city" in json.loads(call.arguments)
    result: ResponseInputParam = [{"type": "function_call_output", "call_id": call.call_id, "output": "sol"}]
    then = await sdk.responses.create(model="mock-tools", input=result, tools=[WEATHER], previous_response_id=made.id)
    assert "sol" in then.output_text
    by_hand: ResponseInputParam = [{"role": "user", "content": "Chove?"}, *made.output, *result]  # type: ignore[list-item]  # as people do
    assert "sol" in (await sdk.responses.create(model="mock-tools", input=by_hand, tools=[WEATHER])).output_text


async def test_a_structured_answer_is_parsed_plain_and_streamed(sdk: openai.AsyncOpenAI) -> None:
    parsed = await sdk.responses.parse(model="mock", input="Uma cidade", text_format=Place)
    assert isinstance(parsed.output_parsed, Place)
    async with sdk.responses.stream(model="mock", input="Uma cidade", text_format=Place) as helper:
        assert isinstance((await helper.get_final_response()).output_parsed, Place)


async def test_thoughts_are_items_of_their_own(sdk: openai.AsyncOpenAI) -> None:
    made = await sdk.responses.create(model="mock-reasoning", input="Olá", reasoning={"effort": "low", "summary": "auto"})
    assert [item.type for item in made.output] == ["reasoning", "message"]


async def test_a_conversation_goes_on_by_its_id(sdk: openai.AsyncOpenAI) -> None:
    talk = await sdk.conversations.create(metadata={"topic": "nomes"})
    await sdk.responses.create(model="mock-echo", input="Meu nome é Ana.", conversation=talk.id)
    made = await sdk.responses.create(model="mock-echo", input="E agora?", conversation={"id": talk.id})
    assert made.conversation is not None and made.conversation.id == talk.id
    items = [item async for item in sdk.conversations.items.list(talk.id, order="asc")]
    assert [item.type for item in items] == ["message"] * 4


async def test_tokens_are_counted_and_a_conversation_is_compacted(sdk: openai.AsyncOpenAI) -> None:
    counted = await sdk.responses.input_tokens.count(model="mock", input="Olá, mundo!", instructions="Seja breve.")
    assert counted.input_tokens > 4 and counted.object == "response.input_tokens"
    made = await sdk.responses.create(model="mock-echo", input="Meu nome é Ana.")
    compacted = await sdk.responses.compact(model="mock", previous_response_id=made.id)
    assert [item.type for item in compacted.output] == ["message", "compaction"]
    kept = [item.model_dump(exclude_none=True, warnings=False) for item in compacted.output]  # its types know no user's message
    given: ResponseInputParam = [*kept, {"role": "user", "content": "E agora?"}]  # type: ignore[list-item]  # as above
    then = await sdk.responses.create(model="mock-echo", input=given)
    assert then.output_text == "E agora?"


async def test_the_sdk_raises_its_own_errors(sdk: openai.AsyncOpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as unknown:
        await sdk.responses.create(model="no-such-model", input="oi")
    assert unknown.value.code == "model_not_found" and unknown.value.param == "model"
    with pytest.raises(openai.BadRequestError) as wrong:
        await sdk.responses.create(model="mock", input="oi", temperature=9, stream=True)
    assert wrong.value.param == "temperature"
    failed = await sdk.responses.create(model="mock-error", input="oi")
    assert failed.status == "failed" and failed.error is not None and failed.error.code == "server_error"


async def test_the_synchronous_sdk_works_too() -> None:
    def go(base: str) -> tuple[str, list[str], str]:
        with openai.OpenAI(base_url=f"{base}/v1", api_key="sk-any", max_retries=0) as sdk:
            made = sdk.responses.create(model="mock-echo", input="Olá")
            kinds = [str(event.type) for event in sdk.responses.create(model="mock-echo", input="Olá", stream=True)]
            with sdk.responses.stream(response_id=made.id) as helper:
                return made.output_text, kinds, helper.get_final_response().output_text

    async with serving({}) as base:
        text, kinds, again = await asyncio.to_thread(go, base)
    assert text == again == "Olá" and kinds[0] == "response.created" and kinds[-1] == "response.completed"
