"""The tool servers of one answer: what they offer, what the model may call, and what somebody has to approve before."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from msgspec import Raw

from prosa.answers.responses import (
    ApprovalRequest,
    ResponseRequest,
    Scribe,
    ServedCall,
    ServedName,
    ToolList,
    function_name,
    marked_name,
    stored_form,
    text_error,
    text_of,
)
from prosa.answers.servers.listing import Listing, fetched, known_of
from prosa.answers.servers.models import Decision, Known, Server
from prosa.answers.servers.policy import asks, foreign_said
from prosa.answers.servers.served_tool import ServedFailed, ServedTool, typed
from prosa.answers.servers.service import ToolServers
from prosa.conversations import prefix_of
from prosa.drivers.mcp import ToolServerFailed
from prosa.runs import Drive

REQUEST: Final = prefix_of("mcp_approval_request")
LONGEST: Final = 4096  # characters of a description that a model is told
_USED: Final = "Not called: the approval was used before."
_CHANGED: Final = "Not called: the tool is described otherwise than when somebody approved the call."
_GONE: Final = "Not called: the server offers no such tool."
_ALONE: Final = "These tools can't be called here, since somebody would have to approve each call and nobody can be asked: {}."


@dataclass(frozen=True, slots=True)
class Wish:
    """What a request says of tool servers. `doors`: how they are reached, sealed; `lent`: they come with an assistant, which goes
    on without those that can't be asked; `alone`: nobody can be asked for approval."""

    request: ResponseRequest
    doors: str | None = None
    decisions: Sequence[Decision] = ()
    lent: bool = False
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Function:
    """What a model is told of a tool."""

    name: str
    description: str
    parameters: Raw


@dataclass(frozen=True, slots=True)
class View:
    """What a model may call now: by the labels of servers, and what its functions stand for; `note` says what it may not."""

    tools: Mapping[str, Sequence[Function]] = field(default_factory=dict)
    names: Mapping[str, ServedName] = field(default_factory=dict)
    note: str | None = None


