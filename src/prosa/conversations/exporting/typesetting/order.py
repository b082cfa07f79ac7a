"""What is set: a part of a conversation, as the server hands it to the process that sets it."""

from typing import Literal

import msgspec

MODULE = "prosa.conversations.exporting.typesetting.child"


class Said(msgspec.Struct, frozen=True):
    """One who speaks, with the words for that in the document's language."""

    role: str
    label: str
    at: str
    text: str
    files: tuple[str, ...] = ()
    plain: bool = False


class Order(msgspec.Struct, frozen=True):
    """A document."""

    format: Literal["pdf", "docx"]
    language: str
    title: str
    subtitle: str
    files: str  # the word for what hangs on a message
    empty: str  # the words for nothing at all
    entries: tuple[Said, ...]
