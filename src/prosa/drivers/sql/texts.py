"""Text in the form that both kinds of database hold."""

from typing import overload


@overload
def storable(text: str) -> str: ...


@overload
def storable(text: None) -> None: ...


def storable(text: str | None) -> str | None:
    """The text with U+0000, which PostgreSQL's `text` can't hold, as the replacement character. On SQLite too: data moves."""
    return text if text is None or "\0" not in text else text.replace("\0", "\ufffd")
