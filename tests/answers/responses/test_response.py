"""The response object and its events, beside the official SDK's types."""

from typing import Any

import msgspec
import pytest
from openai._models import construct_type
from openai.types.responses import Response as SdkResponse
from openai.types.responses import ResponseStreamEvent

from prosa.answers.responses import (
    OutputText,
    Refusal,
    ResponseRequest,
    Scribe,
    Status,
    end,
    failure,
    new_response,
    response_json,
    stored_form,
    tokens,
)
from prosa.kit.errors import BadRequest, ProsaError, Unavailable
from tests.answers.sdk_types import check_event, check_item, check_response

ID = "0123456789abcdef" * 2
FULL: dict[str, Any] = {
    "model": "m",
    "input": "hi",
    "instructions": "Be brief.",
    "conversation": {"id": "conv_1"},
    "tools": [
        {"type": "function", "name": "f", "parameters": {"type": "object"}, "strict": True},
        {"type": "function", "name": "g"},
    ],
    "tool_choice": {"type": "allowed_tools", "mode": "auto", "tools": [{"type": "function", "name": "f"}]},
    "parallel_tool_calls": False,
    "text": {
        "format": {"type": "json_schema", "name": "a", "description": "d", "schema": {}, "strict": True},
        "verbosity": "low",
    },
    "reasoning": {"effort": "high", "summary": "auto"},
    "truncation": "auto",
    "max_output_tokens": 100,
    "max_tool_calls": 3,
    "temperature": 0,
    "top_p": 0.5,
    "top_logprobs": 2,
    "metadata": {"a": "b"},
    "user": "u",
    "safety_identifier": "s",
    "prompt_cache_key": "k",
    "prompt_cache_retention": "in-memory",
    "service_tier": "flex",
    "background": True,
}
STATES: list[Status] = ["queued", "in_progress", "completed", "failed", "cancelled", "incomplete"]


def request(**fields: Any) -> ResponseRequest:
    """A request with these fields."""
    return ResponseRequest.from_json(msgspec.json.encode(fields or {"model": "m", "input": "hi"}))


def an_answer() -> tuple[Scribe, list[bytes]]:
    """An answer with every kind of item, part and event."""
    scribe = Scribe()
    place, event = scribe.new_reasoning()
    log = [event, *scribe.end_item(place)]
    place, event = scribe.new_message()
    log += [event, scribe.new_part(place, OutputText())]
    growth = scribe.said.growth(place)
    assert growth is not None
    log.append(scribe.text(place, 0, growth, "Hi"))
    citation = {"type": "url_citation", "start_index": 0, "end_index": 2, "title": "t", "url": "https://x"}
    log.append(scribe.annotation(place, msgspec.Raw(msgspec.json.encode(citation))))
    log += [*scribe.end_part(place), scribe.new_part(place, Refusal()), *scribe.end_item(place)]
    place, event = scribe.new_call("f", "call_1")
    log += [event, *scribe.end_item(place)]
    place, event = scribe.new_call("clock", "call_2", hosted=True)
    log += [event, *scribe.end_part(place), scribe.tool_started(place), scribe.tool_ended(place, "noon")]
    scribe.said.spent(tokens(10, 5, cached=3, reasoning=2))
    return scribe, log


@pytest.mark.parametrize("status", STATES)
@pytest.mark.parametrize("fields", [{}, FULL])
def test_a_response_has_the_sdks_fields_in_every_state(status: Status, fields: dict[str, Any]) -> None:
    scribe, log = an_answer()
    for event in log:
        check_event(msgspec.json.decode(event))
    response = new_response(request(**fields), ID, 1700000000.7, "m", status)
    if status not in ("queued", "in_progress"):
        error = Unavailable("The model is away.") if status == "failed" else None
        end(response, status, scribe.said, 1700000001.2, reason="interrupted" if status == "incomplete" else None, error=error)
    found = msgspec.json.decode(response_json(response))
    check_response(found)
    check_event(msgspec.json.decode(scribe.created(response)))
    check_event(msgspec.json.decode(scribe.state(response)))
    assert found["id"] == f"resp_{ID}" and found["created_at"] == 1700000000
    assert (found["completed_at"] == 1700000001) == (status == "completed")
    assert (found["error"] is not None) == (status == "failed")


def test_what_was_asked_stands_in_the_response() -> None:
    found = msgspec.json.decode(response_json(new_response(request(**FULL), ID, 1.0, "other")))
    same = set(FULL) - {"input", "model", "prompt_cache_retention", "tools", "temperature"}
    assert {name: found[name] for name in same} == {name: FULL[name] for name in same}
    assert found["model"] == "other" and found["prompt_cache_retention"] == "in_memory" and found["temperature"] == 0
    assert found["tools"][0]["strict"] is True and found["tools"][1] == {
        "type": "function",
        "name": "g",
        "description": None,
        "parameters": None,
        "strict": None,
    }


def test_open_responses_required_fields_are_never_null() -> None:
    found = msgspec.json.decode(response_json(new_response(request(), ID, 1.0, "m")))
    numbers = ("top_p", "temperature", "presence_penalty", "frequency_penalty", "top_logprobs")
    assert all(isinstance(found[name], int | float) for name in numbers)
    assert (found["truncation"], found["service_tier"], found["tool_choice"]) == ("disabled", "default", "auto")
    assert found["text"] == {"format": {"type": "text"}, "verbosity": "medium"} and found["store"] is True
    assert found["metadata"] == {} and found["reasoning"] == {"effort": None, "summary": None}


def test_a_cancelled_response_is_told_by_the_event_for_incomplete_ones() -> None:
    scribe = Scribe()
    response = end(new_response(request(), ID, 1.0, "m"), "cancelled", scribe.said, 2.0)
    event = msgspec.json.decode(scribe.state(response))
    assert (event["type"], event["response"]["status"]) == ("response.incomplete", "cancelled")


@pytest.mark.parametrize(
    ("error", "code"),
    [(BadRequest("no"), "invalid_prompt"), (Unavailable("away"), "server_error"), (ProsaError("broken"), "server_error")],
)
def test_an_error_has_one_of_openais_codes_in_the_response_and_our_own_in_the_event(error: ProsaError, code: str) -> None:
    assert failure(error).code == code
    event = msgspec.json.decode(Scribe().error(error))
    check_event(event)
    assert event["code"] == error.code and event["message"] == error.message


def test_items_are_kept_without_their_ids() -> None:
    scribe, _ = an_answer()
    for item in scribe.said.output:
        bare, type, body = stored_form(item)
        found = msgspec.json.decode(body)
        assert item.id.endswith(f"_{bare}") and found["type"] == type and "id" not in found
        if not type.startswith("prosa:"):
            check_item({"id": item.id} | found)


def test_the_sdk_reads_what_only_prosa_has() -> None:
    scribe, log = an_answer()
    log.append(scribe.own("prosa:run_resumed", {"reason": "driver_lost"}))
    body = msgspec.json.decode(response_json(end(new_response(request(), ID, 1.0, "m"), "completed", scribe.said, 2.0)))
    read = construct_type(type_=SdkResponse, value=body)
    assert isinstance(read, SdkResponse) and read.output_text == "Hi"
    assert [item.type for item in read.output] == ["reasoning", "message", "function_call", "prosa:tool_call"]
    assert read.model_dump(mode="json", exclude_unset=True, warnings=False) == body
    for event in log:
        told = msgspec.json.decode(event)
        assert getattr(construct_type(type_=ResponseStreamEvent, value=told), "type", None) == told["type"]
