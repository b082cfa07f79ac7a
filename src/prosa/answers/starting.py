"""A request becomes a run: everything that can be known to be wrong with it is told before anything is stored."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import msgspec

from prosa.answers.assisting.hearing import heard_of
from prosa.answers.assisting.pinned import Pinned
from prosa.answers.calling import admit, offers
from prosa.answers.context import paired, still
from prosa.answers.errors import PreviousResponseNotFound, PreviousResponseOpen, ToolNamedTwice
from prosa.answers.models import ANSWER, Asked, Before, Prepared, Sources
from prosa.answers.parts import AnswerParts
from prosa.answers.questions import Questions
from prosa.answers.responses import RESPONSE, MissingParameter, ResponseRequest, Scribe, input_items, new_response
from prosa.answers.servers import Decision, Entrance
from prosa.answers.servers.listing import listings_in
from prosa.conversations import HEAD, Item, Parent, type_of, without_id
from prosa.drivers.journal import Part
from prosa.gateway import CallKind
from prosa.identity import Caller, Door
from prosa.kit.ids import new_object_id, without_prefix
from prosa.runs import Engine, NewRun, Run, RunNotFound, RunState
from prosa.usage import payer_of

_REQUEST: Final = b'"type":"mcp_approval_request"'
_ANSWER: Final = b'"mcp_approval_response"'


@dataclass(frozen=True, slots=True)
class CreateOptions:
    """How a request is taken. `id`: the run's, where the request may come again; `replace`: what is being answered in the
    conversation is cancelled first, instead of waited for; `held`: the input holds all that came before already, and
    `previous_response_id` is only shown; `parent`: the item of the conversation, by its stored id, that the input stands behind,
    or without input, that is answered; `dialect`: the door's name by which the request came; `remembers`: the older part of the
    conversation is told by its summary, and beside it what the person wants to be known; `assisting`: the assistant that answers;
    those of the Assistants API don't wait for one another; `own`: the items that the request adds, as they are stored, in the
    place of its input; `thread`: the conversation's stored id, where it was just read."""

    id: str | None = None
    replace: bool = False
    held: bool = False
    parent: Parent = HEAD
    dialect: str = "openai"
    remembers: bool = False
    assisting: Pinned | None = None
    own: tuple[bytes, ...] | None = None
    thread: str | None = None

    @property
    def waits(self) -> bool:
        """Whether the run is one of the Assistants API: alone in its thread, and waiting for what functions give."""
        return self.assisting is not None and self.assisting.waits


@dataclass(frozen=True, slots=True)
class Beginning:
    """A run to start, and what was worked out for its driver."""

    new: NewRun
    prepared: Prepared

    def passing_run(self) -> Run:
        """The run, as one that is never stored."""
        new = self.new
        return Run(
            *(new.id, new.space, new.kind, RunState.RUNNING, 0, None, 1, None, None, new.account_id, new.credential_id),
            *(new.request.decode(), None, None, 0, None, False),
        )


