"""Thoughts that a provider wants back with the results of tools.

Anthropic's signed blocks must come back untouched ("Extended thinking", Anthropic's platform documentation); they travel within a
reasoning item's `encrypted_content`. The signature is the provider's, and redacted blocks are encrypted by it; nothing is added
here but a name to know them by. Other models want their plain words back with every call that they ever made, and be they none
("Thinking Mode", api-docs.deepseek.com), while strict servers refuse a field that they don't know (Groq: "property
'reasoning_content' is unsupported"), so only those models get it.
"""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw

_WANTING: Final = re.compile(r"(?i)deepseek|kimi|moonshot|glm-|minimax|mimo")
_MARK: Final = "prosa.thinking.1:"
_THOUGHTS: Final = ("thinking", "redacted_thinking", "reasoning")  # Anthropic's, and the items of a Responses API


class _Block(msgspec.Struct):
    type: str = ""


_blocks: Final = msgspec.json.Decoder(list[Raw]).decode
_block: Final = msgspec.json.Decoder(_Block).decode


def wanted_back(model: str | None) -> bool:
    """Whether this model wants what it thought back in words."""
    return model is not None and _WANTING.search(model) is not None and "groq" not in model.lower()


def sealed(blocks: Sequence[Raw]) -> str:
    """The blocks as one opaque text."""
    return _MARK + b64encode(msgspec.json.encode(list(blocks))).decode()


def opened(text: str) -> list[Raw]:
    """The blocks of such a text; none where it is another server's, or was changed. What is no thought is left out, since the
    text came by way of the client."""
    if not text.startswith(_MARK):
        return []
    try:
        found = _blocks(b64decode(text[len(_MARK) :], validate=True))
        return [raw for raw in found if _block(raw).type in _THOUGHTS]
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return []
