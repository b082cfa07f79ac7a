"""Tokens as the Responses API tells them.

Source: `openai.types.responses.ResponseUsage`; Open Responses `schema/responses.tsp`.
"""

import msgspec
from msgspec import Struct


class InputDetails(Struct, frozen=True):
    """Of the input tokens: those that came from, or went into, the provider's cache."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(Struct, frozen=True):
    """Of the output tokens: those that were spent on thinking."""

    reasoning_tokens: int = 0


class Tokens(Struct, frozen=True):
    """What one or more model calls cost."""

    input_tokens: int = 0
    output_tokens: int = 0
    total_tokens: int = 0
    input_tokens_details: InputDetails = msgspec.field(default_factory=InputDetails)
    output_tokens_details: OutputDetails = msgspec.field(default_factory=OutputDetails)

    def __add__(self, other: "Tokens") -> "Tokens":
        return tokens(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            cached=self.input_tokens_details.cached_tokens + other.input_tokens_details.cached_tokens,
            cache_write=self.input_tokens_details.cache_write_tokens + other.input_tokens_details.cache_write_tokens,
            reasoning=self.output_tokens_details.reasoning_tokens + other.output_tokens_details.reasoning_tokens,
        )


def tokens(asked: int, answered: int, *, cached: int = 0, cache_write: int = 0, reasoning: int = 0) -> Tokens:
    """Tokens of these counts with their sum."""
    return Tokens(asked, answered, asked + answered, InputDetails(cached, cache_write), OutputDetails(reasoning))
