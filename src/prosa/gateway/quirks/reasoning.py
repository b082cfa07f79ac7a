"""A model's reasoning: moved to a field of its own, or dropped; in streams and in whole answers."""

import msgspec

from prosa.gateway.models import Fields, ModelCall, StreamFigures, StreamRelay
from prosa.gateway.quirks.thinking import Thinking, starts_inside
from prosa.gateway.settings import Reasoning
from prosa.gateway.stream.sse import Splitter, events, read
from prosa.kit.errors import ProsaError

# A filter must see events whole, so it holds larger ones than a relay that only passes on.
_HOLD = 1024 * 1024
# The fields in which servers tell reasoning: most, OpenRouter and newer vLLM (two), Anthropic's blocks.
_FIELDS = ("reasoning_content", "reasoning", "reasoning_details", "thinking_blocks")
_EMPTY = msgspec.Raw(b'""')

_fields = msgspec.json.Decoder(Fields).decode
_choices = msgspec.json.Decoder(list[Fields]).decode
_text = msgspec.json.Decoder(str | None).decode
_integer = msgspec.json.Decoder(int).decode
_encode = msgspec.json.Encoder().encode


class _Thought(msgspec.Struct):
    text: str = ""


class _ContentPart(msgspec.Struct):
    """Mistral's way: content as a list with parts of thinking."""

    type: str = ""
    text: str = ""
    thinking: list[_Thought] | str = ""


_parts = msgspec.json.Decoder(list[_ContentPart]).decode


def reasoned(relay: StreamRelay, call: ModelCall, model: str = "") -> StreamRelay:
    """The relay as the call wants its reasoning; the relay itself where nothing has to be done.

    `model` is told only where the server may leave a model's thinking in the text without an opening tag.
    """
    if call.reasoning is None or call.reasoning is Reasoning.TEXT:
        return relay
    return ReasoningRelay(relay, call.reasoning, guess=starts_inside(model), choices=_asked_choices(call))


class ReasoningRelay:
    """Filters what another relay gives out. Once the answer itself has begun, pieces pass unread."""

    def __init__(self, inner: StreamRelay, mode: Reasoning, *, guess: bool = False, choices: int = 1) -> None:
        self.figures: StreamFigures = inner.figures
        self._inner = inner
        self._filter = _ChoiceFilter(mode, guess=guess, within="delta")
        # In these fields, and nowhere else, reasoning can still come once the answer's text has begun.
        self._marks = (b'"reasoning', b'"thinking_blocks"') if mode is Reasoning.DROP else (b'"reasoning":',)
        self._asked = choices
        self._settled = False
        self._splitter = Splitter(_HOLD)
        self._last: Fields = {}

    def feed(self, data: bytes) -> bytes:
        """What the inner relay passes on, filtered."""
        piece = self._inner.feed(data)
        return self._pass(piece) if piece else piece

    def finish(self) -> bytes:
        """The inner relay's ending, after what was held here."""
        return self._pass(self._inner.finish())

    def fail(self, error: ProsaError) -> bytes:
        """The inner relay's ending for a broken stream, after what was held here."""
        return self._pass(self._inner.fail(error))

    def _pass(self, piece: bytes) -> bytes:
        splitter = self._splitter
        if not splitter.holding and self._passes(piece):
            return piece
        run = splitter.take(piece)
        return splitter.part + b"".join([event if self._passes(event) else self._event(event) for event in events(run)])

    def _passes(self, piece: bytes) -> bool:
        """The answer itself has begun, and nothing in this tells reasoning any more."""
        return self._settled and not any(map(piece.__contains__, self._marks))

    def _event(self, event: bytes) -> bytes:
        data = read(event)[1]
        if data is None:
            return event
        if data.strip() == b"[DONE]":
            return self._remainder(cut_short=False) + event
        try:
            fields = _fields(data)
            choices = _choices(fields["choices"]) if "choices" in fields else []
        except msgspec.MsgspecError:
            return b""  # the end of a half event whose beginning went out
        if "error" in fields and bytes(fields["error"]) != b"null":
            return self._remainder(cut_short=True) + event
        if not choices:
            return event
        changed = [self._filter.apply(choice) for choice in choices]
        self._settled = self._filter.settled(self._asked)
        if not self._settled:
            self._last = {name: value for name, value in fields.items() if name not in ("choices", "usage")}
        if not any(changed):
            return event
        return _framed(fields | {"choices": msgspec.Raw(_encode(choices))})

    def _remainder(self, *, cut_short: bool) -> bytes:
        """A chunk with what is still held for choices that never told a finish_reason."""
        choices = self._filter.remainders(cut_short=cut_short)
        return _framed(self._last | {"choices": msgspec.Raw(_encode(choices))}) if choices else b""


