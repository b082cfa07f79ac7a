"""The relay for providers that speak OpenAI's wire: bytes pass through, each event is read once for the figures."""

import msgspec

from prosa.gateway.models import StreamFigures
from prosa.gateway.stream.disguise import is_error, not_an_answer, told
from prosa.gateway.stream.ending import DONE, broken_off, error_event
from prosa.gateway.stream.sse import Splitter, events, framed, read
from prosa.gateway.stream.usage import usage_of
from prosa.kit.errors import ProsaError

_ABSENT = msgspec.Raw()


class _Function(msgspec.Struct, gc=False):
    arguments: str | None = None


class _ToolCall(msgspec.Struct, gc=False):
    function: _Function | None = None


class _Delta(msgspec.Struct, gc=False):
    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    refusal: str | None = None
    tool_calls: list[_ToolCall] | None = None


class _Choice(msgspec.Struct, gc=False):
    index: int = 0
    delta: _Delta | None = None
    finish_reason: str | None = None


class _Chunk(msgspec.Struct, gc=False):
    choices: list[_Choice] | None = None
    usage: msgspec.Raw = _ABSENT
    error: msgspec.Raw = _ABSENT
    model: str | None = None


class _LooseChoice(msgspec.Struct):
    finish_reason: object = None


class _LooseChunk(msgspec.Struct):
    """A chunk whose deltas are of a form we don't know; it passes through all the same."""

    choices: list[_LooseChoice] | None = None
    usage: msgspec.Raw = _ABSENT
    error: msgspec.Raw = _ABSENT


_decode = msgspec.json.Decoder(_Chunk).decode
_decode_loosely = msgspec.json.Decoder(_LooseChunk).decode


class OpenAIRelay:
    """Passes an OpenAI-wire stream on unchanged and in order.

    Taken out: what follows the end marker, events that are no JSON (`dropped` counts them), and with `strip_usage` the
    usage chunk that the client did not ask for. An error event of the provider becomes ours and ends the stream.
    """

    __slots__ = ("_open", "_over", "_secret", "_splitter", "_strip_usage", "dropped", "figures")

    def __init__(self, *, strip_usage: bool = False, secret: str | None = None) -> None:
        self.figures = StreamFigures()
        self.dropped = 0
        self._strip_usage = strip_usage
        self._secret = secret
        self._splitter = Splitter()
        self._over = False
        self._open: set[int] = set()  # choices that have begun and not ended

    def feed(self, data: bytes) -> bytes:
        """What the client gets for these bytes; the same object where they are whole events."""
        if self._over:
            return b""
        splitter = self._splitter
        run = splitter.take(data)
        passed = self._pass(run) if run else run
        if splitter.part:
            self.figures.events += not splitter.flowing
            return splitter.part + passed
        return passed

    def finish(self) -> bytes:
        """The rest of a body that ended regularly, and the end marker where it is missing."""
        if self._over:
            return b""
        flowing = self._splitter.flowing
        rest = self._splitter.rest()
        # Some servers leave out the blank line after their last event, or half of it.
        last = rest.rstrip(b"\r\n") + b"\n\n"
        if flowing:
            return last + self._end()
        passed = self._pass(last) if rest.strip() else b""
        return passed if self._over else passed + self._end(rest)

    def fail(self, error: ProsaError) -> bytes:
        """An error event and the end marker, after the line of a half event is closed where a part of it has gone out."""
        if self._over:
            return b""
        closed = b"\n\n" if self._splitter.flowing else b""
        return closed + self._break(error)

    def _end(self, rest: bytes = b"") -> bytes:
        figures = self.figures
        if figures.finished and not self._open:
            self._over = figures.done = True
            return DONE
        if figures.events or not self.dropped:
            return self._break(broken_off())
        # Nothing of it was a stream: a JSON error, or a page of HTML.
        return self._break(told(rest, self._secret) if rest.lstrip()[:1] == b"{" else not_an_answer())

    def _break(self, error: ProsaError) -> bytes:
        self._over = self.figures.done = True
        self.figures.fault = error
        return error_event(error) + DONE

    def _pass(self, run: bytes) -> bytes:
        """Read each event of a run; the run itself comes back where all of it may pass."""
        kept: list[bytes] = []
        found = events(run)
        for event in found:
            instead = self._read(event)
            if instead is None:
                kept.append(event)
            elif instead:
                kept.append(instead)
            if self._over:
                break
        return run if len(kept) == len(found) and not self._over else b"".join(kept)

    def _read(self, event: bytes) -> bytes | None:
        """What takes this event's place: None where it passes as it is, b"" where it is dropped."""
        name, data = read(event)
        if data is None:
            return self._drop() if not framed(event) else None
        if name == "error":
            return self._break(told(data, self._secret))
        try:
            chunk = _decode(data)
        except msgspec.ValidationError:
            return self._read_loosely(data)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return self._end_marker(data)
        if chunk.error is not _ABSENT and is_error(chunk.error):
            return self._break(told(data, self._secret))
        figures = self.figures
        figures.events += 1
        if figures.model is None:
            figures.model = chunk.model
        choices = chunk.choices
        if choices:
            for choice in choices:
                self._count(choice)
        return self._note_usage(chunk.usage, alone=not choices)

    def _count(self, choice: _Choice) -> None:
        if choice.delta is not None:
            chars = _chars(choice.delta)
            if chars:
                self.figures.text_chars += chars
                self._open.add(choice.index)
        if choice.finish_reason is not None:
            self.figures.finished = True
            self._open.discard(choice.index)

    def _note_usage(self, raw: msgspec.Raw, *, alone: bool) -> bytes | None:
        if raw is _ABSENT or (usage := bytes(raw)) == b"null":
            return None
        self.figures.usage = usage_of(usage) or self.figures.usage
        return b"" if alone and self._strip_usage else None

    def _read_loosely(self, data: bytes) -> bytes | None:
        try:
            chunk = _decode_loosely(data)
        except (msgspec.MsgspecError, RecursionError):
            return self._end_marker(data)
        if is_error(chunk.error):
            return self._break(told(data, self._secret))
        self.figures.events += 1
        self.figures.text_chars += len(data)  # an upper bound: what counts as text is not known
        if any(choice.finish_reason is not None for choice in chunk.choices or ()):
            self.figures.finished = True
        return self._note_usage(chunk.usage, alone=False)

    def _end_marker(self, data: bytes) -> bytes | None:
        if data.strip() != b"[DONE]":
            return self._drop()
        self._over = self.figures.done = True
        if self.figures.events or self.figures.finished:
            return None
        return self._break(broken_off())

    def _drop(self) -> bytes:
        self.dropped += 1
        return b""


def _chars(delta: _Delta) -> int:
    chars = 0
    if delta.content is not None:
        chars += len(delta.content)
    if delta.reasoning_content is not None:
        chars += len(delta.reasoning_content)
    elif delta.reasoning is not None:
        chars += len(delta.reasoning)
    if delta.refusal is not None:
        chars += len(delta.refusal)
    if delta.tool_calls is not None:
        for call in delta.tool_calls:
            if call.function is not None and call.function.arguments is not None:
                chars += len(call.function.arguments)
    return chars
