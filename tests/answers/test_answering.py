"""A request becomes a durable answer: its events in order, its items, its response object."""

from typing import Any

import msgspec
import pytest

from prosa.answers import (
    CompactionUnreadable,
    CreateOptions,
    ItemNotInInput,
    PreviousResponseNotFound,
    PreviousResponseOpen,
    ReferencedItemNotFound,
    ResponseNotFound,
    ToolNamedTwice,
)
from prosa.answers.models import Asked
from prosa.conversations import ConversationNotFound, ItemQuery, Order, public_id
from prosa.drivers.sql import Database
from prosa.gateway import CallStatus, ModelNotFound
from prosa.identity import Caller
from prosa.kit.errors import BadRequest, NotFound, ProsaError
from prosa.kit.ids import new_object_id
from prosa.runs import RunQuery, RunState
from tests.answers.house import (
    ANA,
    BEN,
    PNG,
    a_house,
    asked,
    file_part,
    function,
    input_message,
    json,
    kinds_of,
    numbered,
    read,
    stored_file,
    text_of,
    until,
    until_true,
)


async def test_an_answer_is_told_in_the_order_of_the_specification_and_kept(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input='[[mock text="Hello there, Ana." ]]', metadata={"a": "b"})
        events = await read(given)
        assert kinds_of(events) == [
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            "response.completed",
        ]
        assert numbered(events)
        last = events[-1]["response"]
        assert text_of(last) == "Hello there, Ana." and last["status"] == "completed" and last["metadata"] == {"a": "b"}
        assert last["usage"]["total_tokens"] > 0 and last["usage"]["output_tokens"] > 0
        run = await house.answers.get("ana", last["id"])
        assert run.state is RunState.COMPLETED
        assert json(await house.answers.shown(run)) == last
        items = await house.conversations.items_of_run("ana", run.id)
        assert [item.made for item in items] == [False, True]
        assert house.parts.prepared == {}


async def test_a_response_goes_on_from_the_one_before(database: Database) -> None:
    async with a_house(database) as house:
        first = await house.ask(input="My name is Ana.", instructions="Be brief.")
        second = await house.ask(input=[{"role": "user", "content": "[[mock echo]] and now?"}], previous_response_id=first["id"])
        assert second["previous_response_id"] == first["id"] and second["instructions"] is None
        third = await house.ask(model="mock", input="Third", previous_response_id=second["id"])
        run = await house.answers.get("ana", third["id"])
        context = await house.parts.contexts.of_run(run, cut=False)
        assert [json(item.body)["role"] for item in context] == ["user", "assistant", "user", "assistant", "user"]
        page = await house.answers.input_items("ana", third["id"], ItemQuery(limit=2, order=Order.OLDEST_FIRST))
        assert page.more and json(page.items[0].body)["content"][0]["text"] == "My name is Ana."
        rest = await house.answers.input_items(
            "ana", third["id"], ItemQuery(limit=20, after=page.items[-1].id, order=Order.OLDEST_FIRST)
        )
        assert not rest.more and len(rest.items) == 3
        newest = await house.answers.input_items("ana", third["id"], ItemQuery(limit=1))
        assert json(newest.items[0].body)["content"][0]["text"] == "Third"
        with pytest.raises(ItemNotInInput):
            await house.answers.input_items("ana", third["id"], ItemQuery(after="0" * 32))


async def test_a_conversation_keeps_its_answers_in_order_and_a_second_message_waits(database: Database) -> None:
    async with a_house(database) as house:
        conversation = await house.conversations.create("ana")
        named = "conv_" + conversation.id
        slow = await house.create(input='[[mock text="first" delay=0.2]]', conversation=named)
        quick = await house.create(input='[[mock text="second"]]', conversation={"id": named}, background=True)
        assert (quick.run.state, slow.run.state) == (RunState.QUEUED, RunState.RUNNING)
        assert json(await house.answers.shown(quick.run))["status"] == "queued"
        second = json(await quick.response())
        assert second["status"] == "completed" and second["conversation"] == {"id": named}
        assert text_of(json(await slow.response())) == "first"
        items = await house.conversations.items_of("ana", conversation.id)
        said = [json(item.body)["content"][0]["text"] for item in items]
        assert [text.startswith("[[mock") for text in said] == [True, False, True, False]
        assert said[1::2] == ["first", "second"]
        assert kinds_of(await house.log(quick.run))[:3] == ["response.created", "response.queued", "response.in_progress"]
        asked_with = await house.answers.input_items("ana", second["id"], ItemQuery())
        assert len(asked_with.items) == 3


