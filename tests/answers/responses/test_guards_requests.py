"""Each bound of a request at its edge: the last that is good, the first that isn't."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from prosa.answers.responses import ResponseRequest, input_items
from prosa.kit.errors import BadRequest

Make = Callable[[int], dict[str, Any]]


def tools(count: int) -> list[dict[str, Any]]:
    return [{"type": "function", "name": f"f{number}", "parameters": {}} for number in range(count)]


def nested(levels: int) -> Any:
    value: Any = {}
    for _ in range(levels - 1):
        value = {"a": value}
    return value


BOUNDS: dict[str, tuple[int, Make]] = {
    "pairs of metadata": (16, lambda most: {"metadata": {str(number): "" for number in range(most)}}),
    "a name of metadata": (64, lambda most: {"metadata": {"n" * most: ""}}),
    "a value of metadata": (512, lambda most: {"metadata": {"a": "v" * most}}),
    "items": (10_000, lambda most: {"input": [{"role": "user", "content": "a"}] * most}),
    "parts of a message": (
        2_000,
        lambda most: {"input": [{"role": "user", "content": [{"type": "input_text", "text": "a"}] * most}]},
    ),
    "tools": (128, lambda most: {"tools": tools(most)}),
    "a tool's name": (64, lambda most: {"tools": [{"type": "function", "name": "n" * most, "parameters": {}}]}),
    "a model's name": (256, lambda most: {"model": "m" * most}),
    "a user's name": (1_024, lambda most: {"user": "u" * most}),
    "an id": (256, lambda most: {"previous_response_id": "r" * most}),
    # The request itself is a level, and so are the list, the tool and what stands in it.
    "depth": (124, lambda most: {"tools": [{"type": "function", "name": "f", "parameters": {"a": nested(most)}}]}),
    "a schema": (
        256 * 1024,
        lambda most: {"tools": [{"type": "function", "name": "f", "parameters": {"a": "s" * (most - 8)}}]},
    ),
    "all but the input": (512 * 1024, lambda most: {"instructions": "i" * (most - 30)}),
}


@pytest.mark.parametrize("what", BOUNDS)
def test_a_request_has_bounds(what: str) -> None:
    most, make = BOUNDS[what]

    def take(size: int) -> None:
        request = ResponseRequest.from_json(msgspec.json.encode({"input": "hi"} | make(size)))
        input_items(request)

    take(most)
    with pytest.raises(BadRequest):
        take(most + 1)


def test_a_request_has_so_many_values() -> None:
    with pytest.raises(BadRequest, match="too many values"):
        ResponseRequest.from_json(b'{"prompt_cache_options":[' + b"1," * 1_000_001 + b"1]}")
