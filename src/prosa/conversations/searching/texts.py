"""The words that stand in an item: what a person or a model said, and what a tool answered."""

from dataclasses import dataclass
from typing import Final

import msgspec

TITLE: Final = "title"
TOOL: Final = "tool"
_ROLES: Final = frozenset({"user", "assistant", "system", "developer"})
_TOOLS: Final = frozenset({"function_call_output", "custom_tool_call_output"})


@dataclass(frozen=True, slots=True)
class Piece:
    """A text as somebody wrote it: `index` is its place in the item's content, None where the content is one text."""

    text: str
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Texts:
    """All that is written in an item, and who said it."""

    role: str
    pieces: tuple[Piece, ...]


class _Part(msgspec.Struct):
    text: object = None
    refusal: object = None
    filename: object = None


class _Item(msgspec.Struct):
    role: object = None
    content: msgspec.Raw = msgspec.Raw(b"null")
    output: msgspec.Raw = msgspec.Raw(b"null")


_item: Final = msgspec.json.Decoder(_Item)
_value: Final = msgspec.json.Decoder(str | list[msgspec.Raw] | None)
_part: Final = msgspec.json.Decoder(_Part)


def texts_of(type: str, body: bytes) -> Texts | None:
    """What is written in an item of this type; None where nobody would look for it, or where it can't be read."""
    if type != "message" and type not in _TOOLS:
        return None
    try:
        item = _item.decode(body)
        if type in _TOOLS:
            return Texts(TOOL, _pieces(item.output))
        role = item.role if isinstance(item.role, str) and item.role in _ROLES else "user"
        return Texts(role, _pieces(item.content))
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _pieces(content: msgspec.Raw) -> tuple[Piece, ...]:
    found = _value.decode(content)
    if found is None:
        return ()
    if isinstance(found, str):
        return (Piece(found),)
    pieces = []
    for index, raw in enumerate(found):
        if not bytes(raw).startswith(b"{"):
            continue
        part = _part.decode(raw)
        for text in (part.text, part.refusal, part.filename):
            if isinstance(text, str) and text:
                pieces.append(Piece(text, index))
                break
    return tuple(pieces)