async def test_a_message_may_replace_the_answer_that_is_being_given(database: Database) -> None:
    async with a_house(database) as house:
        conversation = await house.conversations.create("ana")
        named = "conv_" + conversation.id
        slow = await house.create(input='[[mock text="one two three four" delay=0.3]]', conversation=named)
        await until(slow, "response.output_text.delta")
        given = await house.create(input='[[mock text="instead"]]', conversation=named, options=CreateOptions(replace=True))
        assert text_of(json(await given.response())) == "instead"
        assert json(await house.answers.shown(await house.answers.get("ana", "resp_" + slow.run.id)))["status"] == "cancelled"


async def test_an_answer_in_the_background_is_read_later_and_cancelled_from_anywhere(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input='[[mock text="one two three four five" delay=0.3]]', background=True, model="mock-slow")
        begun = json(await house.answers.shown(given.run))
        assert begun["status"] == "in_progress" and begun["background"] is True and begun["output"] == []
        await until(given, "response.output_text.delta")
        assert text_of(json(await house.answers.shown(await house.engine.get("ana", given.run.id)))).startswith("one")
        ended = json(await house.answers.cancel("ana", begun["id"]))
        assert ended["status"] == "cancelled" and text_of(ended).startswith("one") and ended["usage"]["output_tokens"] > 0
        assert ended["output"][0]["status"] == "incomplete"
        assert json(await house.answers.cancel("ana", begun["id"])) == ended, "one that has ended stays as it is"
        events = await read(given)
        assert (
            numbered(events) and events[-1]["type"] == "response.incomplete" and events[-1]["response"]["status"] == "cancelled"
        )
        await until_true(lambda: house.mock.stage.figures.open == 0)
        assert [record.status for record in house.records] == [CallStatus.CANCELLED]


