"""A request of POST /v1/responses: every field with its bounds.

Source: `openai.types.responses.ResponseCreateParams`; Open Responses `CreateResponseBody` (its penalties are taken too). A field
that OpenAI doesn't know is an error there (`unknown_parameter`) and so it is here; a field of OpenAI's that means nothing here is
refused (`unsupported_parameter`) unless it only tunes a cache.
"""

from collections.abc import Collection
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

from prosa.answers.responses.checking import check_depth, checked
from prosa.answers.responses.content import Text
from prosa.answers.responses.errors import FieldsTooLarge, InvalidValue, UnsupportedParameter
from prosa.answers.responses.tools import ABSENT, MOST_SCHEMA, MOST_TOOLS, Choice, Name, check_object, choice_of, tool_list
from prosa.kit.errors import BadRequest

MOST_TOKENS: Final = 1_000_000  # more is an absurd wish, which becomes this (attacks.md J8)
MOST_ITEMS: Final = 10_000
MOST_BESIDE: Final = 512 * 1024  # bytes of all but the input: a log repeats them, and each slow reader holds such an event (J5)
LEAST_TOKENS: Final = 16  # as OpenAI has it

Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Detail = Literal["auto", "concise", "detailed"]
Include = Literal[
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
]
Metadata = Annotated[dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]], Meta(max_length=16)]
ShortName = Annotated[str, Meta(max_length=128)]
Penalty = Annotated[float, Meta(ge=-2, le=2)]


class Conversation(Struct, forbid_unknown_fields=True):
    """The conversation that a request belongs to."""

    id: str


