"""Thoughts that a provider wants back untouched: Anthropic's signed blocks, within a reasoning item's `encrypted_content`.

The signature is the provider's, and redacted blocks are encrypted by it; nothing is added here but a name to know them by.
Source: "Extended thinking", Anthropic's platform documentation (blocks must come back with the results of tools).
"""

import binascii
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Final

import msgspec
from msgspec import Raw

_MARK: Final = "prosa.thinking.1:"


class _Block(msgspec.Struct):
    type: str = ""


_blocks: Final = msgspec.json.Decoder(list[Raw]).decode
_block: Final = msgspec.json.Decoder(_Block).decode


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
        return [raw for raw in found if _block(raw).type in ("thinking", "redacted_thinking")]
    except (binascii.Error, ValueError, msgspec.MsgspecError):
        return []
