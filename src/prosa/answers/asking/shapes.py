"""OpenAI's chat chunks as far as they are told, written for speed: fields that nobody needs are not decoded.

Source: `openai.types.chat.ChatCompletionChunk`; reasoning in the fields in which servers tell it (`reasoning_content`: DeepSeek,
vLLM, our own wires; `reasoning`: OpenRouter, newer vLLM; `thinking_blocks`: our Anthropic wire); `annotations` as OpenAI's search
models and Perplexity tell them.
"""

from typing import Final

from msgspec import Raw, Struct

ABSENT: Final = Raw()


class Function(Struct):
    """A piece of a call: the name comes once."""

    name: str | None = None
    arguments: str | None = None


class CallPiece(Struct):
    """A piece of one of the calls that the model makes."""

    index: int | None = None
    id: str | None = None
    function: Function | None = None


class Delta(Struct):
    """What a chunk adds."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    thinking_blocks: list[Raw] | None = None
    tool_calls: list[CallPiece] | None = None
    refusal: str | None = None
    annotations: Raw = ABSENT


class TopLikelihood(Struct):
    """A token that might have stood there."""

    token: str
    logprob: float
    bytes: list[int] | None = None


class Likelihood(Struct):
    """How likely a token was."""

    token: str
    logprob: float
    bytes: list[int] | None = None
    top_logprobs: list[TopLikelihood] | None = None


class Likelihoods(Struct):
    """Likelihoods of a piece of text, not yet read."""

    content: Raw = ABSENT


class Choice(Struct):
    """One answer's piece; only the first of several counts here."""

    index: int = 0
    delta: Delta | None = None
    finish_reason: str | None = None
    logprobs: Likelihoods | None = None


class AskedDetails(Struct):
    """Of the tokens that were asked with."""

    cached_tokens: int | None = None
    cache_write_tokens: int | None = None


class AnsweredDetails(Struct):
    """Of the tokens of the answer."""

    reasoning_tokens: int | None = None


class Usage(Struct):
    """Tokens, as far as they are told."""

    prompt_tokens: int | float | None = None
    completion_tokens: int | float | None = None
    prompt_tokens_details: AskedDetails | None = None
    completion_tokens_details: AnsweredDetails | None = None


class Chunk(Struct):
    """One event of the stream."""

    choices: list[Choice] | None = None
    usage: Raw = ABSENT
    error: Raw = ABSENT


class Citation(Struct):
    """A page that the text before it speaks of."""

    start_index: int
    end_index: int
    url: str
    title: str = ""


class Annotation(Struct):
    """What is said beside a text."""

    type: str = ""
    url_citation: Citation | None = None
