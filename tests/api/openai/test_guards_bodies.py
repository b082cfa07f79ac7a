"""Each bound of the bodies of conversations and stored completions at its edge: the last that is good, the first that isn't."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from prosa.api.openai.conversations_bodies import read_edit, read_new_conversation, read_new_items
from prosa.api.openai.stored_chat_bodies import read_listing, read_update
from prosa.kit.errors import BadRequest

MESSAGE = {"role": "user", "content": "a"}
Read = Callable[[bytes], object]
Make = Callable[[int], Any]


def listing(body: bytes) -> object:
    """A query, written as a body."""
    return read_listing(msgspec.json.decode(body, type=str).encode())


METADATA: list[tuple[int, Make]] = [
    (16, lambda most: {"metadata": {str(number): "" for number in range(most)}}),
    (64, lambda most: {"metadata": {"n" * most: ""}}),
    (512, lambda most: {"metadata": {"a": "v" * most}}),
]
BOUNDS: list[tuple[Read, int, Make]] = [
    *((read, *bound) for read in (read_new_conversation, read_edit, read_update) for bound in METADATA),
    (read_new_conversation, 20, lambda most: {"items": [MESSAGE] * most}),
    (read_new_items, 20, lambda most: {"items": [MESSAGE] * most}),
    (listing, 100, lambda most: f"limit={most}"),
    (listing, 100, lambda most: "after=" + "a" * most),
    (listing, 256, lambda most: "model=" + "m" * most),
    (listing, 16, lambda most: "&".join(f"metadata[{number}]=a" for number in range(most))),
]


@pytest.mark.parametrize(("read", "most", "make"), BOUNDS)
def test_a_body_has_bounds(read: Read, most: int, make: Make) -> None:
    assert read(msgspec.json.encode(make(most))) is not None
    with pytest.raises(BadRequest):
        read(msgspec.json.encode(make(most + 1)))


@pytest.mark.parametrize("read", [read_new_conversation, read_new_items, read_edit, read_update])
def test_a_body_has_a_depth(read: Read) -> None:
    with pytest.raises(BadRequest):
        read(b'{"metadata":' + b'{"a":' * 100_000 + b"1" + b"}" * 100_000 + b"}")