class Thinking(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How much the model is to think, and whether a summary of it is wanted."""

    effort: Effort | None = None
    summary: Detail | None = None
    generate_summary: Detail | None = None  # the older name of `summary`
    context: Literal["auto", "current_turn", "all_turns"] | None = None
    mode: str | None = None


class PlainText(Struct, tag="text", tag_field="type", forbid_unknown_fields=True):
    """An answer in any words."""


class JsonObject(Struct, tag="json_object", tag_field="type", forbid_unknown_fields=True):
    """An answer that is a JSON object."""


class JsonSchema(Struct, tag="json_schema", tag_field="type", forbid_unknown_fields=True):
    """An answer that fits a schema."""

    name: Name
    schema: Raw
    description: Annotated[str, Meta(max_length=65_536)] | None = None
    strict: bool | None = None


class TextForm(Struct, forbid_unknown_fields=True):
    """The form of the answer."""

    format: PlainText | JsonObject | JsonSchema | None = None
    verbosity: Literal["low", "medium", "high"] | None = None


class StreamOptions(Struct, forbid_unknown_fields=True):
    """What a stream may hold. Obfuscation is taken and not added: one log serves every reader, and OpenAI's types of these events
    have no field for it."""

    include_obfuscation: bool | None = None


class ResponseRequest(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The fields as they came, with `tools` in the form in which a response shows them."""

    model: Annotated[str, Meta(min_length=1, max_length=256)] | None = None
    input: Text | Annotated[list[Raw], Meta(max_length=MOST_ITEMS)] | None = None
    instructions: Text | None = None
    previous_response_id: Annotated[str, Meta(max_length=256)] | None = None
    conversation: Annotated[str, Meta(max_length=256)] | Conversation | None = None
    tools: Annotated[list[Raw], Meta(max_length=MOST_TOOLS)] | None = None
    tool_choice: Raw = ABSENT
    parallel_tool_calls: bool | None = None
    text: TextForm | None = None
    reasoning: Thinking | None = None
    include: Annotated[list[Include], Meta(max_length=32)] | None = None
    truncation: Literal["auto", "disabled"] | None = None
    max_output_tokens: Annotated[int, Meta(ge=LEAST_TOKENS)] | None = None
    max_tool_calls: Annotated[int, Meta(ge=1)] | None = None
    temperature: Annotated[float, Meta(ge=0, le=2)] | None = None
    top_p: Annotated[float, Meta(ge=0, le=1)] | None = None
    top_logprobs: Annotated[int, Meta(ge=0, le=20)] | None = None
    presence_penalty: Penalty | None = None
    frequency_penalty: Penalty | None = None
    metadata: Metadata | None = None
    user: Annotated[str, Meta(max_length=1024)] | None = None
    safety_identifier: ShortName | None = None
    prompt_cache_key: ShortName | None = None
    prompt_cache_retention: Literal["in_memory", "in-memory", "24h"] | None = None
    prompt_cache_options: object = None
    service_tier: Literal["auto", "default", "flex", "scale", "priority", "fast", "ultrafast"] | None = None
    store: bool | None = None
    background: bool | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    prompt: object = None
    context_management: object = None
    moderation: object = None
    access_programs: object = None
    background_options: object = None
    image: object = None
    when_busy: Literal["queue", "replace"] | None = (
        None  # prosa's own: what is open in the conversation is waited for, or cancelled
    )

    @staticmethod
    def from_json(body: bytes, offered: Collection[str] = ()) -> "ResponseRequest":
        """A request's body; `offered` are the types of the tools that the server itself runs.

        Raises BadRequest with `param` in OpenAI's dotted form. `input` is only counted here: see `input_items`.
        """
        check_depth(body)
        request = checked(_request, body)
        _refuse_elsewhere(request)
        request.tools = tool_list(request.tools or (), offered)
        choice_of(request.tool_choice, request.tools)
        _check_form(request.text)
        _check_together(request)
        if request.max_output_tokens is not None:
            request.max_output_tokens = min(request.max_output_tokens, MOST_TOKENS)
        if len(body) > MOST_BESIDE and len(request.stored()) > MOST_BESIDE:
            raise FieldsTooLarge(MOST_BESIDE)
        return request

    @staticmethod
    def from_stored(raw: bytes) -> "ResponseRequest":
        """What `stored` wrote."""
        return _request.decode(raw)

    def stored(self) -> bytes:
        """The request as JSON, without its input, which is kept as items."""
        return _encode(msgspec.structs.replace(self, input=None))

    @property
    def conversation_id(self) -> str | None:
        """The conversation's id as it was sent (`conv_…`)."""
        return self.conversation.id if isinstance(self.conversation, Conversation) else self.conversation

    @property
    def choice(self) -> Choice:
        """How the model is to choose among the tools."""
        return choice_of(self.tool_choice, self.tools or ())

    @property
    def stored_after(self) -> bool:
        """Whether the response can be read later; OpenAI's default is that it can."""
        return self.store is not False

    @property
    def wants_logprobs(self) -> bool:
        """Whether the answer's text comes with the likelihood of its tokens."""
        return bool(self.top_logprobs) or "message.output_text.logprobs" in (self.include or ())

    @property
    def wants_summary(self) -> bool:
        """Whether the model's thoughts are told as a summary instead of as they are."""
        return self.reasoning is not None and bool(self.reasoning.summary or self.reasoning.generate_summary)


_request: Final = msgspec.json.Decoder(ResponseRequest)
_encode: Final = msgspec.json.Encoder().encode

# Of OpenAI's fields, those that mean nothing here, with what to do instead.
_ELSEWHERE: Final = {
    "prompt": "Send the prompt's words as 'instructions'.",
    "context_management": "POST /v1/responses/compact makes a conversation shorter.",
    "moderation": "Leave it out.",
    "access_programs": "Leave it out.",
    "background_options": "Leave it out; 'background' alone is taken.",
    "image": "Leave it out.",
}


def _refuse_elsewhere(request: ResponseRequest) -> None:
    for name, instead in _ELSEWHERE.items():
        if getattr(request, name) is not None:
            raise UnsupportedParameter(name, instead)


def _check_form(text: TextForm | None) -> None:
    if text is not None and isinstance(text.format, JsonSchema):
        check_object(text.format.schema, "text.format.schema", MOST_SCHEMA)


def _check_together(request: ResponseRequest) -> None:
    if request.model is not None and not request.model.isprintable():
        raise InvalidValue("model", "a model's name")
    if request.conversation is not None and request.previous_response_id is not None:
        raise BadRequest(
            "'conversation' and 'previous_response_id' can't be used together: both say what was said before.",
            param="conversation",
        )
    if request.background and request.store is False:
        raise InvalidValue("background", "false where 'store' is false: a background response has to be read later")
