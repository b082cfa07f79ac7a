"""Steps of runs as the Assistants API shows them.

Source: `openai.types.beta.threads.runs` of the official SDK (run_step.py, tool_call.py and their neighbours). A tool of prosa's
own is shown as a function with its output: the API has no other word for it.
"""

from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from prosa.answers.assisting.standing import LastError, StepStatus, Usage

STEP: Final = "step_"
StepType = Literal["message_creation", "tool_calls"]
_ABSENT: Final = Raw()
_CODE: Final = "code_interpreter_call"
_SEARCH: Final = "file_search_call"


class _Text(Struct):
    text: str
    type: str = "text"


class _Result(Struct):
    file_id: str
    file_name: str
    score: float
    content: list[_Text] | UnsetType = UNSET


class _Ranking(Struct):
    ranker: str
    score_threshold: float


class _Search(Struct):
    ranking_options: _Ranking
    results: list[_Result]


class _Logs(Struct, tag="logs", tag_field="type"):
    logs: str


class _File(Struct):
    file_id: str


class _Image(Struct, tag="image", tag_field="type"):
    image: _File


class _Code(Struct):
    input: str
    outputs: list[_Logs | _Image]


class _Function(Struct):
    name: str
    arguments: str
    output: str | None = None


class FunctionCall(Struct, tag="function", tag_field="type"):
    """A call of a function, of the client's or of prosa's own."""

    id: str
    function: _Function


class SearchCall(Struct, tag="file_search", tag_field="type"):
    """A search."""

    id: str
    file_search: _Search


class CodeCall(Struct, tag="code_interpreter", tag_field="type"):
    """Code that was run."""

    id: str
    code_interpreter: _Code


ToolCall = FunctionCall | SearchCall | CodeCall


class _Made(Struct):
    message_id: str


class _Creation(Struct, tag="message_creation", tag_field="type"):
    message_creation: _Made


class _Calls(Struct, tag="tool_calls", tag_field="type"):
    tool_calls: list[ToolCall]


class StepObject(Struct, kw_only=True):
    """A `thread.run.step`; moments in seconds since 1970."""

    id: str
    object: Literal["thread.run.step"] = "thread.run.step"
    created_at: int
    run_id: str
    assistant_id: str
    thread_id: str
    type: StepType
    status: StepStatus = "in_progress"
    cancelled_at: int | None = None
    completed_at: int | None = None
    expired_at: int | None = None
    failed_at: int | None = None
    last_error: LastError | None = None
    step_details: _Creation | _Calls
    usage: Usage | None = None
    metadata: dict[str, str] = {}


class GivenCall(Struct):
    """Any call, as the Responses API tells it."""

    type: str
    id: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    output: Raw = _ABSENT
    code: str | None = None
    outputs: list["_GivenOutput"] | None = None
    results: list["_GivenResult"] | None = None
    status: str = "in_progress"


class _GivenOutput(Struct):
    type: str
    logs: str = ""
    url: str = ""


class _GivenResult(Struct):
    file_id: str = ""
    filename: str = ""
    score: float = 0.0
    text: str = ""


@dataclass(slots=True)
class Call:
    """A call within a step. `awaited`: the client has to answer it; `whole`: it has been answered, by whoever."""

    given: GivenCall
    awaited: bool
    output: str | None = None
    whole: bool = False
    pieces: list[str] = field(default_factory=list)  # of arguments, or of code

    @property
    def id(self) -> str:
        """Its id as it is shown: the one that the model gave, where it gave one."""
        return self.given.call_id or self.given.id

    def shown(self, *, results: bool) -> ToolCall:
        """As it stands; with `results`, what a search found stands in it in words."""
        given = self.given
        if given.type == _SEARCH:
            found = [_result(each, results) for each in given.results or ()]
            return SearchCall(self.id, _Search(_Ranking("default_2024_08_21", 0.0), found))
        if given.type == _CODE:
            return CodeCall(self.id, _Code(given.code or "".join(self.pieces), _outputs(given)))
        return FunctionCall(self.id, _Function(given.name, given.arguments or "".join(self.pieces), self.output))


@dataclass(slots=True)
class Step:
    """One step while it grows. `number` of the model call in which it began."""

    item_id: str  # of the first item in it, without its prefix
    type: StepType
    created_at: int
    call: int
    message_id: str = ""
    calls: list[Call] = field(default_factory=list)
    whole: bool = False  # of a message: it has been said
    status: StepStatus = "in_progress"
    ended_at: int | None = None
    error: LastError | None = None
    usage: Usage | None = None

    @property
    def id(self) -> str:
        """Its id as it is shown."""
        return STEP + self.item_id

    @property
    def open(self) -> bool:
        """Whether it has still to end."""
        return self.status == "in_progress"

    @property
    def done(self) -> bool:
        """Whether nothing of it is missing any more."""
        return self.whole if self.type == "message_creation" else all(call.whole for call in self.calls)

    def end(self, status: StepStatus, at: int, error: LastError | None = None) -> None:
        """It is over. A step's error has no word for a prompt that was refused."""
        if error is not None and error.code == "invalid_prompt":
            error = LastError("server_error", error.message)
        self.status, self.ended_at, self.error = status, at, error

    def shown(self, run_id: str, assistant_id: str, thread_id: str, *, results: bool = False) -> StepObject:
        """As it stands; the ids as they are shown."""
        details: _Creation | _Calls = _Creation(_Made(self.message_id))
        if self.type == "tool_calls":
            details = _Calls([call.shown(results=results) for call in self.calls])
        shown = StepObject(
            id=self.id,
            created_at=self.created_at,
            run_id=run_id,
            assistant_id=assistant_id,
            thread_id=thread_id,
            type=self.type,
            status=self.status,
            step_details=details,
            usage=self.usage,
            last_error=self.error,
        )
        if not self.open:
            setattr(shown, f"{self.status}_at", self.ended_at)
        return shown


def output_of(given: GivenCall) -> str | None:
    """What came of a call, as a text."""
    raw = bytes(given.output)
    if not raw:
        return None
    told = msgspec.json.decode(raw)
    return told if isinstance(told, str) or told is None else raw.decode()


def _result(given: _GivenResult, results: bool) -> _Result:
    shown = _Result(given.file_id, given.filename, given.score)
    if results:
        shown.content = [_Text(given.text)]
    return shown


def _outputs(given: GivenCall) -> list[_Logs | _Image]:
    found: list[_Logs | _Image] = []
    for output in given.outputs or ():
        if output.type == "logs":
            found.append(_Logs(output.logs))
        elif output.type == "image" and output.url:
            found.append(_Image(_File(output.url[output.url.rfind("/") + 1 :])))
    return found