async def test_what_was_deleted_is_gone_with_its_items(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(input="Hello")
        run = await house.answers.get("ana", response["id"])
        await house.answers.delete("ana", response["id"])
        with pytest.raises(ResponseNotFound):
            await house.answers.get("ana", response["id"])
        assert await house.conversations.items_of_run("ana", run.id) == []


@pytest.mark.attack("A3")
async def test_another_space_sees_nothing_of_it(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(input="Secret")
        run = await house.answers.get("ana", response["id"])
        item = (await house.conversations.items_of_run("ana", run.id))[0]
        told = set()
        for id in (response["id"], "resp_" + "0" * 32, "resp_nonsense", "", "chatcmpl-1"):
            for attempt in (house.answers.get, house.answers.cancel, house.answers.delete):
                with pytest.raises(ResponseNotFound) as refused:
                    await attempt("ben", id)
                told.add((refused.value.message, refused.value.status))
            with pytest.raises(PreviousResponseNotFound):
                await house.create(BEN, input="Hi", previous_response_id=id or "x")
        assert len(told) == 1
        with pytest.raises(ReferencedItemNotFound):
            await house.create(BEN, input=[{"type": "item_reference", "id": public_id(item)}])
        conversation = await house.conversations.create("ana")
        with pytest.raises(ConversationNotFound):
            await house.create(BEN, input="Hi", conversation="conv_" + conversation.id)
        assert await house.engine.list("ben", RunQuery()) == []


async def test_an_item_may_be_named_instead_of_sent(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(input="Remember 4711")
        reference = {"type": "item_reference", "id": response["output"][0]["id"]}
        given = await house.create(input=[reference, {"role": "user", "content": "And?"}])
        await given.response()
        stored = await house.conversations.items_of_run("ana", given.run.id, made=False)
        assert [json(item.body)["role"] for item in stored] == ["assistant", "user"]
        assert json(stored[0].body)["content"] == response["output"][0]["content"]


async def test_what_is_wrong_with_a_request_is_told_before_anything_is_stored(database: Database) -> None:
    async with a_house(database) as house:
        narrow = msgspec.structs.replace(ANA, models=frozenset({"mock-echo"}))
        call = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}"}
        output = {"type": "function_call_output", "call_id": "c1", "output": "1"}
        cases: list[tuple[Caller, dict[str, Any], type[ProsaError]]] = [
            (ANA, {"model": "no-such-model", "input": "Hi"}, ModelNotFound),
            (narrow, {"model": "mock", "input": "Hi"}, ModelNotFound),
            (ANA, {}, BadRequest),
            (ANA, {"input": []}, BadRequest),
            (ANA, {"input": "Hi", "previous_response_id": "resp_" + "0" * 32}, PreviousResponseNotFound),
            (ANA, {"input": "Hi", "conversation": "conv_" + "0" * 32}, ConversationNotFound),
            (ANA, {"input": [call]}, BadRequest),
            (ANA, {"input": [output]}, BadRequest),
            (ANA, {"input": [{"type": "compaction", "encrypted_content": "v1:00000000:AAAA"}]}, CompactionUnreadable),
            (ANA, {"input": [file_part("file-" + "0" * 32)]}, NotFound),
            (ANA, {"input": [file_part("nonsense")]}, NotFound),
            (ANA, {"input": "Hi", "tools": [{"type": "prosa:current_time", "timezone": "Mars"}]}, BadRequest),
            (ANA, {"input": "Hi", "tools": [{"type": "prosa:calculator"}, function("calculator")]}, ToolNamedTwice),
        ]
        for caller, fields, kind in cases:
            with pytest.raises(kind) as refused:
                await house.create(caller, **fields)
            assert 400 <= refused.value.status < 500, fields
        assert await house.engine.list("ana", RunQuery()) == [] and house.records == []
        assert (await house.ask(narrow, model="mock-echo", input="Hi"))["status"] == "completed"


async def test_an_answer_goes_on_only_from_one_that_has_ended(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input="[[mock delay=1]]", background=True)
        with pytest.raises(PreviousResponseOpen):
            await house.create(input="Hi", previous_response_id="resp_" + given.run.id)
        await house.engine.cancel("ana", given.run.id)
        assert (await house.ask(input="Hi", previous_response_id="resp_" + given.run.id))["status"] == "completed"


async def test_the_same_id_makes_one_run(database: Database) -> None:
    async with a_house(database) as house:
        options = CreateOptions(id=new_object_id())
        first = await house.create(input="Hi", options=options)
        again = await house.create(input="Hi", options=options)
        assert first.run.id == again.run.id and await first.response() == await again.response()
        assert len(await house.conversations.items_of_run("ana", first.run.id)) == 2
        assert house.parts.prepared == {} and len(house.records) == 1


async def test_a_provider_that_refuses_fails_the_run_with_a_typed_error(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input="[[mock status=400 error='no such thing']]")
        events = await read(given)
        assert kinds_of(events)[-2:] == ["error", "response.failed"]
        failed = events[-1]["response"]
        assert failed["status"] == "failed" and failed["error"]["code"] == "invalid_prompt" and failed["output"] == []
        assert json(await house.answers.shown(await house.engine.get("ana", given.run.id))) == failed


async def test_the_bound_of_tokens_cuts_the_answer(database: Database) -> None:
    async with a_house(database) as house:
        response = await house.ask(model="mock-long", input="Go", max_output_tokens=16)
        assert response["status"] == "incomplete" and response["incomplete_details"] == {"reason": "max_output_tokens"}
        assert response["output"][-1]["status"] == "incomplete"


async def test_files_reach_the_model_and_the_stored_item_keeps_their_ids(database: Database) -> None:
    async with a_house(database) as house:
        file = await stored_file(house, PNG)
        given = await house.create(input=[file_part("file-" + file, "input_image")])
        assert "1 part" in text_of(json(await given.response()))
        stored = await house.conversations.items_of_run("ana", given.run.id, made=False)
        assert json(stored[0].body)["content"][0]["file_id"] == "file-" + file


async def test_a_response_of_a_conversation_may_be_gone_on_from_outside_of_it(database: Database) -> None:
    async with a_house(database) as house:
        conversation = await house.conversations.create("ana")
        named = "conv_" + conversation.id
        await house.ask(input="[[mock text=one]]First", conversation=named)
        second = await house.ask(input="[[mock text=two]]Second", conversation=named)
        await house.ask(input="[[mock text=three]]Third", conversation=named)
        aside = await house.ask(input="[[mock text=aside]]Aside", previous_response_id=second["id"])
        assert aside["conversation"] is None
        last = await house.ask(input="Last", previous_response_id=aside["id"])
        page = await house.answers.input_items("ana", last["id"], ItemQuery(limit=50, order=Order.OLDEST_FIRST))
        said = [json(item.body)["content"][0]["text"].rpartition("]")[2] for item in page.items]
        assert said == ["First", "one", "Second", "two", "Aside", "aside", "Last"]
        assert len(await house.conversations.items_of("ana", conversation.id)) == 6


async def test_an_empty_input_goes_on_with_a_conversation(database: Database) -> None:
    async with a_house(database) as house:
        conversation = await house.conversations.create("ana", items=[input_message("[[mock text=Hello]]")])
        response = await house.ask(conversation="conv_" + conversation.id)
        assert text_of(response) == "Hello"
        with pytest.raises(BadRequest):
            await house.ask(conversation="conv_" + (await house.conversations.create("ana")).id)


async def test_a_run_that_nobody_could_end_is_still_shown(database: Database) -> None:
    async with a_house(database) as house:
        given = await house.create(input="Hello")
        run = await house.engine.finished(given.run)
        bare = json(await house.answers.shown(msgspec.structs.replace(run, result="null", state=RunState.FAILED)))
        assert bare["status"] == "failed" and bare["id"] == "resp_" + run.id
        trimmed = json(await house.answers.shown(msgspec.structs.replace(run, trimmed=True)))
        assert trimmed == json(await house.answers.shown(run))


async def test_what_was_said_meanwhile_is_heard(database: Database) -> None:
    async with a_house(database) as house:
        conversation = await house.conversations.create("ana")
        beginning = await house.answers._starter.begin(
            ANA, asked(house.answers, input="Second", conversation="conv_" + conversation.id), CreateOptions()
        )
        await house.ask(input="First", conversation="conv_" + conversation.id)
        run = await house.engine.finished(await house.answers._start(beginning, replace=False))
        context = await house.parts.contexts.of_run(run, cut=False)
        assert [json(item.body)["content"][0]["text"] for item in context][::2] == ["First", "Second"]
        usage = json(await house.answers.shown(run))["usage"]
        alone = (await house.ask(input="Second"))["usage"]
        assert usage["input_tokens"] > alone["input_tokens"], "the model heard both"


@pytest.mark.attack("A17")
async def test_a_message_that_waited_is_not_answered_for_who_may_call_models_no_more(
    database: Database,
) -> None:
    async with a_house(database) as house:
        named = "conv_" + (await house.conversations.create("ana")).id
        slow = await house.create(input="[[mock text=first delay=0.3]]", conversation=named)
        waiting = await house.create(input="Second", conversation=named)
        house.allowed = False
        refused = json(await waiting.response())
        assert refused["status"] == "failed" and refused["output"] == [] and len(house.records) == 1
        assert text_of(json(await slow.response())) == "first"


async def test_a_key_s_models_hold_for_a_message_that_waited(database: Database) -> None:
    async with a_house(database) as house:
        narrow = msgspec.structs.replace(ANA, models=frozenset({"mock-echo"}))
        named = "conv_" + (await house.conversations.create("ana")).id
        await house.create(input="[[mock text=first delay=0.2]]", conversation=named)
        waiting = await house.create(narrow, model="mock-echo", input="Second", conversation=named)
        assert Asked.of(waiting.run).names == narrow.models
        assert text_of(json(await waiting.response())) == "Second"
