"""What the dialects stand on, and the routes that no framework stands before."""

from dataclasses import dataclass, field

from prosa.answers import AnswerService, ChatService
from prosa.api.app import AppDialect, RunSockets
from prosa.api.edge import Dialects, EdgeParts, Route, Sockets
from prosa.api.following import Readers
from prosa.api.legacy import chatai, multiuser, serverless
from prosa.api.legacy.bitaca import BitacaDialect, BitacaSettings
from prosa.api.legacy.bitaca import hot_routes as bitaca_routes
from prosa.api.openai import OpenAIDialect, Responses, ResponseSockets, StoredChat
from prosa.api.openai import hot_routes as openai_routes
from prosa.conversations import ConversationService
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import IdentityParts
from prosa.interactions import InteractionService
from prosa.runs import Engine


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the dialects stand on; `boot` puts it together. `started` is in seconds since 1970."""

    gateway: Gateway
    interactions: InteractionService
    identity: IdentityParts
    runs: Engine
    conversations: ConversationService
    files: FileService
    answers: AnswerService
    chats: ChatService
    edge: EdgeParts
    started: float
    bitaca: BitacaSettings = field(default_factory=BitacaSettings)
    readers: Readers = field(default_factory=Readers)  # who follows runs in this process


def dialects() -> Dialects:
    """Which dialect words the errors of a path that no hot route owns."""
    return Dialects(
        exact={
            **dict.fromkeys(serverless.PATHS, serverless.ServerlessDialect()),
            **dict.fromkeys(chatai.PATHS, chatai.ChataiDialect()),
            **dict.fromkeys(multiuser.PATHS, multiuser.MultiuserDialect()),
        },
        beginnings={
            "/v1": OpenAIDialect(),
            "/api": BitacaDialect(),
            "/api/v1": AppDialect(),
            **dict.fromkeys(multiuser.BEGINNINGS, multiuser.MultiuserDialect()),
        },
    )


def hot_routes(parts: ApiParts) -> dict[tuple[str, str], Route]:
    """The routes that no framework stands before: the model calls."""
    responses = Responses(parts.answers, parts.runs, parts.readers)
    stored = StoredChat(parts.chats, parts.runs, parts.readers)
    openai = openai_routes(parts.gateway, parts.edge.settings, parts.files, responses, stored)
    return openai | bitaca_routes(parts.gateway, parts.bitaca)


def sockets(parts: ApiParts) -> Sockets:
    """Where WebSockets can be opened."""
    return Sockets((ResponseSockets(parts.answers).route, RunSockets(parts.runs).route))
