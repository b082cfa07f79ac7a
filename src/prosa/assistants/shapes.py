"""What an assistant consists of, with the bounds of OpenAI's Assistants API v2.

Source: `openai.types.beta.assistant`, `assistant_create_params`, `file_search_tool`, `function_tool` of the official SDK.
Starters and limits are prosa's own.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta, Raw, Struct

LONGEST_NAME: Final = 256  # characters, as of the next two
LONGEST_DESCRIPTION: Final = 512
LONGEST_INSTRUCTIONS: Final = 256_000
MOST_TOOLS: Final = 128
MOST_FILES: Final = 20  # of the code interpreter
MOST_STORES: Final = 1
MOST_STARTERS: Final = 8
LONGEST_STARTER: Final = 500
LEAST_TOKENS: Final = 256  # of a limit, as OpenAI has it of a run

FunctionName = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-zA-Z0-9_-]+$")]
Id = Annotated[str, Meta(min_length=1, max_length=256)]
Model = Annotated[str, Meta(min_length=1, max_length=256)]
Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
Description = Annotated[str, Meta(max_length=LONGEST_DESCRIPTION)]
Instructions = Annotated[str, Meta(max_length=LONGEST_INSTRUCTIONS)]
Metadata = Annotated[dict[Annotated[str, Meta(max_length=64)], Annotated[str, Meta(max_length=512)]], Meta(max_length=16)]
Temperature = Annotated[float, Meta(ge=0, le=2)]
TopP = Annotated[float, Meta(ge=0, le=1)]
Effort = Literal["none", "minimal", "low", "medium", "high", "xhigh", "max"]
Tokens = Annotated[int, Meta(ge=LEAST_TOKENS, le=100_000_000)]
Starters = Annotated[list[Annotated[str, Meta(min_length=1, max_length=LONGEST_STARTER)]], Meta(max_length=MOST_STARTERS)]


class RankingOptions(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How passages are ranked."""

    score_threshold: Annotated[float, Meta(ge=0, le=1)] | None = None
    ranker: Literal["auto", "default_2024_08_21"] | None = None


class FileSearch(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """How files are searched."""

    max_num_results: Annotated[int, Meta(ge=1, le=50)] | None = None
    ranking_options: RankingOptions | None = None


class FileSearchTool(Struct, tag="file_search", tag_field="type", forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """Passages of the assistant's and the thread's vector stores."""

    file_search: FileSearch | None = None


class CodeInterpreterTool(Struct, tag="code_interpreter", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """Python that the server runs."""


class Function(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A function that the client runs; `parameters` is a JSON schema."""

    name: FunctionName
    description: Annotated[str, Meta(max_length=65_536)] | None = None
    parameters: dict[str, Raw] | None = None
    strict: bool | None = None


class FunctionTool(Struct, tag="function", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """The same as a tool."""

    function: Function


class ServerTool(Struct, tag="mcp", tag_field="type", forbid_unknown_fields=True, frozen=True):
    """The tools of one of the operator's servers, by its label; prosa's own."""

    server_label: Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-zA-Z][a-zA-Z0-9_-]*$")]


Tool = FileSearchTool | CodeInterpreterTool | FunctionTool | ServerTool
Tools = Annotated[list[Tool], Meta(max_length=MOST_TOOLS)]


class PlainText(Struct, tag="text", tag_field="type", forbid_unknown_fields=True):
    """An answer in any words."""


class JsonObject(Struct, tag="json_object", tag_field="type", forbid_unknown_fields=True):
    """An answer that is a JSON object."""


class Schema(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A schema by its name."""

    name: FunctionName
    description: Annotated[str, Meta(max_length=65_536)] | None = None
    schema: dict[str, Raw] | None = None
    strict: bool | None = None


class JsonSchema(Struct, tag="json_schema", tag_field="type", forbid_unknown_fields=True):
    """An answer that fits a schema."""

    json_schema: Schema


Format = Literal["auto"] | PlainText | JsonObject | JsonSchema


class Limits(Struct, forbid_unknown_fields=True, omit_defaults=True, frozen=True):
    """What one run may use at most, in tokens; a run may ask for less."""

    max_prompt_tokens: Tokens | None = None
    max_completion_tokens: Tokens | None = None


class Definition(Struct, omit_defaults=True, frozen=True):
    """What a version of an assistant says, as it is stored. Files and stores stand in it by their stored ids (without prefix), in
    the space of the assistant's owner. `temperature` and `top_p` None: as the model has them."""

    model: Model
    name: Name | None = None
    description: Description | None = None
    instructions: Instructions | None = None
    tools: Tools = []
    store_ids: list[Id] | None = None  # None: nothing was said of them
    file_ids: list[Id] | None = None
    metadata: Metadata = {}
    temperature: Temperature | None = None
    top_p: TopP | None = None
    reasoning_effort: Effort | None = None
    response_format: Format = "auto"
    starters: Starters = []
    limits: Limits = Limits()

    @staticmethod
    def of(stored: bytes | str) -> "Definition":
        """What `stored` wrote."""
        return _decode(stored)

    def stored(self) -> bytes:
        """As JSON."""
        return _encode(self)


_decode: Final = msgspec.json.Decoder(Definition).decode
_encode: Final = msgspec.json.Encoder().encode
