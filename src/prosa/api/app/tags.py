"""Entity tags: which state of a thing a caller read, so that nobody overwrites what somebody else changed (RFC 9110, 8.8.3)."""

import hmac
from typing import Final

from prosa.api.app.errors import PreconditionRequired
from prosa.drivers.vault import Keyring
from prosa.identity import EditConflict

_PURPOSE: Final = "cursors"  # the keyring's label for all that a caller hands back
_DIGITS: Final = 32
_MOST_TAGS: Final = 10


class Tags:
    """The tags that one caller is given. They count nothing and tell nothing, and another's never match (attacks.md A12, A13)."""

    def __init__(self, keyring: Keyring, caller: str) -> None:
        self._keyring = keyring
        self._caller = caller

    def of(self, thing_id: str, version: int) -> str:
        """The tag of a thing's state."""
        data = f"tag\n{self._caller}\n{thing_id}\n{version}".encode()
        return f'"{self._keyring.mac(_PURPOSE, data)[:_DIGITS]}"'

    def check(self, if_match: str | None, thing_id: str, version: int) -> None:
        """Raises EditConflict where an If-Match names none of this state; without one, or with `*`, all is well."""
        if if_match is None or if_match.strip() == "*":
            return
        tag = self.of(thing_id, version)
        named = [text.strip() for text in if_match.split(",")[:_MOST_TAGS]]
        if not any(hmac.compare_digest(text.encode("utf-8", "replace"), tag.encode()) for text in named):
            raise EditConflict

    def demand(self, if_match: str | None, thing_id: str, version: int) -> None:
        """As `check`, for things that two may edit at once. Raises PreconditionRequired too, where there is no If-Match."""
        if if_match is None:
            raise PreconditionRequired
        self.check(if_match, thing_id, version)

    def version(self, if_match: str | None, version: int) -> int | None:
        """The version that a change has to find; None where the caller takes any."""
        return None if if_match is None or if_match.strip() == "*" else version
