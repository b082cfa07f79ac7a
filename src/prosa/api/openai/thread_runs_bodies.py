"""What runs of threads answer, in OpenAI's fields, and what they are sent, as the API document tells it.

Source: `openai.types.beta.threads.run`, `run_create_params`, `runs.run_step` of the official SDK. What is sent is judged by
`prosa.answers.assisting.run_request`.
"""

from typing import Any, Final, Literal

from pydantic import BaseModel, Field

from prosa.api.openai.conversations_bodies import METADATA_SCHEMA
from prosa.api.openai.documents import ErrorEnvelope
from prosa.api.openai.threads_bodies import EXAMPLE_THREAD

EXAMPLE_RUN: Final = "run_7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_STEP: Final = "step_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5"
EXAMPLE_ASSISTANT: Final = "asst_1c0ffee0a5b84e1d8f7f3ce2a1b0c4d5"
REASONS: Final = {
    400: "A field is missing, unknown, of the wrong kind or out of its bounds; or the run's state, or the thread's, forbids it.",
    401: "The key is missing or not valid.",
    403: "The key was not made for this.",
    404: "There is no such thread, run, step or assistant, or it is not yours; or no provider serves the model.",
    410: "The run's events aren't kept any more; the run itself is.",
    413: "The body is too large.",
    429: "Too many calls, or too many runs at once; `Retry-After` says when to come again.",
    503: "No provider is configured or available, or the database is away.",
}
STREAM: Final[dict[str, Any]] = {
    "content": {
        "text/event-stream": {
            "schema": {"type": "string"},
            "example": (
                "event: thread.message.delta\n"
                'data: {"id":"msg_9d2c61f0a5b84e1d8f7f3ce2a1b0c4d5","object":"thread.message.delta",'
                '"delta":{"content":[{"index":0,"type":"text","text":{"value":"Olá"}}]}}\n\n'
            ),
        }
    },
}


