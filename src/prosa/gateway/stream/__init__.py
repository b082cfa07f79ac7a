"""Streams of answers: cutting, reading, translating and ending them well."""

from prosa.gateway.stream.relay import OpenAIRelay
from prosa.gateway.stream.sse import Part, Splitter
from prosa.gateway.stream.usage import estimate

__all__ = ["OpenAIRelay", "Part", "Splitter", "estimate"]
