"""A ticket lets one request through that can't send a header, a socket or a download, in the name of who asked for it."""

import msgspec

from prosa.drivers.sql import Database
from prosa.identity.models import Caller, CallerKind
from prosa.identity.one_time.errors import OneTimeRefused, TicketNotGiven
from prosa.identity.one_time.models import Purpose, Ticket
from prosa.identity.one_time.service import OneTime
from prosa.kit.errors import BadRequest

SECONDS = 60
_LONGEST_PATH = 2000
_GIVEN_TO = frozenset({CallerKind.SESSION, CallerKind.KEY, CallerKind.TOKEN})


class _Detail(msgspec.Struct, frozen=True):
    kind: CallerKind
    credential_id: str
    path: str
    until: float | None = None


class TicketService:
    """Issues and uses tickets. Raises DatabaseUnavailable."""

    def __init__(self, database: Database, one_time: OneTime) -> None:
        self._database = database
        self._one_time = one_time

    async def issue(self, caller: Caller, path: str) -> str:
        """A ticket for one request to this path (without its query) within a minute. Raises TicketNotGiven, BadRequest."""
        if caller.account_id is None or caller.credential_id is None or caller.kind not in _GIVEN_TO:
            raise TicketNotGiven
        if not path.startswith("/") or len(path) > _LONGEST_PATH or not path.isprintable() or {"?", "#"} & set(path):
            raise BadRequest("Expected the path of an address, beginning with '/' and without '?' or '#'.", param="path")
        until = caller.expires_at if caller.kind is CallerKind.TOKEN else None
        detail = msgspec.json.encode(_Detail(caller.kind, caller.credential_id, path, until)).decode()
        async with self._database.writing() as connection:
            return await self._one_time.issue(connection, Purpose.TICKET, caller.account_id, SECONDS, detail)

    async def use(self, text: str, path: str) -> Ticket | None:
        """Use a ticket up; None for one that is not good for this path now. Shown at another path it is spent all the same."""
        try:
            async with self._database.writing() as connection:
                found = await self._one_time.redeem(connection, Purpose.TICKET, text)
        except OneTimeRefused:
            return None
        detail = msgspec.json.decode(found.detail or "", type=_Detail)
        if detail.path != path:
            return None
        return Ticket(found.account_id, detail.kind, detail.credential_id, detail.path, detail.until)
