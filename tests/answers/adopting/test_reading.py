"""Objects that somebody saved, or made up: whatever stands in them, each is taken as far as it can be, or refused in words."""

import json
import random
from collections.abc import Iterator
from typing import Any, Final

import msgspec
import pytest

from prosa.answers.adopting.models import Unreadable
from prosa.answers.adopting.reading import file_of, files_of, member_of, message_of, store_of, thread_of
from prosa.answers.adopting.runs import run_of
from prosa.answers.adopting.steps import calls_of
from prosa.answers.assisting.messages import message_json
from prosa.answers.assisting.resources import Resources
from prosa.answers.assisting.showing import run_json
from prosa.conversations import Conversation, Item, margin_of
from prosa.files import Purpose
from tests.answers.adopting import saved

ODD: Final[tuple[Any, ...]] = (
    None,
    True,
    -1,
    1e300,
    "",
    "x",
    "\u0000\ud7ff",
    "9" * 5000,
    [],
    [None],
    ["x"],
    {},
    {"type": 7},
    {"x": {}},
)
NAMES = {saved.RULES.removeprefix("file-"): "regras.txt"}
MESSAGE: Final[dict[str, Any]] = saved.objects()["messages"][2]
SHOWN: Final[dict[str, Any]] = saved.objects()["messages"][1]


def paths(value: Any, before: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """The place of each member, within members too."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, each in inside:
        yield (*before, key)
        yield from paths(each, (*before, key))


def broken(whole: dict[str, Any], seed: int) -> Iterator[bytes]:
    """The object with every member in turn as something else, or missing."""
    chance = random.Random(seed)
    for path in paths(whole):
        for odd in (*chance.sample(ODD, 5), ...):
            copy = json.loads(json.dumps(whole))
            place = copy
            for key in path[:-1]:
                place = place[key]
            if odd is ...:
                del place[path[-1]]
            else:
                place[path[-1]] = odd
            yield msgspec.json.encode(copy)


@pytest.mark.attack("L8")
def test_odd_messages_are_shown_or_refused_and_break_nothing() -> None:
    seed = random.randrange(10**6)
    for whole in (MESSAGE, SHOWN, saved.objects()["messages"][0]):
        for body in broken(whole, seed):
            try:
                message, _ = message_of("msg_x", body, 1_700_000_000, NAMES)
            except Unreadable:
                continue
            assert all(id.isalnum() for id in files_of(body)), (seed, body)
            message_json(
                Item("ana", "message", message.body, 1.0, made=message.run_id is not None, run_id=message.run_id), "thread_x"
            )


@pytest.mark.attack("L8")
def test_odd_runs_and_steps_break_nothing() -> None:
    seed = random.randrange(10**6)
    for body in broken(saved.RUN_OBJECT, seed):
        run = run_of("abc123", body, ("ana", "0" * 32), 1_700_000_000)
        assert json.loads(run_json(run, "thread_x", 600.0))["object"] == "thread.run", (seed, body)
    for body in broken(saved.STEP_OBJECT, seed):
        for call in calls_of("abc123", body, "abc124", 1_700_000_000):
            assert json.loads(call.body)["type"] == call.kind, (seed, body)


@pytest.mark.attack("L8")
def test_odd_threads_files_and_stores_break_nothing() -> None:
    seed = random.randrange(10**6)
    for body in broken(saved.thread("thread_x", tool_resources={"code_interpreter": {"file_ids": [saved.RULES]}}), seed):
        thread, _ = thread_of("thread_x", body, 1_700_000_000, (set(), set(NAMES)))
        Conversation("0" * 32, "ana", thread.metadata, thread.created_at, 1.0)
        Resources.of(thread.resources)
    for body in broken(saved.file(saved.RULES, "regras.txt", 7), seed):
        assert Purpose(file_of("abc123", body).purpose) in Purpose
    for body in broken(saved.store(saved.STORE, "Regras", expires_after={"anchor": "last_active_at", "days": 7}), seed):
        assert len(store_of(body, "abc123")[0].metadata) >= 2
    strategy = {"type": "static", "static": {"max_chunk_size_tokens": 400, "chunk_overlap_tokens": 100}}
    for body in broken(saved.member(saved.STORE, saved.RULES, chunking_strategy=strategy), seed):
        assert member_of(body).chunking.max_chunk_size_tokens in (400, 800)


def test_a_message_keeps_what_the_vendor_said_of_it() -> None:
    details = {"status": "incomplete", "incomplete_details": {"reason": "max_tokens"}, "metadata": {"a": "b"}}
    message, notes = message_of(saved.REPLY, msgspec.json.encode(MESSAGE | details), 1_700_000_203, NAMES)
    margin = margin_of(message.body)
    assert (message.run_id, margin.assistant_id, margin.reason, margin.metadata) == (
        *(saved.RUN.removeprefix("run_"), saved.ASSISTANT, "max_tokens"),
        {"a": "b"},
    )
    assert not notes and json.loads(message.body)["status"] == "incomplete"
    [text] = json.loads(message.body)["content"]
    assert (
        text["annotations"][0] | {"type": "file_citation", "file_id": saved.RULES, "filename": "regras.txt"}
        == text["annotations"][0]
    )


def test_pages_that_were_saved_before_messages_had_parts_are_read_too() -> None:
    plain = saved.message("msg_x", saved.THREAD, "user", "Olá", 1_700_000_000)
    message, _ = message_of("msg_x", msgspec.json.encode(plain), 1_700_000_000, {})
    assert json.loads(message.body)["content"] == [{"type": "input_text", "text": "Olá"}]
    with pytest.raises(Unreadable, match="neither a user's message nor an assistant's"):
        message_of("msg_x", msgspec.json.encode(plain | {"role": "system"}), 1_700_000_000, {})
