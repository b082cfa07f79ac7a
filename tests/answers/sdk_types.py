"""JSON beside the types of the official SDK: no field that they don't have, none missing that they require, every value of its
type.

The SDK itself reads anything; this is stricter on purpose. What Open Responses requires beyond OpenAI's types stands in
`_BESIDE`.
"""

import inspect
from typing import Any, Final, Literal, Union, get_args, get_origin

from openai.types.responses import Response, ResponseOutputItem
from openai.types.responses.response_stream_event import ResponseStreamEvent
from pydantic import BaseModel

# `schema/responses.tsp` and `schema/content.tsp` of Open Responses: required there, absent here.
_BESIDE: Final = {
    "Response": {"store", "presence_penalty", "frequency_penalty"},
    "Logprob": {"bytes"},
    "LogprobTopLogprob": {"bytes"},
    "AnnotationFileCitation": {"prosa"},  # ours: the place in the document
    "Result": {"prosa"},  # of a search: the same
}
_OWN_REASONS: Final = ("interrupted", "time_limit", "max_steps", "max_prompt_tokens", "expired")
_SCALARS: Final = (str, int, float, bool)


def check_response(body: Any) -> None:
    """Raises AssertionError with the place of what differs from the SDK's `Response`."""
    _check(_own_left_out(body), Response, "$")


def check_event(event: Any) -> None:
    """Likewise for a streaming event; prosa's own need a type and a number."""
    assert list(event)[:2] == ["type", "sequence_number"], f"{list(event)[:2]} come first"
    if event["type"].startswith("prosa:"):
        return
    if "response" in event:
        event = event | {"response": _own_left_out(event["response"])}
    if _is_own(event.get("item")):
        return
    variant = next((one for one in _variants(ResponseStreamEvent) if event["type"] in _tags(one)), None)
    assert variant is not None, f"no event of type {event['type']}"
    _check(event, variant, event["type"])


def check_item(item: Any) -> None:
    """Likewise for an item of the output."""
    _check(item, ResponseOutputItem, "$")


def check_as(body: Any, model: type[BaseModel]) -> None:
    """Likewise for any other object of the API, beside its model; prosa's own field is `prosa`."""
    _check({name: value for name, value in body.items() if name != "prosa"}, model, "$")


def _own_left_out(response: Any) -> Any:
    details = response.get("incomplete_details")
    if details is not None and details["reason"] in _OWN_REASONS:
        response = response | {"incomplete_details": {"reason": "max_output_tokens"}}
    tools = [tool for tool in response["tools"] if not tool["type"].startswith("prosa:")]
    return response | {"output": [item for item in response["output"] if not _is_own(item)], "tools": tools}


def _is_own(item: Any) -> bool:
    return item is not None and str(item["type"]).startswith("prosa:")


def _check(value: Any, wanted: Any, place: str) -> None:
    wanted = _bare(wanted)
    origin = get_origin(wanted)
    if origin is Literal:
        assert value in get_args(wanted), f"{place}: {value!r} is none of {get_args(wanted)}"
    elif origin is Union or origin is type(int | str):
        _check_union(value, get_args(wanted), place)
    elif origin is list:
        assert isinstance(value, list), f"{place}: no list"
        for index, one in enumerate(value):
            _check(one, get_args(wanted)[0], f"{place}[{index}]")
    elif origin is dict:
        assert isinstance(value, dict), f"{place}: no object"
        for name, one in value.items():
            _check(one, get_args(wanted)[1], f"{place}.{name}")
    elif inspect.isclass(wanted) and issubclass(wanted, BaseModel):
        _check_model(value, wanted, place)
    elif wanted is type(None):
        assert value is None, f"{place}: not null"
    elif wanted in _SCALARS:
        kinds = (int, float) if wanted is float else (wanted,)
        assert type(value) in kinds, f"{place}: {value!r} is no {wanted.__name__}"


def _check_union(value: Any, variants: tuple[Any, ...], place: str) -> None:
    tag = value.get("type") if isinstance(value, dict) else None
    tagged = [one for one in variants if tag is not None and tag in _tags(_bare(one))]
    faults = []
    for variant in tagged or variants:
        try:
            _check(value, variant, place)
        except AssertionError as fault:
            faults.append(str(fault))
        else:
            return
    raise AssertionError(" | ".join(faults))


def _check_model(value: Any, model: type[BaseModel], place: str) -> None:
    assert isinstance(value, dict), f"{place}: no object"
    fields = {field.alias or name: field for name, field in model.model_fields.items()}
    for name, one in value.items():
        if name in _BESIDE.get(model.__name__, ()):
            continue
        assert name in fields, f"{place}.{name}: unknown to {model.__name__}"
        _check(one, fields[name].annotation, f"{place}.{name}")
    for name, field in fields.items():
        assert name in value or not field.is_required(), f"{place}.{name}: missing of {model.__name__}"


def _variants(union: Any) -> tuple[Any, ...]:
    return tuple(_bare(one) for one in get_args(_bare(union)))


def _tags(model: Any) -> tuple[Any, ...]:
    field = model.model_fields.get("type") if inspect.isclass(model) and issubclass(model, BaseModel) else None
    found: list[Any] = []
    for part in (field.annotation, *get_args(field.annotation)) if field is not None else ():
        if get_origin(_bare(part)) is Literal:
            found += get_args(_bare(part))
    return tuple(found)


def _bare(wanted: Any) -> Any:
    """A type without what is annotated to it."""
    while hasattr(wanted, "__metadata__"):
        wanted = wanted.__origin__
    return wanted
