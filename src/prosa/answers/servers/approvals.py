"""Approvals of calls: what was asked, of whom, and that each is good for one call.

An approval is bound to the tool, its description, the arguments, the server and the caller (attacks.md G8, G13).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.responses import ApprovalRequest
from prosa.answers.servers.approvals_store import CLAIM, ONE, addition, forgetting
from prosa.answers.servers.errors import ApprovalMismatch, ApprovalRequestNotFound, ApprovalUsed
from prosa.answers.servers.models import Decision, Server
from prosa.conversations import stored_id
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.runs import Run

DAYS: Final = 7
"""For which an approval request can be answered."""
REQUEST: Final = "mcp_approval_request"
RESPONSE: Final = "mcp_approval_response"
_MADE: Final = frozenset(
    {"mcp_call", "function_call", "reasoning", "prosa:tool_call", "file_search_call", "code_interpreter_call"}
)


class _Item(msgspec.Struct):
    type: str = "message"
    role: str = ""
    id: str = ""
    server_label: str = ""
    name: str = ""
    arguments: str = ""
    approval_request_id: str = ""
    approve: bool = False


_item: Final = msgspec.json.Decoder(_Item).decode


@dataclass(frozen=True, slots=True)
class Approved:
    """What is known of a request: the hashes of the call and of the tool's description, and the run that has used it."""

    bound: str
    print: str
    used_by: str | None


class Approvals:
    """Of all spaces; every verb names one."""

    def __init__(self, database: Database, journal: Journal, clock: Clock) -> None:
        self._database = database
        self._journal = journal
        self._clock = clock

    async def ask(self, run: Run, item: ApprovalRequest, server: Server, print: str) -> None:
        """Note what is asked; durable when this returns, so that it may be shown."""
        now = moments.stored(self._clock.now())
        hashes = (bound(server.place, item.name, item.arguments), print)
        id = stored_id(item.id)
        await self._journal.append_all((forgetting(self._oldest(now)), addition(id, run.space, run.id, hashes, now)))

    async def known(self, space: str, request_id: str) -> Approved | None:
        """What was asked under this stored id; None where nothing was, or it can't be answered any more."""
        oldest = self._oldest(moments.stored(self._clock.now()))
        rows = await self._database.fetch(ONE, request_id, space, oldest)
        if not rows:
            return None
        of_call, of_tool, used_by = rows[0]
        return Approved(str(of_call), str(of_tool), None if used_by is None else str(used_by))

    async def take(self, run: Run, request_id: str) -> bool:
        """Use an answer up, in this run; False where it was used by another."""
        now = moments.stored(self._clock.now())
        return await self._journal.append(CLAIM, (request_id, run.space, run.id, now, self._oldest(now))) > 0

    async def judged(self, space: str, items: Sequence[bytes], own: int, places: Mapping[str, str]) -> list[Decision]:
        """What the caller says to requests that stand among these items, oldest first, the last `own` of which the request adds;
        `places`: where its servers are, by their labels.

        Raises ApprovalRequestNotFound, ApprovalMismatch, ApprovalUsed.
        """
        found: list[Decision] = []
        for index, said in _answers(items, own):
            param = f"input[{index}].approval_request_id"
            id = stored_id(said.approval_request_id)
            asked = _request(items, said.approval_request_id)
            known = await self.known(space, id) if asked is not None else None
            if asked is None or known is None or any(each.request_id == id for each in found):
                raise ApprovalRequestNotFound(param)
            if bound(places.get(asked.server_label, ""), asked.name, asked.arguments) != known.bound:
                raise ApprovalMismatch(param)
            if known.used_by is not None:
                raise ApprovalUsed(param)
            found.append(Decision(id, asked.server_label, asked.name, asked.arguments, said.approve))
        return found

    def _oldest(self, now: int) -> int:
        return now - DAYS * 86_400 * moments.SECOND


def bound(place: str, name: str, arguments: str) -> str:
    """The hash of a call: of the server's place, the tool and its arguments, word for word."""
    return hashlib.sha256(msgspec.json.encode((place, name, arguments))).hexdigest()


def _answers(items: Sequence[bytes], own: int) -> list[tuple[int, _Item]]:
    """The answers to requests that nothing of the model's stands behind, with their places in the input."""
    first = max(0, len(items) - own)
    found = []
    for index in range(len(items) - 1, first - 1, -1):
        item = _item(items[index])
        if item.type in _MADE or item.role == "assistant":
            break
        if item.type == RESPONSE:
            found.append((index - first, item))
    return found[::-1]


def _request(items: Sequence[bytes], shown: str) -> _Item | None:
    if not shown:
        return None
    told = (_item(item) for item in items if b'"mcp_approval_request"' in item)
    return next((item for item in told if item.type == REQUEST and item.id == shown), None)
