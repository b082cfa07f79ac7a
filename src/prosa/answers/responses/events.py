"""The streaming events of the Responses API: `type` first, then `sequence_number`.

Source: `openai.types.responses.ResponseStreamEvent`; Open Responses `schema/events.tsp` (which names reasoning's events
`response.reasoning.*`; OpenAI's own `response.reasoning_text.*` are the ones told here). Own events are named `prosa:…`, as Open
Responses asks of extensions. OpenAI has no event for a cancelled response: it is told as `response.incomplete`, the response's
status being `cancelled`.
"""

from typing import Final

from msgspec import Raw, Struct

from prosa.answers.responses.content import Logprob, OutputPart, ReasoningText, SummaryText
from prosa.answers.responses.hosted import Source
from prosa.answers.responses.items import OutputItem
from prosa.answers.responses.response import Response
from prosa.answers.responses.usage import Tokens


class _Event(Struct, tag_field="type"):
    sequence_number: int


class Created(_Event, tag="response.created"):
    response: Response


class Queued(_Event, tag="response.queued"):
    response: Response


class InProgress(_Event, tag="response.in_progress"):
    response: Response


class Completed(_Event, tag="response.completed"):
    response: Response


class Incomplete(_Event, tag="response.incomplete"):
    response: Response


class Failed(_Event, tag="response.failed"):
    response: Response


class ItemAdded(_Event, tag="response.output_item.added"):
    output_index: int
    item: OutputItem


class ItemDone(_Event, tag="response.output_item.done"):
    output_index: int
    item: OutputItem


class _OfItem(_Event):
    item_id: str
    output_index: int


class _OfPart(_OfItem):
    content_index: int


class PartAdded(_OfPart, tag="response.content_part.added"):
    part: OutputPart | ReasoningText


class PartDone(_OfPart, tag="response.content_part.done"):
    part: OutputPart | ReasoningText


class TextDelta(_OfPart, tag="response.output_text.delta"):
    delta: str
    logprobs: list[Logprob]


class TextDone(_OfPart, tag="response.output_text.done"):
    text: str
    logprobs: list[Logprob]


class AnnotationAdded(_OfPart, tag="response.output_text.annotation.added"):
    annotation_index: int
    annotation: Raw


class RefusalDelta(_OfPart, tag="response.refusal.delta"):
    delta: str


class RefusalDone(_OfPart, tag="response.refusal.done"):
    refusal: str


class ReasoningDelta(_OfPart, tag="response.reasoning_text.delta"):
    delta: str


class ReasoningDone(_OfPart, tag="response.reasoning_text.done"):
    text: str


class ArgumentsDelta(_OfItem, tag="response.function_call_arguments.delta"):
    delta: str


class ArgumentsDone(_OfItem, tag="response.function_call_arguments.done"):
    arguments: str


class _OfSummary(_OfItem):
    summary_index: int


class SummaryPartAdded(_OfSummary, tag="response.reasoning_summary_part.added"):
    part: SummaryText


class SummaryPartDone(_OfSummary, tag="response.reasoning_summary_part.done"):
    part: SummaryText


class SummaryDelta(_OfSummary, tag="response.reasoning_summary_text.delta"):
    delta: str


class SummaryDone(_OfSummary, tag="response.reasoning_summary_text.done"):
    text: str


class Error(_Event, tag="error"):
    code: str | None
    message: str
    param: str | None


class ToolArgumentsDelta(_OfItem, tag="prosa:tool_call_arguments.delta"):
    delta: str


class ToolArgumentsDone(_OfItem, tag="prosa:tool_call_arguments.done"):
    arguments: str


class ToolStarted(_OfItem, tag="prosa:tool_call.started"):
    """From here on the tool may have had an effect."""


class ToolAnswered(_OfItem, tag="prosa:tool_call.answered"):
    """What the model is told came of a call of a hosted tool, and what it may cite."""

    output: str
    sources: list[Source]


class SearchInProgress(_OfItem, tag="response.file_search_call.in_progress"):
    pass


class Searching(_OfItem, tag="response.file_search_call.searching"):
    pass


class SearchCompleted(_OfItem, tag="response.file_search_call.completed"):
    pass


class CodeInProgress(_OfItem, tag="response.code_interpreter_call.in_progress"):
    pass


class CodeDelta(_OfItem, tag="response.code_interpreter_call_code.delta"):
    delta: str


class CodeDone(_OfItem, tag="response.code_interpreter_call_code.done"):
    code: str


class Interpreting(_OfItem, tag="response.code_interpreter_call.interpreting"):
    pass


class CodeCompleted(_OfItem, tag="response.code_interpreter_call.completed"):
    pass


class ListInProgress(_OfItem, tag="response.mcp_list_tools.in_progress"):
    pass


class ListCompleted(_OfItem, tag="response.mcp_list_tools.completed"):
    pass


class ListFailed(_OfItem, tag="response.mcp_list_tools.failed"):
    pass


class ServedInProgress(_OfItem, tag="response.mcp_call.in_progress"):
    pass


class ServedDelta(_OfItem, tag="response.mcp_call_arguments.delta"):
    delta: str


class ServedDone(_OfItem, tag="response.mcp_call_arguments.done"):
    arguments: str


class ServedCompleted(_OfItem, tag="response.mcp_call.completed"):
    pass


class ServedFailed(_OfItem, tag="response.mcp_call.failed"):
    pass


class Listed(_Event, tag="prosa:tool_server.listed"):
    """Of which server the list is, as the next answer knows it again."""

    item_id: str
    server: str


class ServersReady(_Event, tag="prosa:tool_servers.ready"):
    """Lists and approved calls that stand before the model's first words are over."""


class ModelCalled(_Event, tag="prosa:model_call.completed"):
    """One of several model calls of a response is over; its tokens are in `usage`."""

    usage: Tokens | None


LIFECYCLE: Final = {
    "queued": Queued,
    "in_progress": InProgress,
    "completed": Completed,
    "incomplete": Incomplete,
    "cancelled": Incomplete,
    "failed": Failed,
}
