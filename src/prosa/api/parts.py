"""What the dialects stand on, and the routes that no framework stands before."""

from collections.abc import Callable
from dataclasses import dataclass, field

from prosa.administration import Administration
from prosa.answers import AnswerService, ChatService, Talking, ThreadRuns, ThreadService
from prosa.api.app import AppDialect, ChangeSockets, RunSockets
from prosa.api.edge import Dialects, EdgeParts, Route, Sockets
from prosa.api.following import Readers
from prosa.api.legacy import assistant, chatai, multiuser, serverless
from prosa.api.legacy.bitaca import BitacaDialect, BitacaSettings
from prosa.api.legacy.bitaca import hot_routes as bitaca_routes
from prosa.api.legacy.chatai import ChataiSettings
from prosa.api.legacy.multiuser import MultiuserSettings
from prosa.api.openai import OpenAIDialect, Responses, ResponseSockets, StoredChat, ThreadCalls
from prosa.api.openai import hot_routes as openai_routes
from prosa.assistants import AssistantService
from prosa.conversations import (
    ConversationService,
    ExportService,
    ImportService,
    MemoryService,
    Nodes,
    Opinions,
    Roll,
    SearchService,
    Sharing,
    Shelf,
    Talks,
)
from prosa.events import Feed, Presence
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import IdentityParts
from prosa.interactions import InteractionService
from prosa.interpreter import Interpreter
from prosa.knowledge import VectorStores
from prosa.privacy import PersonalData
from prosa.prompts import PromptService
from prosa.runs import Engine
from prosa.usage import UsageService


@dataclass(frozen=True, slots=True)
class Features:
    """What the dialects translate to: each feature of the process under its name."""

    gateway: Gateway
    interactions: InteractionService
    runs: Engine
    conversations: ConversationService
    files: FileService
    stores: VectorStores
    interpreter: Interpreter
    assistants: AssistantService
    answers: AnswerService
    threads: ThreadService
    thread_runs: ThreadRuns
    chats: ChatService
    feed: Feed
    presence: Presence
    shelf: Shelf
    memory: MemoryService
    nodes: Nodes
    talking: Talking
    talks: Talks
    roll: Roll
    sharing: Sharing
    opinions: Opinions
    usage: UsageService
    search: SearchService
    privacy: PersonalData
    prompts: PromptService
    exports: ExportService
    imports: ImportService


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the dialects stand on; `boot` puts it together. `started` is in seconds since 1970."""

    features: Features
    identity: IdentityParts
    administration: Administration
    edge: EdgeParts
    started: float
    bitaca: BitacaSettings = field(default_factory=BitacaSettings)
    chatai: ChataiSettings = field(default_factory=ChataiSettings)
    multiuser: MultiuserSettings = field(default_factory=MultiuserSettings)
    share_page: Callable[..., bytes] | None = None  # None: a link shows JSON to browsers too
    readers: Readers = field(default_factory=Readers)  # who follows runs in this process


def dialects() -> Dialects:
    """Which dialect words the errors of a path that no hot route owns."""
    return Dialects(
        exact={
            **dict.fromkeys(serverless.PATHS, serverless.ServerlessDialect()),
            **dict.fromkeys(chatai.PATHS, chatai.ChataiDialect()),
            **dict.fromkeys(multiuser.PATHS, multiuser.MultiuserDialect()),
            **dict.fromkeys(assistant.PATHS, assistant.AssistantDialect()),
        },
        beginnings={
            "/v1": OpenAIDialect(),
            "/api": BitacaDialect(),
            "/api/v1": AppDialect(),
            **dict.fromkeys(multiuser.BEGINNINGS, multiuser.MultiuserDialect()),
            **dict.fromkeys(assistant.BEGINNINGS, assistant.AssistantDialect()),
        },
    )


def hot_routes(parts: ApiParts) -> dict[tuple[str, str], Route]:
    """The routes that no framework stands before: the model calls."""
    features = parts.features
    responses = Responses(features.answers, features.runs, parts.readers)
    stored = StoredChat(features.chats, features.runs, parts.readers)
    threads = ThreadCalls(features.threads, features.thread_runs, parts.readers)
    openai = openai_routes(features.gateway, parts.edge.settings, features.files, responses, stored, threads)
    return openai | bitaca_routes(features.gateway, parts.bitaca)


def sockets(parts: ApiParts) -> Sockets:
    """Where WebSockets can be opened."""
    features = parts.features
    talkers = chatai.Talkers(
        features.talking,
        features.talks,
        features.conversations,
        features.runs,
        features.answers,
        parts.chatai,
    )
    return Sockets(
        (
            ResponseSockets(features.answers).route,
            RunSockets(features.runs).route,
            ChangeSockets(features.feed, features.presence).route,
            chatai.LiveSockets(talkers, features.feed, features.presence).route,
        )
    )