class Serving:
    """Of one drive."""

    def __init__(self, ground: ToolServers, drive: Drive, scribe: Scribe, wish: Wish) -> None:
        self._ground = ground
        self._drive = drive
        self._scribe = scribe
        self._wish = wish
        self._choice = wish.request.choice
        self._servers: dict[str, Server] = {}
        self._known: dict[str, list[Known]] = {}
        self._listings: list[Listing] = []
        self._stale: set[str] = set()

    async def open(self, listings: Sequence[Listing]) -> None:
        """Learn what the servers offer: from these lists, which stand before the request, or by asking them. Raises
        ToolServerFailed, where they don't come with an assistant."""
        servers = self._ground.opened(self._wish.request, self._drive.run.id, self._wish.doors)
        self._servers = {server.label: server for server in servers}
        self._listings = [*listings, *self._told()]
        missing = []
        for server in servers:
            known = known_of(server, self._listings)
            if known is not None:
                self._known[server.label] = known
            elif not self._scribe.said.served:
                missing.append(server)
        await self._list(missing, strict=not self._wish.lent)

    def approve(self) -> None:
        """Begin the calls that the caller has approved."""
        begun = {item.approval_request_id for item in self._scribe.said.items if isinstance(item, ServedCall)}
        for decision in self._wish.decisions:
            shown = REQUEST + decision.request_id
            if decision.approve and shown not in begun:
                index, events = self._scribe.new_served(ServedName(decision.label, decision.name), shown)
                growth = self._scribe.said.growth(index)
                assert growth is not None
                events.append(self._scribe.more(index, growth, decision.arguments))
                self._push([*events, *self._scribe.end_part(index)])

    async def take(self) -> None:
        """Use the caller's answers up; a call that can't be made by one of them any more is over. Raises DatabaseUnavailable."""
        waiting = {self._scribe.said.items[index].id: index for index, _ in self._scribe.said.waiting()}
        calls = {item.approval_request_id: item for item in self._scribe.said.items if isinstance(item, ServedCall)}
        for decision in self._wish.decisions:
            taken = await self._ground.approvals.take(self._drive.run, decision.request_id)
            call = calls.get(REQUEST + decision.request_id)
            if call is None or call.id not in waiting or waiting[call.id] in self._scribe.said.started:
                continue
            why = await self._why_not(decision) if taken else _USED
            if why is not None:
                self._push(self._scribe.served_ended(waiting[call.id], why, text_error(why)))

    def ready(self) -> None:
        """What stands before the first words is over."""
        if not self._scribe.said.served and len(self._scribe.said):
            self._push([self._scribe.servers_ready()])

    def tools(self) -> list[ServedTool]:
        """All that can be called, each by its key."""
        approved = {(each.label, each.name) for each in self._wish.decisions if each.approve}
        found = []
        for label, known in self._known.items():
            client, server, changed = self._ground.client, self._servers[label], self._changed(label)
            found += [ServedTool(client, server, each, changed, approved=(label, each.name) in approved) for each in known]
        return found

    def view(self, *, foreign: bool, taken: Iterable[str] = ()) -> View:
        """What the model may call now. `foreign`: words of somebody else stand before the request; `taken`: names of functions
        that are something else."""
        untrusted = foreign or foreign_said(self._scribe.said.items) or any(each.named is None for each in self._servers.values())
        tools: dict[str, list[Function]] = {}
        names: dict[str, ServedName] = {}
        used, left = set(taken), list[str]()
        for label, known in self._known.items():
            server = self._servers[label]
            for each in known:
                ask = asks(server, each, untrusted=untrusted)
                name = function_name(label, each.name)
                name = marked_name(label, each.name) if name in used else name
                if name in used or not self._choice.admits(label, each.name):
                    continue
                if ask and self._wish.alone:
                    left.append(name)
                    continue
                used.add(name)
                names[name] = ServedName(label, each.name, ask)
                tools.setdefault(label, []).append(Function(name, _described(server, each), each.tool.input_schema))
        return View(tools, names, _ALONE.format(", ".join(left)) if left else None)

    async def ask(self) -> None:
        """Ask for approval of the calls that wait for it; what can't be called at all fails. Durable before it is shown. Raises
        DatabaseUnavailable."""
        for index, item in self._scribe.said.asking():
            server, known = self._found(item.server_label, item.name)
            why = None if server is not None and known is not None else _GONE
            if server is not None and known is not None:
                why = _unfit(item, known)
            if why is not None or server is None or known is None:
                self._push(self._scribe.served_ended(index, why or _GONE, text_error(why or _GONE)))
                continue
            await self._ground.approvals.ask(self._drive.run, item, server, known.tool.print)
            self._push(self._scribe.end_item(index))

    async def refresh(self) -> None:
        """List the tools of servers anew that describe one otherwise now."""
        stale, self._stale = self._stale, set()
        await self._list([self._servers[label] for label in sorted(stale)], strict=False)

    # Lists

    def _told(self) -> list[Listing]:
        """The lists of this answer, told by a driver before."""
        said = self._scribe.said
        lists = [item for item in said.items if isinstance(item, ToolList) and item.id in said.listed]
        return [Listing(said.listed[item.id], stored_form(item)[2]) for item in lists]

    async def _list(self, servers: Sequence[Server], *, strict: bool) -> None:
        places = [self._begin(server) for server in servers]
        if not places:
            return
        found = await asyncio.gather(*(self._fetch(server, place) for server, place in zip(servers, places, strict=True)))
        failed: ToolServerFailed | None = None
        for server, place, (listed, error) in zip(servers, places, found, strict=True):
            self._push(self._scribe.list_ended(place, listed, server.key))
            failed = failed or error
            if error is None:
                self._listings.append(Listing(server.key, stored_form(listed)[2]))
            known = known_of(server, self._listings) if error is None else None
            self._known[server.label] = known or []
        await self._drive.flush()
        if failed is not None and strict:
            raise failed

    def _begin(self, server: Server) -> int:
        """The place of the list; of one that a driver before has begun, the same."""
        said = self._scribe.said
        for index in said.open():
            item = said.item(index)
            if isinstance(item, ToolList) and item.server_label == server.label:
                return index
        index, events = self._scribe.new_list(server.label)
        self._push(events)
        return index

    async def _fetch(self, server: Server, place: int) -> tuple[ToolList, ToolServerFailed | None]:
        id = self._scribe.said.id_at(place)
        try:
            return await fetched(self._ground.client, server, id), None
        except ToolServerFailed as error:
            return ToolList(id, server.label, error=error.message), error

    def _changed(self, label: str) -> "_Mark":
        return _Mark(self._stale, label)

    # Approvals

    async def _why_not(self, decision: Decision) -> str | None:
        """Why an approved call isn't made after all."""
        _, known = self._found(decision.label, decision.name)
        asked = await self._ground.approvals.known(self._drive.run.space, decision.request_id)
        if known is None:
            return _GONE
        if asked is None or asked.print != known.tool.print:
            return _CHANGED
        return None

    def _found(self, label: str, name: str) -> tuple[Server | None, Known | None]:
        return self._servers.get(label), next((each for each in self._known.get(label, ()) if each.name == name), None)

    def _push(self, events: Iterable[bytes]) -> None:
        for event in events:
            self._drive.push(event)


class _Mark:
    """Notes that a server's list is out of date."""

    def __init__(self, stale: set[str], label: str) -> None:
        self._stale = stale
        self._label = label

    def __call__(self) -> None:
        self._stale.add(self._label)


def _unfit(item: ApprovalRequest, known: Known) -> str | None:
    """Why nobody is asked: the call could not be made anyway."""
    try:
        typed(item.arguments.encode("utf-8", "replace"), known.tool.input_schema)
    except ServedFailed as error:
        return text_of(error.fault)
    return None


def _described(server: Server, known: Known) -> str:
    """A tool in its server's words, with who says so."""
    more = server.entry.server_description or (server.named.description if server.named is not None else None)
    head = (
        f"Tool {known.name!r} of the server {server.label!r}{f' ({more[:500]})' if more else ''}, as that server describes it: "
    )
    return head + (known.tool.description or "")[:LONGEST]
