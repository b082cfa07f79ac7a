"""The response object in each of its states.

Source: `openai.types.responses.Response`. Three fields are not among OpenAI's types, and are here because Open Responses requires
them: `store`, `presence_penalty`, `frequency_penalty`. `incomplete_details.reason` may be one of prosa's own: `interrupted`, and
`time_limit` and `max_steps` where a bound of the server ended a response, `max_prompt_tokens` where one of the request did, and
`expired` where the outputs of functions were waited for in vain.
"""

from typing import Final, Literal

import msgspec
from msgspec import Raw, Struct

from prosa.answers.responses.items import OutputItem
from prosa.answers.responses.request import Conversation, JsonSchema, PlainText, ResponseRequest, TextForm
from prosa.answers.responses.said import Said
from prosa.answers.responses.usage import Tokens
from prosa.kit.errors import ProsaError

Status = Literal["queued", "in_progress", "completed", "failed", "cancelled", "incomplete"]
Reason = Literal["max_output_tokens", "content_filter", "interrupted", "time_limit", "max_steps", "max_prompt_tokens", "expired"]
RESPONSE: Final = "resp_"


class Failure(Struct, frozen=True):
    """Why a response failed: `code` is one of OpenAI's; prosa's own code stands in the `error` event before it."""

    code: str
    message: str


class IncompleteDetails(Struct, frozen=True):
    """Why a response ended early."""

    reason: Reason


class ReasoningShown(Struct, frozen=True):
    """How much the model was to think."""

    effort: str | None = None
    summary: str | None = None


class Response(Struct, kw_only=True):
    """A response; what stands in it at first is what was asked."""

    id: str
    object: Literal["response"] = "response"
    created_at: int  # seconds since 1970
    model: str
    status: Status = "in_progress"
    background: bool = False
    completed_at: int | None = None
    conversation: Conversation | None = None
    error: Failure | None = None
    frequency_penalty: float = 0.0
    incomplete_details: IncompleteDetails | None = None
    instructions: str | None = None
    max_output_tokens: int | None = None
    max_tool_calls: int | None = None
    metadata: dict[str, str] = msgspec.field(default_factory=dict)
    output: list[OutputItem] = msgspec.field(default_factory=list)
    parallel_tool_calls: bool = True
    presence_penalty: float = 0.0
    previous_response_id: str | None = None
    prompt_cache_key: str | None = None
    prompt_cache_retention: str | None = None
    reasoning: ReasoningShown = msgspec.field(default_factory=ReasoningShown)
    safety_identifier: str | None = None
    service_tier: str = "default"
    store: bool = True
    temperature: float = 1.0
    text: TextForm = msgspec.field(default_factory=TextForm)
    tool_choice: Raw = Raw(b'"auto"')
    tools: list[Raw] = msgspec.field(default_factory=list)
    top_logprobs: int = 0
    top_p: float = 1.0
    truncation: str = "disabled"
    usage: Tokens | None = None
    user: str | None = None


_encode: Final = msgspec.json.Encoder().encode
# What OpenAI's type lets an error's code be; everything else is the server's.
_FAILURES: Final = {
    429: "rate_limit_exceeded",
    400: "invalid_prompt",
    413: "invalid_prompt",
    422: "invalid_prompt",
}


def new_response(request: ResponseRequest, id: str, created_at: float, model: str, status: Status = "in_progress") -> Response:
    """The response to a request at its beginning; `id` bare, `created_at` in seconds since 1970."""
    thinking = request.reasoning
    return Response(
        id=RESPONSE + id,
        created_at=int(created_at),
        model=model,
        status=status,
        background=bool(request.background),
        conversation=Conversation(request.conversation_id) if request.conversation_id else None,
        frequency_penalty=request.frequency_penalty or 0.0,
        instructions=request.instructions,
        max_output_tokens=request.max_output_tokens,
        max_tool_calls=request.max_tool_calls,
        metadata=request.metadata or {},
        parallel_tool_calls=request.parallel_tool_calls is not False,
        presence_penalty=request.presence_penalty or 0.0,
        previous_response_id=request.previous_response_id,
        prompt_cache_key=request.prompt_cache_key,
        prompt_cache_retention=(request.prompt_cache_retention or "").replace("-", "_") or None,
        reasoning=ReasoningShown(thinking.effort, thinking.summary or thinking.generate_summary)
        if thinking
        else ReasoningShown(),
        safety_identifier=request.safety_identifier,
        service_tier=request.service_tier if request.service_tier not in (None, "auto") else "default",
        store=request.stored_after,
        temperature=request.temperature if request.temperature is not None else 1.0,
        text=_shown(request.text),
        tool_choice=request.tool_choice if bytes(request.tool_choice) not in (b"", b"null") else Raw(b'"auto"'),
        tools=request.tools or [],
        top_logprobs=request.top_logprobs or 0,
        top_p=request.top_p if request.top_p is not None else 1.0,
        truncation=request.truncation or "disabled",
        user=request.user,
    )


def _shown(form: TextForm | None) -> TextForm:
    """The form of the answer, with OpenAI's defaults in it."""
    format = (form and form.format) or PlainText()
    if isinstance(format, JsonSchema) and format.strict is None:
        format = msgspec.structs.replace(format, strict=False)
    return TextForm(format, (form and form.verbosity) or "medium")


def end(
    response: Response, status: Status, said: Said, at: float, *, reason: Reason | None = None, error: ProsaError | None = None
) -> Response:
    """End a response with what was said, at a moment in seconds since 1970; returns it."""
    response.status = status
    response.output = said.output
    response.usage = said.usage
    response.completed_at = int(at) if status == "completed" else None
    response.incomplete_details = IncompleteDetails(reason) if reason is not None else None
    response.error = failure(error) if error is not None else None
    return response


def failure(error: ProsaError) -> Failure:
    """An error as a response tells of it."""
    return Failure(_FAILURES.get(error.status, "server_error"), error.message)


def response_json(response: Response) -> bytes:
    """The response as one line of JSON."""
    return _encode(response)
