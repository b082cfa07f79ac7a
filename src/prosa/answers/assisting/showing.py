"""Runs as the Assistants API shows them.

Source: `openai.types.beta.threads.run` of the official SDK. A run that another dialect began belongs to no assistant: its
`assistant_id` is empty.
"""

from dataclasses import dataclass
from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.answers.assisting.messages import RUN
from prosa.answers.assisting.pinned import AUTO, PendingCall, Pinned, Truncation
from prosa.answers.assisting.standing import LastError, Standing, Usage, standing_of
from prosa.answers.models import Asked
from prosa.answers.responses import ResponseRequest
from prosa.kit import moments
from prosa.runs import Run


class _Function(Struct):
    name: str
    arguments: str


class _Call(Struct):
    id: str
    function: _Function
    type: str = "function"


class _Calls(Struct):
    tool_calls: list[_Call]


class RequiredAction(Struct):
    """What the client has to do for the run to go on."""

    submit_tool_outputs: _Calls
    type: str = "submit_tool_outputs"


class IncompleteDetails(Struct):
    """Which bound ended the run."""

    reason: str


class RunObject(Struct, kw_only=True):
    """A `thread.run`; every member is always there, null where there is nothing. Moments in seconds since 1970."""

    id: str
    object: Literal["thread.run"] = "thread.run"
    created_at: int
    assistant_id: str
    thread_id: str
    status: str
    started_at: int | None = None
    expires_at: int | None = None
    cancelled_at: int | None = None
    failed_at: int | None = None
    completed_at: int | None = None
    required_action: RequiredAction | None = None
    last_error: LastError | None = None
    model: str
    instructions: str
    tools: Raw
    metadata: dict[str, str]
    temperature: float = 1.0
    top_p: float = 1.0
    max_completion_tokens: int | None = None
    max_prompt_tokens: int | None = None
    truncation_strategy: Truncation
    incomplete_details: IncompleteDetails | None = None
    usage: Usage | None = None
    response_format: Raw
    tool_choice: Raw
    parallel_tool_calls: bool


_NO_TOOLS: Final = Raw(b"[]")
_metadata: Final = msgspec.json.Decoder(dict[str, str] | None).decode
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Facts:
    """What of a run stays as it is; `thread_id` as it is shown, `seconds` how long one may take."""

    run: Run
    thread_id: str
    asked: Asked
    request: ResponseRequest
    seconds: float

    @staticmethod
    def of(run: Run, thread_id: str, seconds: float) -> "Facts":
        """Of a run that was read whole."""
        asked = Asked.of(run)
        return Facts(run, thread_id, asked, ResponseRequest.from_stored(bytes(asked.request)), seconds)

    @property
    def id(self) -> str:
        """The run's id as it is shown."""
        return RUN + self.run.id

    @property
    def assistant_id(self) -> str:
        """The assistant's id as it is shown; empty where none speaks."""
        return self.asked.assisting.assistant_id if self.asked.assisting is not None else ""

    @property
    def created_at(self) -> int:
        """In seconds since 1970."""
        return self.run.created_at // moments.SECOND


def run_object(facts: Facts, standing: Standing) -> RunObject:
    """The run as it stands so."""
    request, pinned = facts.request, facts.asked.assisting or _none(facts)
    shown = RunObject(
        id=facts.id,
        created_at=facts.created_at,
        assistant_id=facts.assistant_id,
        thread_id=facts.thread_id,
        status=standing.status,
        model=facts.asked.name or facts.asked.model,
        instructions=request.instructions or "",
        tools=pinned.tools,
        metadata=_metadata(facts.run.metadata or "{}") or {},
        temperature=request.temperature if request.temperature is not None else 1.0,
        top_p=request.top_p if request.top_p is not None else 1.0,
        max_completion_tokens=pinned.max_completion_tokens,
        max_prompt_tokens=pinned.max_prompt_tokens,
        truncation_strategy=pinned.truncation,
        response_format=pinned.response_format,
        tool_choice=pinned.tool_choice,
        parallel_tool_calls=request.parallel_tool_calls is not False,
        last_error=standing.error,
        usage=standing.usage,
        incomplete_details=IncompleteDetails(standing.reason) if standing.reason is not None else None,
        required_action=_action(standing.calls) if standing.calls else None,
    )
    _date(shown, facts, standing)
    return shown


def run_json(run: Run, thread_id: str, seconds: float, standing: Standing | None = None) -> bytes:
    """A stored run as JSON, as it stands now or as it is said to."""
    return _encode(run_object(Facts.of(run, thread_id, seconds), standing or standing_of(run)))


def _date(shown: RunObject, facts: Facts, standing: Standing) -> None:
    if standing.status != "queued":
        shown.started_at = facts.created_at
    if standing.at is None:
        shown.expires_at = standing.due_at or facts.created_at + int(facts.seconds)
    elif standing.status == "completed":
        shown.completed_at = standing.at
    elif standing.status == "cancelled":
        shown.cancelled_at = standing.at
    elif standing.status == "expired":
        shown.expires_at = standing.at
    elif standing.status == "failed":
        shown.failed_at = standing.at
    else:
        shown.completed_at = standing.at  # incomplete


def _action(calls: list[PendingCall]) -> RequiredAction:
    return RequiredAction(_Calls([_Call(call.call_id, _Function(call.name, call.arguments)) for call in calls]))


def _none(facts: Facts) -> Pinned:
    """Of a run that another dialect began: what its request says in words that the Assistants API has, too."""
    return Pinned("", 0, "", _NO_TOOLS, AUTO, AUTO, max_completion_tokens=facts.request.max_output_tokens)
