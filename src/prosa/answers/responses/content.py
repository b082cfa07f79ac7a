"""What messages are made of, as the Responses API has it.

Source: `openai.types.responses` of the official SDK (response_input_*, response_output_*), Open Responses `schema/content.tsp`.
"""

from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

MOST_TEXT: Final = 10_485_760  # characters of one text, as OpenAI bounds it

Text = Annotated[str, Meta(max_length=MOST_TEXT)]
Optional = UnsetType | None


class CacheBreakpoint(Struct, forbid_unknown_fields=True):
    """A hint of OpenAI's prompt cache; taken, and not used."""

    mode: Literal["explicit"]
    ttl: Literal["30m", "12h"] | None = None


class InputText(Struct, tag="input_text", tag_field="type", forbid_unknown_fields=True, omit_defaults=True):
    """Text that somebody wrote."""

    text: Text
    prompt_cache_breakpoint: CacheBreakpoint | None = None


class InputImage(Struct, tag="input_image", tag_field="type", forbid_unknown_fields=True):
    """A picture: a URL (https or data:), or a stored file."""

    image_url: Annotated[str, Meta(max_length=64 * 1024 * 1024)] | UnsetType | None = UNSET
    file_id: Annotated[str, Meta(max_length=256)] | UnsetType | None = UNSET
    detail: Literal["low", "high", "auto", "original"] | None = "auto"
    prompt_cache_breakpoint: CacheBreakpoint | UnsetType | None = UNSET


class InputFile(Struct, tag="input_file", tag_field="type", forbid_unknown_fields=True):
    """A document: its content as a data: URL or in base64, or a stored file."""

    file_data: Annotated[str, Meta(max_length=64 * 1024 * 1024)] | UnsetType | None = UNSET
    file_id: Annotated[str, Meta(max_length=256)] | UnsetType | None = UNSET
    file_url: Annotated[str, Meta(max_length=8192)] | UnsetType | None = UNSET
    filename: Annotated[str, Meta(max_length=1024)] | UnsetType | None = UNSET
    detail: Literal["auto", "low", "high"] | UnsetType | None = UNSET
    prompt_cache_breakpoint: CacheBreakpoint | UnsetType | None = UNSET


InputPart = InputText | InputImage | InputFile


class TopLogprob(Struct):
    """A token that might have stood there."""

    token: str
    logprob: float
    bytes: list[int] = msgspec.field(default_factory=list)


class Logprob(Struct):
    """How likely a token was. `bytes` is what Open Responses asks for in events too, where OpenAI's own types leave it out."""

    token: str
    logprob: float
    bytes: list[int] = msgspec.field(default_factory=list)
    top_logprobs: list[TopLogprob] = msgspec.field(default_factory=list)


class OutputText(Struct, tag="output_text", tag_field="type"):
    """Text that a model wrote."""

    text: Text = ""
    annotations: list[Raw] = msgspec.field(default_factory=list)
    logprobs: list[Logprob] = msgspec.field(default_factory=list)


class Refusal(Struct, tag="refusal", tag_field="type", forbid_unknown_fields=True):
    """A model's words for not answering."""

    refusal: Text = ""


class ReasoningText(Struct, tag="reasoning_text", tag_field="type", forbid_unknown_fields=True):
    """What a model thought, as it thought it."""

    text: Text = ""


class SummaryText(Struct, tag="summary_text", tag_field="type", forbid_unknown_fields=True):
    """What a model thought, as it is shown to those who asked for a summary."""

    text: Text = ""


OutputPart = OutputText | Refusal
