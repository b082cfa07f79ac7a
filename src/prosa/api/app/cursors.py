"""Where the next page of a list begins, in a form that only the one who got it can use (attacks.md A13)."""

import base64
import binascii
import hmac
import json
from typing import Final

from prosa.api.app.errors import UnknownCursor
from prosa.drivers.vault import Keyring

Moment = tuple[int, str]
"""A position in a list by time: microseconds since 1970, and an id."""
Position = int | Moment

_PURPOSE: Final = "cursors"
_MAC_DIGITS: Final = 32
_LONGEST: Final = 512


class Cursors:
    """The cursors of one list, as one caller reads it with one set of filters; `scope` says all of that."""

    def __init__(self, keyring: Keyring, *scope: str | None) -> None:
        self._keyring = keyring
        self._scope = json.dumps(scope)

    def give(self, position: Position | None) -> str | None:
        """The cursor of the page that begins after `position`; None where there is no further page."""
        if position is None:
            return None
        data = base64.urlsafe_b64encode(json.dumps(position, separators=(",", ":")).encode()).rstrip(b"=").decode()
        return f"{data}.{self._keyring.kid}.{self._mac(data, self._keyring.kid)}"

    def moment(self, cursor: str | None) -> Moment | None:
        """The position behind a cursor of a list by time. Raises UnknownCursor for one that was changed, or given elsewhere."""
        found = self._take(cursor)
        if found is None:
            return None
        if not (isinstance(found, list) and len(found) == 2 and isinstance(found[0], int) and isinstance(found[1], str)):
            raise UnknownCursor
        return found[0], found[1]

    def number(self, cursor: str | None) -> int | None:
        """The same of a list by number."""
        found = self._take(cursor)
        if found is not None and not isinstance(found, int):
            raise UnknownCursor
        return found

    def _take(self, cursor: str | None) -> object:
        if cursor is None:
            return None
        data, _, rest = cursor.partition(".")
        kid, _, mac = rest.partition(".")
        if len(cursor) > _LONGEST or not cursor.isascii() or kid not in self._keyring.kids:
            raise UnknownCursor
        if not hmac.compare_digest(mac, self._mac(data, kid)):
            raise UnknownCursor
        try:
            found: object = json.loads(base64.urlsafe_b64decode(data + "=" * (-len(data) % 4)))
        except (binascii.Error, ValueError) as error:
            raise UnknownCursor from error
        return found

    def _mac(self, data: str, kid: str) -> str:
        return self._keyring.mac(_PURPOSE, f"{self._scope}\n{data}".encode(), kid)[:_MAC_DIGITS]
