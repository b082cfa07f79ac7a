"""Threads, runs and steps in OpenAI's fields. Source: `openai.types.beta.thread` and its neighbours of the official SDK."""

from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.answers import Facts, RunPage, Step, Thread

_encode: Final = msgspec.json.Encoder().encode


class _Thread(Struct):
    id: str
    created_at: int
    metadata: Raw
    tool_resources: Raw
    object: Literal["thread"] = "thread"


class _Page(Struct):
    data: list[Raw]
    first_id: str | None
    last_id: str | None
    has_more: bool
    object: Literal["list"] = "list"


def thread_json(thread: Thread) -> bytes:
    """A thread's JSON."""
    told = thread.conversation
    return _encode(_Thread(thread.shown, int(told.created_at), Raw(told.metadata), Raw(thread.resources.shown())))


def runs_json(page: RunPage) -> bytes:
    """A page of runs."""
    return _page([Raw(each) for each in page.objects], page.ids, more=page.more)


def step_json(facts: Facts, step: Step, *, results: bool) -> bytes:
    """A step; with `results`, what a search found stands in it in words."""
    return _encode(step.shown(facts.id, facts.assistant_id, facts.thread_id, results=results))


def steps_json(facts: Facts, steps: list[Step], *, more: bool, results: bool) -> bytes:
    """A page of steps."""
    return _page([Raw(step_json(facts, step, results=results)) for step in steps], [step.id for step in steps], more=more)


def _page(data: list[Raw], ids: list[str], *, more: bool) -> bytes:
    return _encode(_Page(data, ids[0] if ids else None, ids[-1] if ids else None, more))