class Starter:
    """Makes runs of requests."""

    def __init__(self, engine: Engine, parts: AnswerParts) -> None:
        self._engine = engine
        self._parts = parts

    async def begin(self, caller: Caller, request: ResponseRequest, options: CreateOptions) -> Beginning:
        """Judge a request and work out what the model is to hear.

        Raises BadRequest of many kinds, PreviousResponseNotFound, PreviousResponseOpen, ConversationNotFound,
        ReferencedItemNotFound, FileNotFound, ModelNotFound, NoProvider.
        """
        request, doors = self._parted(caller, request, lent=options.assisting is not None)
        if options.thread is not None:
            sources = Sources(conversation_id=options.thread)
        else:
            sources = Sources(None, None) if options.held else await self.sources(caller.space, request, options.parent)
        own = list(options.own) if options.own is not None else await self._own(caller.space, request)
        asked = self._asked(caller, request, continues=not own and not options.waits)
        asked.dialect, asked.remembers, asked.assisting = options.dialect, options.remembers, options.assisting
        prepared = await self.prepared(caller.space, asked, request, sources, own)
        run_id = options.id or new_object_id()
        if self._parts.servers is not None:
            asked.doors = self._parts.servers.sealed(run_id, doors)
            asked.decisions = await self._decisions(caller.space, prepared, len(own), doors)
        items = self._items(caller.space, run_id, sources.conversation_id, own)
        if sources.conversation_id is not None:
            asked.anchor = items[-1].id if items else prepared.newest
        new = NewRun(
            space=caller.space,
            kind=ANSWER,
            request=asked.stored(),
            events=_first_events(run_id, asked, request),
            parts=(
                *self._parts_of(caller.space, sources, items),
                *self._parts.conversations.news.run(caller.space, "started", run_id, sources.conversation_id),
            ),
            id=run_id,
            conversation_id=sources.conversation_id,
            previous_id=sources.previous_id,
            account_id=caller.account_id,
            credential_id=caller.credential_id,
            metadata=msgspec.json.encode(request.metadata) if request.metadata else None,
            alone=options.waits,
        )
        return Beginning(new, replace(prepared, first=items[0].id if items else None))

    async def look(self, caller: Caller, request: ResponseRequest, *, held: bool = False) -> Prepared:
        """What a model would be asked for this request, which isn't started; `held`: see CreateOptions. Raises as `begin`."""
        request, _ = self._parted(caller, request, lent=False)
        sources = Sources(None, None) if held else await self.sources(caller.space, request)
        own = await self._own(caller.space, request)
        asked = self._asked(caller, request, continues=not own)
        return await self.prepared(caller.space, asked, request, sources, own)

    def _parts_of(self, space: str, sources: Sources, items: list[Item]) -> tuple[Part, ...]:
        conversations, parent = self._parts.conversations, sources.parent
        if items or sources.conversation_id is None or not isinstance(parent, str):
            return conversations.adding(items, parent)
        return conversations.going_back(space, sources.conversation_id, parent)

    async def sources(self, space: str, request: ResponseRequest, parent: Parent = HEAD) -> Sources:
        """What the request goes on from.

        Raises PreviousResponseNotFound, PreviousResponseOpen, ConversationNotFound, ItemNotFound for a `parent` elsewhere.
        """
        if request.previous_response_id is not None:
            return Sources(previous_id=(await self._previous(space, request.previous_response_id)).id)
        named = request.conversation_id
        if named is None:
            return Sources()
        found = await self._parts.conversations.get(space, await self._parts.conversations.behind(space, named))
        if isinstance(parent, str):
            await self._parts.conversations.item(space, found.id, parent)
        return Sources(conversation_id=found.id, parent=parent)

    async def prepared(self, space: str, asked: Asked, request: ResponseRequest, sources: Sources, own: list[bytes]) -> Prepared:
        """What the model is to hear: what came before, and what the request adds. Raises as `begin`."""
        _check_names(self._parts, request)
        await admit(self._parts.tools, request, space, asked.assisting)
        contexts, cut = self._parts.contexts, request.truncation == "auto"
        before = Before([], [])
        if sources.previous_id is not None or sources.conversation_id is not None:
            before = await contexts.told(space, sources, cut=cut, remembers=asked.remembers)
        before = replace(before, listings=(*before.listings, *listings_in(own)))
        whole = [*before.bodies, *own]
        if not whole and (not asked.waits or not request.instructions):
            raise MissingParameter("input")
        items = contexts.bounded(heard_of(asked.assisting, whole), cut=cut)
        if asked.waits:
            items = paired(items, strict=False)  # what another run asked in vain isn't this one's fault
        before.ids[:] = still([*before.ids, *("" for _ in own)], whole, items)
        filled = await contexts.filled(space, contexts.audible(space, items))
        questions = Questions(self._parts, asked, request)
        context, call = await questions.prepare(filled, before)
        return Prepared(request, items, context, call, before.newest, carried=filled.carried, before=before)

    async def _previous(self, space: str, named: str) -> Run:
        run_id = without_prefix(named, RESPONSE)
        if run_id is None:
            raise PreviousResponseNotFound
        try:
            run = await self._engine.get(space, run_id)
        except RunNotFound as error:
            raise PreviousResponseNotFound from error
        if run.kind != ANSWER:
            raise PreviousResponseNotFound
        if run.open:
            raise PreviousResponseOpen
        return run

    async def _own(self, space: str, request: ResponseRequest) -> list[bytes]:
        """The request's items as they are stored: without ids that came with them, but for those by which they are answered."""
        items = await self._parts.contexts.referenced(space, input_items(request))
        return [item if _REQUEST in item else without_id(item)[1] for item in items]

    def _parted(self, caller: Caller, request: ResponseRequest, *, lent: bool) -> tuple[ResponseRequest, Mapping[str, Entrance]]:
        """The request as it may be kept and shown, and how the tool servers are reached that it names. Raises BadRequest."""
        servers = self._parts.servers
        return servers.parted(request, caller, lent=lent) if servers is not None else (request, {})

    async def _decisions(self, space: str, prepared: Prepared, own: int, doors: Mapping[str, Entrance]) -> list[Decision]:
        """What the caller says of calls that were to be approved. Raises BadRequest, ApprovalUsed."""
        servers = self._parts.servers
        if servers is None or not any(_ANSWER in item for item in prepared.items[-own:] if own):
            return []
        return await servers.approvals.judged(space, prepared.items, own, servers.places(prepared.request, doors))

    def _asked(self, caller: Caller, request: ResponseRequest, *, continues: bool) -> Asked:
        return Asked(
            msgspec.Raw(request.stored()),
            request.model or self._parts.gateway.catalogue.default(CallKind.CHAT) or "",
            int(self._parts.clock.now()),
            request.model,
            sorted(caller.models) if caller.models is not None else None,
            continues,
            key=payer_of(caller, Door.OPENAI).key_id,
        )

    def _items(self, space: str, run_id: str, conversation_id: str | None, own: list[bytes]) -> list[Item]:
        now = self._parts.clock.now()
        bodies = [without_id(body)[1] if _REQUEST in body else body for body in own]
        return [Item(space, type_of(body), body, now, conversation_id=conversation_id, run_id=run_id) for body in bodies]


def _first_events(run_id: str, asked: Asked, request: ResponseRequest) -> tuple[bytes, ...]:
    """`response.created`, and for what runs in the background `response.queued`; whoever drives goes on from there."""
    scribe = Scribe()
    response = new_response(request, run_id, asked.created, asked.model, "queued" if request.background else "in_progress")
    created = scribe.created(response)
    return (created, scribe.state(response)) if request.background else (created,)


def _check_names(parts: AnswerParts, request: ResponseRequest) -> None:
    """A tool of the server and a function of the caller can't have one name. Raises ToolNamedTwice."""
    own = {offer.tool.name for offer in offers(parts.tools, request)}
    if not own or request.tools is None:
        return
    for index, raw in enumerate(request.tools):
        tool = _named(raw)
        if tool.type == "function" and tool.name in own:
            raise ToolNamedTwice(index, tool.name or "")


class _Named(msgspec.Struct):
    type: str
    name: str | None = None


_named: Final = msgspec.json.Decoder(_Named).decode
