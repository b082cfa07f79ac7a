"""How the app's API shows runs and the events of their logs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Any, Final

import msgspec
from fastapi import Header, Query
from pydantic import BaseModel, Field

from prosa import runs
from prosa.answers import Pending, Speaker, Speakers
from prosa.api.app.shapes import EXAMPLE_ID, EXAMPLE_MOMENT, Moment
from prosa.kit import moments
from prosa.runs import Event, RunState

RUN: Final = "run_"
CONVERSATION: Final = "conv_"
EXAMPLE_RUN: Final = RUN + EXAMPLE_ID
MOST_EVENTS: Final = 1_000
MOST_WAIT: Final = 60.0
MOST_NUMBER: Final = 2**31 - 1

After = Annotated[
    int, Query(alias="starting_after", ge=-1, le=MOST_NUMBER, description="The number of the last event that was seen; -1: none.")
]
LastEventId = Annotated[
    int | None,
    Header(ge=-1, le=MOST_NUMBER, alias="Last-Event-ID", description="The same, as a browser's EventSource sends it; it wins."),
]
EventLimit = Annotated[int, Query(ge=1, le=MOST_EVENTS, description="How many events at most, where a page is asked for.")]
Wait = Annotated[
    float,
    Query(ge=0, le=MOST_WAIT, description="For how many seconds a page waits for the first new event, where there is none yet."),
]


EXAMPLE_FRAMES: Final = (
    'id: 4\nevent: response.output_text.delta\ndata: {"type":"response.output_text.delta","sequence_number":4,"delta":"Olá"}\n\n'
)


class RunAssistant(BaseModel):
    """The assistant that answers in a run, as the run found it when it began."""

    id: str = Field(examples=["asst_" + EXAMPLE_ID])
    version: int = Field(description="The version whose instructions, tools and knowledge the run has.", examples=[3])
    name: str | None = Field(description="Its name in that version.", examples=["Contratos"])


class AwaitedCall(BaseModel):
    """A function of the client's, which a program has to run."""

    call_id: str = Field(examples=["call_7b68"])
    name: str = Field(examples=["get_weather"])
    arguments: str = Field(description="JSON, as the model wrote it.", examples=['{"city":"Recife"}'])


class Awaited(BaseModel):
    """What a run in the state `waiting` waits for. A run of the Assistants API waits for what functions give."""

    until: Moment = Field(description="The run ends as expired if nobody has answered by then.")
    calls: list[AwaitedCall]


class Run(BaseModel):
    """A run: an answer that is being made or was made, or anything else that takes its time."""

    id: str = Field(
        description="Its random part is the same under every prefix: the run `run_…` of kind `answer` is the response `resp_…`.",
        examples=[EXAMPLE_RUN],
    )
    kind: str = Field(examples=["answer"])
    state: RunState
    open: bool = Field(description="Whether it has still to end.")
    conversation_id: str | None = Field(examples=[CONVERSATION + EXAMPLE_ID])
    previous_id: str | None = Field(description="The run that it follows on.", examples=[None])
    metadata: dict[str, str]
    assistant: RunAssistant | None = Field(description="Which assistant answers; null: none.", examples=[None])
    awaits: Awaited | None = Field(description="What it waits for, in the state `waiting`.", examples=[None])
    created_at: Moment
    ended_at: datetime | None = Field(examples=[EXAMPLE_MOMENT])
    events_kept: bool = Field(description="Whether its events can still be followed; its result stays.")


class WholeRun(Run):
    """A run with what came of it."""

    result: dict[str, Any] | None = Field(  # a kind's own words
        description="In its kind's words (an answer: the response object of `/v1/responses`); null while it is open.",
        examples=[None],
    )


class LoggedEvent(BaseModel):
    """One event of a run's log."""

    number: int = Field(description="Its place in the log, from 0 on, without a gap.", examples=[0])
    event: dict[str, Any] = Field(  # a kind's own words
        description="In its kind's words (an answer: a streaming event of the Responses API).",
        examples=[{"type": "response.output_text.delta", "sequence_number": 4, "delta": "Olá"}],
    )


class EventPage(BaseModel):
    """Events that follow the one that was named."""

    data: list[LoggedEvent]
    last: int = Field(description="The number to name next time.", examples=[4])
    ended: bool = Field(description="Whether the run's last event is among them, or was seen before.")


@dataclass(frozen=True, slots=True)
class Beside:
    """What is told of runs beside themselves, by their ids: who answers in them, and what they wait for."""

    speakers: Mapping[str, Speaker] = field(default_factory=dict)
    awaited: Mapping[str, Pending] = field(default_factory=dict)

    @staticmethod
    async def of(engine: runs.Engine, found: Sequence[runs.Run]) -> "Beside":
        """Of runs of one space."""
        if not found:
            return Beside()
        told, space = Speakers(engine), found[0].space
        return Beside(await told.of(space, found), await told.awaited(space, found))


_NOTHING: Final = Beside()


def run_shown(run: runs.Run, beside: Beside = _NOTHING) -> Run:
    """A run as lists show it."""
    return Run(**_fields(run, beside))


def whole_run_shown(run: runs.Run, result: bytes | None, beside: Beside = _NOTHING) -> WholeRun:
    """A run with its result, JSON."""
    return WholeRun(**_fields(run, beside), result=None if result is None else msgspec.json.decode(result))


def page_shown(events: list[Event], after: int, ended: bool) -> EventPage:
    """A page of a log."""
    data = [LoggedEvent(number=event.number, event=msgspec.json.decode(event.data)) for event in events]
    return EventPage(data=data, last=events[-1].number if events else after, ended=ended)


def _assistant(speaker: Speaker | None) -> RunAssistant | None:
    return None if speaker is None else RunAssistant(id=speaker.assistant_id, version=speaker.version, name=speaker.name)


def _awaited(pending: Pending | None) -> Awaited | None:
    if pending is None:
        return None
    calls = [AwaitedCall(call_id=call.call_id, name=call.name, arguments=call.arguments) for call in pending.calls]
    return Awaited(until=moments.shown(pending.due_at * moments.SECOND), calls=calls)


def _fields(run: runs.Run, beside: Beside) -> dict[str, Any]:  # of a model
    return {
        "id": RUN + run.id,
        "kind": run.kind,
        "state": run.state,
        "open": run.open,
        "conversation_id": None if run.conversation_id is None else CONVERSATION + run.conversation_id,
        "previous_id": None if run.previous_id is None else RUN + run.previous_id,
        "metadata": msgspec.json.decode(run.metadata) if run.metadata is not None else {},
        "assistant": _assistant(beside.speakers.get(run.id)),
        "awaits": _awaited(beside.awaited.get(run.id)),
        "created_at": moments.shown(run.created_at),
        "ended_at": moments.shown_if(run.ended_at),
        "events_kept": not run.trimmed,
    }