class RunDocument(BaseModel):
    """A run in one of its states."""

    id: str = Field(examples=[EXAMPLE_RUN])
    object: Literal["thread.run"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    assistant_id: str = Field(
        description="Empty for a run that another API began in this conversation.", examples=[EXAMPLE_ASSISTANT]
    )
    thread_id: str = Field(examples=[EXAMPLE_THREAD])
    status: Literal[
        "queued", "in_progress", "requires_action", "cancelling", "cancelled", "failed", "completed", "incomplete", "expired"
    ]
    started_at: int | None
    expires_at: int | None = Field(
        description="Until when it may take, or, where it waits for outputs, until when these may come."
    )
    cancelled_at: int | None
    failed_at: int | None
    completed_at: int | None
    required_action: dict[str, Any] | None = Field(description="The functions that the client has to run.")
    last_error: dict[str, Any] | None
    model: str = Field(examples=["mock"])
    instructions: str
    tools: list[dict[str, Any]]
    metadata: dict[str, str]
    temperature: float
    top_p: float
    max_completion_tokens: int | None
    max_prompt_tokens: int | None
    truncation_strategy: dict[str, Any]
    incomplete_details: dict[str, Any] | None
    usage: dict[str, int] | None = Field(description="null until the run has ended.")
    response_format: str | dict[str, Any]
    tool_choice: str | dict[str, Any]
    parallel_tool_calls: bool


class RunsDocument(BaseModel):
    """A page of runs."""

    object: Literal["list"]
    data: list[RunDocument]
    first_id: str | None
    last_id: str | None
    has_more: bool


class StepDocument(BaseModel):
    """A step of a run."""

    id: str = Field(examples=[EXAMPLE_STEP])
    object: Literal["thread.run.step"]
    created_at: int = Field(description="Seconds since 1970.", examples=[1760000000])
    run_id: str = Field(examples=[EXAMPLE_RUN])
    assistant_id: str = Field(examples=[EXAMPLE_ASSISTANT])
    thread_id: str = Field(examples=[EXAMPLE_THREAD])
    type: Literal["message_creation", "tool_calls"]
    status: Literal["in_progress", "cancelled", "failed", "completed", "expired"]
    cancelled_at: int | None
    completed_at: int | None
    expired_at: int | None
    failed_at: int | None
    last_error: dict[str, Any] | None
    step_details: dict[str, Any]
    usage: dict[str, int] | None
    metadata: dict[str, str]


class StepsDocument(BaseModel):
    """A page of steps."""

    object: Literal["list"]
    data: list[StepDocument]
    first_id: str | None
    last_id: str | None
    has_more: bool


def answers_with(model: type[BaseModel], *errors: int, stream: bool = False) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`: the answer, perhaps also as a stream, and these errors."""
    found: dict[int | str, dict[str, Any]] = {200: {"model": model} | (STREAM if stream else {})}
    found |= {status: {"model": ErrorEnvelope, "description": REASONS[status]} for status in errors}
    return found | {"4XX": {"model": ErrorEnvelope, "description": "Any other refusal, such as 429."}}


def _optional(type: str, **more: Any) -> dict[str, Any]:
    return {"type": [type, "null"]} | more


_MESSAGES: Final[dict[str, Any]] = {"type": ["array", "null"], "items": {"type": "object", "additionalProperties": True}}
_OPTIONS: Final[dict[str, Any]] = {
    "assistant_id": {"type": "string", "maxLength": 256},
    "model": _optional("string", description="In the place of the assistant's."),
    "instructions": _optional("string", maxLength=256_000, description="In the place of the assistant's."),
    "tools": {"type": ["array", "null"], "maxItems": 128, "items": {"type": "object", "additionalProperties": True}},
    "metadata": METADATA_SCHEMA,
    "temperature": _optional("number", minimum=0, maximum=2),
    "top_p": _optional("number", minimum=0, maximum=1),
    "stream": _optional("boolean", description="Server-sent events, ended by `done`."),
    "max_prompt_tokens": _optional("integer", minimum=256),
    "max_completion_tokens": _optional("integer", minimum=256),
    "truncation_strategy": _optional("object"),
    "tool_choice": {"type": ["string", "object", "null"]},
    "parallel_tool_calls": _optional("boolean"),
    "response_format": {"type": ["string", "object", "null"]},
    "reasoning_effort": _optional("string"),
}


def _body(properties: dict[str, Any], required: str | None, example: dict[str, Any]) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "object", "properties": properties, "additionalProperties": False}
    if required is not None:
        schema["required"] = [required]
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required is not None, "content": content}}


RUN_BODY: Final = _body(
    _OPTIONS
    | {
        "additional_instructions": _optional("string", maxLength=256_000, description="Behind the instructions."),
        "additional_messages": _MESSAGES | {"description": "Added to the thread before the run begins, with it or not at all."},
    },
    "assistant_id",
    {"assistant_id": EXAMPLE_ASSISTANT, "instructions": "Answer in Portuguese."},
)
THREAD_RUN_BODY: Final = _body(
    _OPTIONS
    | {"thread": _optional("object", description="As `POST /v1/threads` takes it."), "tool_resources": _optional("object")},
    "assistant_id",
    {"assistant_id": EXAMPLE_ASSISTANT, "thread": {"messages": [{"role": "user", "content": "Olá!"}]}},
)
EDIT_BODY: Final = _body({"metadata": METADATA_SCHEMA}, None, {"metadata": {"topic": "mulas"}})
OUTPUTS_BODY: Final = _body(
    {
        "tool_outputs": {
            "type": "array",
            "maxItems": 128,
            "items": {
                "type": "object",
                "properties": {"tool_call_id": {"type": "string"}, "output": {"type": "string"}},
                "additionalProperties": False,
            },
        },
        "stream": _optional("boolean", description="The run's further events, ended by `done`."),
    },
    "tool_outputs",
    {"tool_outputs": [{"tool_call_id": "call_abc", "output": "12 °C"}]},
)
