"""Answers put together: what they stand on, and who may still have one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import msgspec

from prosa.answers import (
    BUILT_IN,
    AnswerParts,
    AnswerService,
    AnswerSettings,
    Approvals,
    ChatService,
    CodeInterpreter,
    Containing,
    FileSearch,
    Pinned,
    Sealer,
    StillAllowed,
    StillLent,
    ToolServers,
    ToolServerSettings,
    Upkeep,
)
from prosa.assistants import AssistantService
from prosa.boot.people import People
from prosa.conversations import ConversationService, MemoryService
from prosa.drivers.mcp import ToolClient
from prosa.drivers.outbound import Transport
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import OPERATOR, AccountNotFound, AccountStatus, IdentityParts, KeyStatus, Scope
from prosa.interpreter import Interpreter
from prosa.kit.clock import Clock
from prosa.kit.errors import NotFound
from prosa.knowledge import VectorStores
from prosa.runs import Engine, Run


@dataclass(frozen=True, slots=True)
class Ground:
    """What answers stand on."""

    settings: AnswerSettings
    gateway: Gateway
    conversations: ConversationService
    files: FileService
    memory: MemoryService
    stores: VectorStores
    interpreter: Interpreter
    assistants: AssistantService
    servers: ToolServers


def make_answers(engine: Engine, ground: Ground, people: People, clock: Clock) -> tuple[AnswerService, Upkeep]:
    """Answers of the Responses API, and what is done behind them; the engine knows their kinds of run from then on."""
    parts = AnswerParts(
        *(ground.gateway, ground.conversations, ground.files),
        sealer=Sealer(people.identity.keyring),
        clock=clock,
        still_allowed=still_allowed(people.identity),
        still_lent=_still_lent(ground.assistants),
        settings=ground.settings,
        tools=(
            *(*BUILT_IN, FileSearch(ground.stores)),
            CodeInterpreter(ground.interpreter, ground.files, _containing(engine, ground.conversations)),
        ),
        memory=ground.memory,
        servers=ground.servers,
    )
    return AnswerService(engine, parts), Upkeep(engine, parts, ground.memory)


def _containing(engine: Engine, conversations: ConversationService) -> Containing:
    async def contained(space: str, id: str) -> bool:
        for look in (conversations.get, engine.get):
            with suppress(NotFound):
                await look(space, id)
                return True
        return False

    return contained


def make_servers(settings: ToolServerSettings, people: People, network: Transport, clock: Clock) -> ToolServers:
    """Servers of tools that models may call."""
    approvals = Approvals(people.database, people.journal, clock)
    return ToolServers(ToolClient(network, "prosa"), settings, approvals, Sealer(people.identity.keyring))


def make_chats(engine: Engine, gateway: Gateway, files: FileService, people: People) -> ChatService:
    """Stored chat completions, likewise."""
    return ChatService(engine, people.database, gateway, files, still_allowed(people.identity))


def _still_lent(assistants: AssistantService) -> StillLent:
    async def lent(run: Run, pinned: Pinned) -> bool:
        return await assistants.still_usable(run.space, run.account_id, pinned.assistant_id)

    return lent


class _Named(msgspec.Struct):
    """What both kinds of run keep of their model."""

    model: str | None = None
    name: str | None = None
    allowed: list[str] | None = None


_named: Final = msgspec.json.Decoder(_Named).decode


def _among(run: Run, models: tuple[str, ...] | None) -> bool:
    """Whether a key with these models would still start the run: where they have become fewer, its own model must be left."""
    if models is None:
        return True
    asked = _named(run.request)
    return (asked.allowed is not None and set(asked.allowed) <= set(models)) or (asked.name or asked.model) in models


def still_allowed(identity: IdentityParts) -> StillAllowed:
    """Whether whoever started a run may call its model now: their account is active, and their API key, if it was one, is good
    for that.

    Who signed out only went away: the run goes on.
    """

    async def allowed(run: Run) -> bool:
        if run.account_id is None:
            return True
        try:
            account = await identity.accounts.get(OPERATOR, run.account_id)
        except AccountNotFound:
            return False
        if account.status is not AccountStatus.ACTIVE or run.credential_id is None:
            return account.status is AccountStatus.ACTIVE
        try:
            key = await identity.keys.get(OPERATOR, run.credential_id)
        except NotFound:
            return True  # a session or a token
        good = key.status(datetime.now(UTC)) not in (KeyStatus.REVOKED, KeyStatus.EXPIRED)
        return good and Scope.WRITE in key.scopes and _among(run, key.models)

    return allowed
