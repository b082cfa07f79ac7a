"""Message lists as real browsers send them are made fit for models that insist on form."""

import itertools
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prosa.gateway.quirks import repair_messages

Messages = list[dict[str, Any]]


def repaired(messages: Messages) -> Messages:
    """The list after repair."""
    found: Messages = json.loads(bytes(repair_messages(msgspec.Raw(json.dumps(messages).encode()))))
    return found


def turn(role: str, content: Any, **more: Any) -> dict[str, Any]:
    """One message."""
    return {"role": role, "content": content, **more}


@pytest.mark.contract("B37")
def test_two_users_in_a_row_become_one() -> None:
    assert repaired([turn("user", "a"), turn("user", "b")]) == [turn("user", "a\n\nb")]


@pytest.mark.contract("B37")
def test_empty_assistant_turns_go_and_their_neighbours_join() -> None:
    found = repaired([turn("system", "s"), turn("user", "a"), turn("assistant", ""), turn("user", "b")])
    assert found == [turn("system", "s"), turn("user", "a\n\nb")]


@pytest.mark.contract("B37")
def test_an_assistant_never_speaks_first() -> None:
    found = repaired([turn("system", "s"), turn("assistant", "a"), turn("user", "b")])
    assert [message["role"] for message in found] == ["system", "user", "assistant", "user"]
    assert found[1]["content"]


def test_lists_of_parts_are_joined_part_by_part() -> None:
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    assert repaired([turn("user", [image]), turn("user", "b")])[0]["content"] == [image, {"type": "text", "text": "b"}]


def test_tool_traffic_is_left_alone() -> None:
    call = turn("assistant", None, tool_calls=[{"id": "1", "function": {"name": "f", "arguments": "{}"}}])
    messages = [
        turn("user", "a"),
        call,
        turn("tool", "1", tool_call_id="1"),
        turn("tool", "2", tool_call_id="1"),
        turn("user", "b"),
    ]
    assert repaired(messages) == messages


def test_a_list_in_order_comes_back_as_the_same_object() -> None:
    raw = msgspec.Raw(b'[ {"role":"user","content":"a","x":1} ]')
    assert repair_messages(raw) is raw
    for odd in (b"3", b'[{"role":1}]', b'["a"]', b"[]"):
        assert bytes(repair_messages(msgspec.Raw(odd))) == odd


ROLES = st.sampled_from(["system", "user", "assistant"])
CONTENTS = st.one_of(st.none(), st.text(max_size=5), st.lists(st.just({"type": "text", "text": "p"}), max_size=2))


@settings(deadline=None)
@given(st.lists(st.builds(turn, ROLES, CONTENTS), max_size=12))
def test_repair_alternates_loses_no_text_and_is_done_once(messages: Messages) -> None:
    found = repaired(messages)
    assert repaired(found) == found
    talk = [message["role"] for message in found]
    assert all(one != other or one == "system" for one, other in itertools.pairwise(talk))
    assert next((role for role in talk if role != "system"), "user") == "user"
    kept = json.dumps(found)
    for message in messages:
        if isinstance(message["content"], str) and (message["role"] != "assistant" or message["content"].strip()):
            assert json.dumps(message["content"])[1:-1] in kept