class _ChoiceFilter:
    """Applies a mode to choices of chunks (`delta`) or of whole answers (`message`)."""

    def __init__(self, mode: Reasoning, *, guess: bool, within: str) -> None:
        self._mode = mode
        self._guess = guess
        self._inner = within
        self._choices: dict[int, Thinking] = {}

    def settled(self, asked: int) -> bool:
        """Whether the answer itself has begun in each of the choices that were asked for."""
        return len(self._choices) >= asked and all(choice.settled for choice in self._choices.values())

    def apply(self, choice: Fields, *, whole: bool = False) -> bool:
        """Rewrite one choice in place, a `whole` answer's or a chunk's; tells whether anything changed."""
        if self._inner not in choice:
            return False
        try:
            inner = _fields(choice[self._inner])
            index = _integer(choice["index"]) if "index" in choice else 0
        except msgspec.MsgspecError:
            return False
        reason = bytes(choice.get("finish_reason", b"null"))
        changed = self._split(inner, self._thinking(index), b'"stop"' if whole and reason == b"null" else reason)
        if changed:
            choice[self._inner] = msgspec.Raw(_encode(inner))
        return changed

    def remainders(self, *, cut_short: bool) -> list[Fields]:
        """Choices with what is still held, as chunks have them."""
        found = []
        for index, thinking in self._choices.items():
            reasoning, content = thinking.flush(cut_short=cut_short)
            delta: Fields = {}
            self._put(delta, reasoning, content)
            if delta:
                parts = (("index", _encode(index)), ("delta", _encode(delta)), ("finish_reason", b"null"))
                found.append({name: msgspec.Raw(value) for name, value in parts})
        return found

    def _thinking(self, index: int) -> Thinking:
        found = self._choices.get(index)
        if found is None:
            found = self._choices[index] = Thinking(guess=self._guess)
        return found

    def _split(self, inner: Fields, thinking: Thinking, reason: bytes) -> bool:
        changed = self._fields_of_its_own(inner, thinking)
        text, reasoning, content = _content(inner), "", ""
        if isinstance(text, str):
            if text:
                reasoning, content = thinking.take(text)
        elif text is not None:
            (reasoning, content), text = text, None
        if reason != b"null":
            last = thinking.flush(cut_short=reason == b'"length"')
            whole = self._inner == "message"
            # In a whole answer nothing was passed on yet: what was taken for thinking by mistake is taken back.
            reasoning = "" if whole and last[1] and last[1].startswith(reasoning) else reasoning + last[0]
            content += last[1]
        if (reasoning, content) == ("", text or ""):
            return changed
        inner["content"] = _EMPTY
        self._put(inner, reasoning, content)
        return True

    def _put(self, inner: Fields, reasoning: str, content: str) -> None:
        if content:
            inner["content"] = msgspec.Raw(_encode(content))
        if reasoning and self._mode is Reasoning.FIELD:
            before = _string(inner.get("reasoning_content"))
            inner["reasoning_content"] = msgspec.Raw(_encode(before + reasoning))

    def _fields_of_its_own(self, inner: Fields, thinking: Thinking) -> bool:
        """See to the fields in which the server itself tells reasoning."""
        told = _string(inner.get("reasoning_content")) or _string(inner.get("reasoning"))
        if told:
            thinking.server_splits()
        if self._mode is Reasoning.DROP:
            before = len(inner)
            for name in _FIELDS:
                inner.pop(name, None)
            return len(inner) < before
        if told and not _string(inner.get("reasoning_content")):
            inner["reasoning_content"] = inner["reasoning"]
            return True
        return False


def without_tags(body: bytes, mode: Reasoning | None, model: str = "") -> bytes:
    """A whole answer as `mode` wants it; with DROP `content` is never null unless tools are called (B40)."""
    if mode is None or mode is Reasoning.TEXT:
        return body
    try:
        fields = _fields(body)
        choices = _choices(fields["choices"])
    except (msgspec.MsgspecError, KeyError):
        return body
    changed = [_whole(choice, mode, starts_inside(model)) for choice in choices]
    return _encode(fields | {"choices": msgspec.Raw(_encode(choices))}) if any(changed) else body


def _whole(choice: Fields, mode: Reasoning, guess: bool) -> bool:
    changed = _ChoiceFilter(mode, guess=guess, within="message").apply(choice, whole=True)
    if mode is Reasoning.DROP and "message" in choice:
        message = _fields(choice["message"])
        if bytes(message.get("content", b"null")) == b"null" and bytes(message.get("tool_calls", b"null")) in (b"null", b"[]"):
            message["content"] = _EMPTY
            choice["message"] = msgspec.Raw(_encode(message))
            return True
    return changed


def _content(inner: Fields) -> str | tuple[str, str] | None:
    """The content: text, or (reasoning, text) where it is a list of parts, or None."""
    raw = inner.get("content")
    if raw is None:
        return None
    try:
        if not bytes(raw).startswith(b"["):
            text: str | None = _text(raw)
            return text
        parts = _parts(raw)
    except msgspec.MsgspecError:
        return None
    thoughts = [part.thinking if isinstance(part.thinking, str) else "".join(t.text for t in part.thinking) for part in parts]
    return "".join(thoughts), "".join(part.text for part in parts)


def _string(raw: msgspec.Raw | None) -> str:
    if raw is None:
        return ""
    try:
        return _text(raw) or ""
    except msgspec.MsgspecError:
        return ""


def _asked_choices(call: ModelCall) -> int:
    try:
        return max(1, _integer(call.fields["n"])) if "n" in call.fields else 1
    except msgspec.MsgspecError:
        return 1


def _framed(fields: Fields) -> bytes:
    return b"data: " + _encode(fields) + b"\n\n"
