"""Chunks that differ from OpenAI's types and say what they mean all the same.

Seen: content as a list of parts (Mistral), a call's arguments as an object instead of its JSON text, its index as a text, fields
of another kind that nobody needs (attacks.md I6).
"""

from typing import Final

import msgspec

from prosa.answers.asking.shapes import CallPiece, Choice, Chunk, Delta, Function

_any: Final = msgspec.json.Decoder().decode
_encode: Final = msgspec.json.Encoder().encode


def read_loosely(payload: bytes) -> Chunk | None:
    """The chunk, of what in it can be understood; None for what is no JSON object."""
    try:
        told = _any(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    usage, error = told.get("usage"), told.get("error")
    choices = told.get("choices")
    return Chunk(
        choices=[_choice(one) for one in choices if isinstance(one, dict)] if isinstance(choices, list) else None,
        usage=msgspec.Raw(_encode(usage)),
        error=msgspec.Raw(_encode({"message": error} if isinstance(error, str) else error)),
    )


def _choice(told: dict[str, object]) -> Choice:
    delta = told.get("delta")
    finish = told.get("finish_reason")
    index = told.get("index")
    return Choice(
        index=index if isinstance(index, int) else 0,
        delta=_delta(delta) if isinstance(delta, dict) else None,
        finish_reason=finish if isinstance(finish, str) else None,
    )


def _delta(told: dict[str, object]) -> Delta:
    calls = told.get("tool_calls")
    return Delta(
        content=_text(told.get("content")),
        reasoning_content=_text(told.get("reasoning_content")),
        reasoning=_text(told.get("reasoning")),
        refusal=_text(told.get("refusal")),
        tool_calls=[_call(one) for one in calls if isinstance(one, dict)] if isinstance(calls, list) else None,
    )


def _call(told: dict[str, object]) -> CallPiece:
    index, id, function = told.get("index"), told.get("id"), told.get("function")
    if isinstance(index, str) and index.isdecimal() and len(index) < 4:
        index = int(index)
    piece = CallPiece(index=index if isinstance(index, int) else None, id=str(id) if id else None)
    if isinstance(function, dict):
        name, arguments = function.get("name"), function.get("arguments")
        if isinstance(arguments, dict):
            arguments = _encode(arguments).decode()
        piece.function = Function(_text(name), _text(arguments))
    return piece


def _text(told: object) -> str | None:
    if isinstance(told, str):
        return told
    if isinstance(told, list):
        return "".join(part["text"] for part in told if isinstance(part, dict) and isinstance(part.get("text"), str))
    return None
