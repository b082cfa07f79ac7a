"""The chunks of a stream put together into the completion that they tell.

Source: `openai.types.chat.ChatCompletion` beside `ChatCompletionChunk`: a delta's texts are joined, pieces of tool calls go by
their index, everything else is as it was told last.
"""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from prosa.gateway import Fields

_WHOLE: Final = frozenset({"id", "type", "role", "format", "signature"})  # texts that come in one piece
_SAID: Final = ("content", "refusal", "tool_calls", "reasoning_content", "reasoning", "audio", "function_call")
_KEPT: Final = ("usage", "service_tier", "system_fingerprint")
_REASONS: Final = frozenset({"stop", "length", "tool_calls", "content_filter", "function_call"})
CUT: Final = "length"  # the reason for an answer that is shorter than it should be
_decode: Final = msgspec.json.Decoder(dict[str, Any]).decode  # JSON of any form
_encode: Final = msgspec.json.Encoder().encode
Document = dict[str, Any]


class _Text(list[str]):
    """A text as its pieces: joining them each time would be slow."""


class _Answer:
    """One of the choices."""

    __slots__ = ("finish_reason", "logprobs", "message")

    def __init__(self) -> None:
        self.message: Document = {}
        self.logprobs: Document | None = None
        self.finish_reason: str | None = None


class Fold:
    """A completion that grows. `answers` choices are wanted."""

    def __init__(self, answers: int) -> None:
        self._answers = [_Answer() for _ in range(answers)]
        self._rest: Document = {}
        self.model: str | None = None

    def add_line(self, line: bytes) -> None:
        """An event of the log; one that tells of an error changes nothing."""
        self._add(_decode(line))

    def add(self, chunk: Fields) -> None:
        """A chunk as it was read."""
        self._add(_decode(_encode(chunk)))

    @property
    def said(self) -> bool:
        """Whether a word, a thought or a call was told."""
        return any(_weighs(answer.message.get(name)) for answer in self._answers for name in _SAID)

    @property
    def whole(self) -> bool:
        """Whether every answer has come to its end."""
        return all(answer.finish_reason is not None for answer in self._answers)

    @property
    def beginning(self) -> str | None:
        """The text of the only answer, where it is nothing but an unfinished text."""
        if len(self._answers) != 1 or self._answers[0].finish_reason is not None:
            return None
        message = self._answers[0].message
        if any(_weighs(message.get(name)) for name in _SAID if name != "content"):
            return None
        return "".join(message.get("content") or ()) or None

    def completion(self, id: str, created: int, model: str, broken: str | None = None) -> bytes:
        """The completion as JSON that begins with its model. `broken`: why it is not whole."""
        made: Document = {"model": self.model or model, "id": id, "object": "chat.completion", "created": created}
        made["choices"] = [_choice(index, answer, cut=broken is not None) for index, answer in enumerate(self._answers)]
        made |= self._rest
        if broken is not None:
            made["incomplete_details"] = {"reason": broken}
        return _encode(made)

    def _add(self, chunk: Document) -> None:
        choices = chunk.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            if isinstance(choice, dict):
                self._add_choice(choice)
        if choices and isinstance(chunk.get("model"), str):
            self.model = chunk["model"]
        self._rest |= {name: chunk[name] for name in _KEPT if chunk.get(name) is not None}

    def _add_choice(self, choice: Document) -> None:
        index = choice.get("index", 0)
        if not isinstance(index, int) or not 0 <= index < len(self._answers):
            return
        answer = self._answers[index]
        if isinstance(choice.get("delta"), dict):
            _merge(answer.message, choice["delta"])
        if isinstance(choice.get("logprobs"), dict):
            answer.logprobs = answer.logprobs if answer.logprobs is not None else {}
            _merge(answer.logprobs, choice["logprobs"])
        reason = choice.get("finish_reason")
        if isinstance(reason, str):
            answer.finish_reason = reason


def _weighs(value: object) -> bool:
    return any(value) if isinstance(value, _Text) else bool(value)


def _merge(whole: Document, piece: Document) -> None:
    for name, value in piece.items():
        before = whole.get(name)
        if value is None:
            continue
        if isinstance(value, str) and name not in _WHOLE:
            if not isinstance(before, _Text):
                before = whole[name] = _Text()
            before.append(value)
        elif isinstance(value, dict):
            if not isinstance(before, dict):
                before = whole[name] = {}
            _merge(before, value)
        elif isinstance(value, list):
            if not isinstance(before, list) or isinstance(before, _Text):
                before = whole[name] = []
            _merge_list(before, value)
        elif value != "" or name not in whole:
            whole[name] = value


def _merge_list(whole: list[Any], pieces: list[Any]) -> None:  # JSON of any form
    for piece in pieces:
        index = piece.get("index") if isinstance(piece, dict) else None
        if index is None:
            whole.append(_told(piece))
            continue
        found = next((one for one in whole if isinstance(one, dict) and one.get("index") == index), None)
        if found is None:
            found = {}
            whole.append(found)
        _merge(found, piece)


def _choice(index: int, answer: _Answer, *, cut: bool) -> Document:
    told = _told(answer.message)
    content = told.pop("content", None)
    calls = told.pop("tool_calls", None)
    silent = not content and bool(calls or told.get("refusal") or told.get("function_call"))
    message: Document = {"role": told.pop("role", None) or "assistant", "content": None if silent else content, "refusal": None}
    message |= told
    if calls:
        message["tool_calls"] = [_call(call) for call in calls]
    reason = answer.finish_reason
    if reason not in _REASONS:
        reason = CUT if reason is None and cut else "stop"
    return {"index": index, "message": message, "logprobs": _told(answer.logprobs), "finish_reason": reason}


def _call(call: Any) -> Any:  # JSON of any form
    """A tool call as a whole answer shows it: without its index, and with the type that some providers leave out."""
    if not isinstance(call, dict):
        return call
    made = {name: value for name, value in call.items() if name != "index"}
    made.setdefault("type", "function")
    made.setdefault("id", "")
    if made["type"] == "function":
        function = made.get("function") if isinstance(made.get("function"), dict) else {}
        made["function"] = {"name": "", "arguments": ""} | (function or {})
    return made


def _told(value: Any) -> Any:  # JSON of any form
    """The value with its texts joined."""
    if isinstance(value, _Text):
        return "".join(value)
    if isinstance(value, dict):
        return {name: _told(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_told(one) for one in value]
    return value


def folded(answers: int, lines: Iterable[bytes]) -> Fold:
    """What a log tells."""
    fold = Fold(answers)
    for line in lines:
        fold.add_line(line)
    return fold
