"""Writes an answer in OpenAI's wire form: whole, or as the payloads of a stream."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple

import msgspec

from prosa.gateway.providers.mock.models import Answer, Choice
from prosa.gateway.providers.mock.tokens import count
from prosa.gateway.providers.mock.vocabulary import Directions

_FINGERPRINT = "fp_mock"
_STRAY_INDEX = 7  # what `wrong_index` adds


class Payload(NamedTuple):
    """The data of one event of a stream: seconds before it, and its JSON."""

    pause: float
    data: bytes


def whole(answer: Answer, directions: Directions) -> bytes:
    """The body of an answer that isn't streamed (`chat.completion`)."""
    body: dict[str, object] = {
        "id": answer.id,
        "object": "chat.completion",
        "created": answer.created,
        "model": answer.model,
        "choices": [_finished(choice, directions) for choice in answer.choices],
        "system_fingerprint": _FINGERPRINT,
    }
    if answer.usage is not None or directions.usage == "null":
        body["usage"] = answer.usage
    return msgspec.json.encode(body)


def _finished(choice: Choice, directions: Directions) -> dict[str, object]:
    content = "".join(choice.content)
    silent = bool(choice.refusal or choice.tool_calls) and not content
    message: dict[str, object] = {
        "role": "assistant",
        "content": None if silent else content,
        "refusal": "".join(choice.refusal) or None,
    }
    if choice.reasoning:
        message[directions.reasoning_as] = "".join(choice.reasoning)
    if choice.tool_calls:
        message["tool_calls"] = [
            {"id": call.id, "type": "function", "function": {"name": call.name, "arguments": call.arguments}}
            for call in choice.tool_calls
        ]
    index = choice.index + _STRAY_INDEX * directions.wrong_index
    return {"index": index, "message": message, "logprobs": None, "finish_reason": choice.finish_reason}


def seconds(answer: Answer, directions: Directions) -> float:
    """How long a model of this speed would need for the whole answer."""
    longest = max(answer.choices, key=lambda choice: len(choice.content) + len(choice.reasoning))
    return sum(_pause(piece, directions) for piece in (*longest.reasoning, *longest.content, *longest.refusal))


def payloads(answer: Answer, directions: Directions, *, include_usage: bool) -> Iterator[Payload]:
    """The events of a streamed answer (`chat.completion.chunk`), the choices taking turns; [DONE] isn't among them."""
    writer = _Writer(answer, directions, include_usage=include_usage)
    for turn in zip_longest(*(writer.events(choice) for choice in answer.choices)):
        yield from (payload for payload in turn if payload is not None)
    if writer.usage_at_end:
        yield Payload(0.0, writer.chunk(b"", answer.usage))


class _Writer:
    """Writes chunks around one head, which is encoded once."""

    def __init__(self, answer: Answer, directions: Directions, *, include_usage: bool) -> None:
        head = {"id": answer.id, "object": "chat.completion.chunk", "created": answer.created, "model": answer.model}
        self._head = msgspec.json.encode(head | {"system_fingerprint": _FINGERPRINT})[:-1]
        self._directions = directions
        self._usage = answer.usage
        self._told = include_usage and directions.usage != "missing"
        self.usage_at_end = answer.usage is not None and (include_usage or directions.usage == "always")

    def chunk(self, choices: bytes, usage: dict[str, object] | None) -> bytes:
        tail = b""
        if usage is not None or self._told:
            tail = b',"usage":' + msgspec.json.encode(usage)
        return self._head + b',"choices":[' + choices + b"]" + tail + b"}"

    def events(self, choice: Choice) -> Iterator[Payload]:
        yield self._delta(choice, {"role": "assistant", "content": None if choice.tool_calls and not choice.content else ""}, 0.0)
        texts = ((self._directions.reasoning_as, choice.reasoning), ("content", choice.content), ("refusal", choice.refusal))
        for name, pieces in texts:
            for piece in pieces:
                yield self._delta(choice, {name: piece}, _pause(piece, self._directions))
        yield from self._calls(choice)
        if choice.finish_reason is not None:
            yield self._delta(choice, {}, 0.0, choice.finish_reason)

    def _calls(self, choice: Choice) -> Iterator[Payload]:
        """Each call's name first, then its arguments piece by piece."""
        for number, call in enumerate(choice.tool_calls):
            function = {"name": call.name, "arguments": ""}
            opening = {"index": number, "id": call.id, "type": "function", "function": function}
            yield self._delta(choice, {"tool_calls": [opening]}, self._directions.delay)
            size = self._directions.pieces
            for start in range(0, len(call.arguments), size):
                piece = call.arguments[start : start + size]
                more = {"index": number, "function": {"arguments": piece}}
                yield self._delta(choice, {"tool_calls": [more]}, _pause(piece, self._directions))

    def _delta(self, choice: Choice, delta: dict[str, object], pause: float, finish: str | None = None) -> Payload:
        written = msgspec.json.encode(
            {
                "index": choice.index + _STRAY_INDEX * self._directions.wrong_index,
                "delta": delta,
                "logprobs": None,
                "finish_reason": finish,
            }
        )
        return Payload(pause, self.chunk(written, self._usage if self._directions.usage == "every" else None))


def _pause(piece: str, directions: Directions) -> float:
    if directions.speed is None:
        return directions.delay
    return directions.delay + max(1, count((piece,))) / directions.speed
