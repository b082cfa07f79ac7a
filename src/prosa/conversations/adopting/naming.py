"""Which id an object of another installation has here: its own where that fits, else one made of it, and a second name."""

import re
from typing import Final, Protocol

from prosa.kit.ids import derived_id, padded

_OBJECT_ID: Final = re.compile(r"[0-9a-f]{24}")
_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


class Naming(Protocol):
    """How one system named its objects; `dialect` shows them again."""

    dialect: str

    def conversation(self, space: str, key: str) -> tuple[str, str | None]:
        """The id, and the second name where that isn't the key itself in another form."""
        ...

    def item(self, conversation_id: str, key: str) -> str:
        """The id of a message."""
        ...


class ChataiNaming:
    """C's ObjectIds of 24 digits."""

    dialect = "chatai"

    def __init__(self, salt: str) -> None:
        self._salt = salt

    def conversation(self, space: str, key: str) -> tuple[str, str | None]:
        """See Naming."""
        if _OBJECT_ID.fullmatch(key):
            return padded(key), None
        return derived_id(self._salt, "conversation", space, key), key

    def item(self, conversation_id: str, key: str) -> str:
        """See Naming."""
        return padded(key) if _OBJECT_ID.fullmatch(key) else derived_id(self._salt, "item", conversation_id, key)


class MultiuserNaming:
    """M's UUIDs; its messages have numbers, which nobody sees."""

    dialect = "multiuser"

    def __init__(self, salt: str) -> None:
        self._salt = salt

    def conversation(self, space: str, key: str) -> tuple[str, str | None]:
        """See Naming."""
        if _UUID.fullmatch(key):
            return key.replace("-", ""), None
        return derived_id(self._salt, "conversation", space, key), key

    def item(self, conversation_id: str, key: str) -> str:
        """See Naming."""
        return derived_id(self._salt, "item", conversation_id, key)
