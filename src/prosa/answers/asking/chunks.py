"""OpenAI's chat chunks, read from the bytes of a stream that may be cut anywhere.

Source of the framing: "Server-sent events", WHATWG HTML; of the end marker and the error event: OpenAI's API reference.
"""

from typing import Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.asking.loose import read_loosely
from prosa.answers.asking.shapes import ABSENT, Annotation, Choice, Chunk, Delta, Likelihood, Usage
from prosa.answers.responses import Logprob, Tokens, TopLogprob, tokens
from prosa.gateway import StreamBroken

_LONGEST: Final = 4 * 1024 * 1024  # bytes of one event
_MOST: Final = 1_000_000_000  # tokens; a larger figure is a mistake


class Fault(StreamBroken):
    """The stream broke; `code` and `kind` as the gateway told them."""

    def __init__(self, message: str, code: str | None = None, kind: str | None = None, param: str | None = None) -> None:
        super().__init__(message, param=param)
        if code:
            self.code = code  # type: ignore[misc]  # an instance's own, over the class's default
        if kind:
            self.kind = kind  # type: ignore[misc]  # likewise


class _Error(Struct):
    message: str | None = None
    code: str | int | None = None
    type: str | None = None
    param: str | None = None


class _Cited(Struct, tag="url_citation", tag_field="type"):
    start_index: int
    end_index: int
    title: str
    url: str


_chunk: Final = msgspec.json.Decoder(Chunk).decode
_error: Final = msgspec.json.Decoder(_Error).decode
_usage: Final = msgspec.json.Decoder(Usage).decode
_annotations: Final = msgspec.json.Decoder(list[Annotation] | None).decode
_encode: Final = msgspec.json.Encoder().encode
_logprobs: Final = msgspec.json.Decoder(list[Likelihood] | None).decode
_UNREADABLE: Final = "The answer broke off: the model provider sent something that can't be read"


class ChunkReader:
    """Takes bytes as they come and gives out the chunks that are whole. `done` after the end marker; `fault` once something came
    that is no JSON, or too large: nothing is read after it."""

    __slots__ = ("_held", "done", "fault")

    def __init__(self) -> None:
        self._held = b""
        self.done = False
        self.fault: Fault | None = None

    def feed(self, data: bytes) -> list[Chunk]:
        """The chunks that these bytes make whole."""
        if self._held:
            data = self._held + data
        if b"\r" in data:
            data = data.replace(b"\r\n", b"\n")
        *events, self._held = data.split(b"\n\n")
        found: list[Chunk] = []
        for event in events:
            payload = event[6:] if event.startswith(b"data: ") and b"\n" not in event else _payload(event)
            if self.done or self.fault is not None:
                break
            if payload == b"[DONE]":
                self.done = True
            elif payload:
                self._read(payload, found)
        if len(self._held) > _LONGEST:
            self.fault = Fault(_UNREADABLE)
        return found

    def _read(self, payload: bytes, found: list[Chunk]) -> None:
        try:
            found.append(_chunk(payload))
        except msgspec.ValidationError:
            chunk = read_loosely(payload)
            if chunk is None:
                self.fault = Fault(_UNREADABLE)
            else:
                found.append(chunk)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            self.fault = Fault(_UNREADABLE)


def fault_of(chunk: Chunk) -> Fault | None:
    """The error that an event tells of."""
    raw = bytes(chunk.error)
    if raw in (b"", b"null"):
        return None
    try:
        told = _error(raw)
    except msgspec.MsgspecError:
        return Fault(_UNREADABLE)
    return Fault(told.message or _UNREADABLE, str(told.code) if told.code else None, told.type, told.param)


def usage_of(chunk: Chunk) -> Tokens | None:
    """The tokens that an event tells of; None where it tells none, or what can't be true."""
    raw = bytes(chunk.usage)
    if raw in (b"", b"null"):
        return None
    try:
        told = _usage(raw)
    except msgspec.MsgspecError:
        return None
    asked, answered = told.prompt_tokens, told.completion_tokens
    if asked is None and answered is None:
        return None
    asked, answered = int(asked or 0), int(answered or 0)
    if not (0 <= asked <= _MOST and 0 <= answered <= _MOST):
        return None
    inner, outer = told.prompt_tokens_details, told.completion_tokens_details
    return tokens(
        asked,
        answered,
        cached=_within((inner and inner.cached_tokens) or 0, asked),
        cache_write=_within((inner and inner.cache_write_tokens) or 0, asked),
        reasoning=_within((outer and outer.reasoning_tokens) or 0, answered),
    )


def logprobs_of(choice: Choice) -> list[Logprob] | None:
    """How likely the tokens of this piece were; None where nothing is told, or nothing readable."""
    if choice.logprobs is None or choice.logprobs.content is ABSENT:
        return None
    try:
        found = _logprobs(choice.logprobs.content)
    except msgspec.MsgspecError:
        return None
    return [
        Logprob(
            one.token,
            one.logprob,
            one.bytes or [],
            [TopLogprob(top.token, top.logprob, top.bytes or []) for top in one.top_logprobs or ()],
        )
        for one in found or ()
    ]


def citations_of(delta: Delta) -> list[Raw]:
    """The pages that a piece names, each as an annotation of the Responses API."""
    if delta.annotations is ABSENT:
        return []
    try:
        told = _annotations(delta.annotations)
    except msgspec.MsgspecError:
        return []
    found = (one.url_citation for one in told or () if one.type == "url_citation")
    return [Raw(_encode(_Cited(one.start_index, one.end_index, one.title, one.url))) for one in found if one is not None]


def _payload(event: bytes) -> bytes:
    """The data of an event that is not of the usual single line."""
    lines = (line[5:].removeprefix(b" ") for line in event.split(b"\n") if line.startswith(b"data:"))
    return b"\n".join(lines).strip()


def _within(count: int, most: int) -> int:
    return min(max(count, 0), most)
