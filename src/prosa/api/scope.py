"""What FastAPI's handlers depend on, found where the application factory and the edge put it."""

from fastapi import Request

from prosa.answers import AnswerService, ChatService
from prosa.api.edge import Exchange
from prosa.api.following import Readers
from prosa.conversations import ConversationService
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import IdentityParts
from prosa.interactions import InteractionService
from prosa.runs import Engine
from prosa.usage import UsageSettings


async def exchange_of(request: Request) -> Exchange:
    """The edge's own view of this request."""
    exchange: Exchange = request.scope["prosa.exchange"]
    return exchange


async def gateway_of(request: Request) -> Gateway:
    """The gateway."""
    gateway: Gateway = request.app.state.gateway
    return gateway


async def interactions_of(request: Request) -> InteractionService:
    """The stored exchanges."""
    interactions: InteractionService = request.app.state.interactions
    return interactions


async def runs_of(request: Request) -> Engine:
    """Runs of every kind."""
    engine: Engine = request.app.state.runs
    return engine


async def readers_of(request: Request) -> Readers:
    """Who follows runs here."""
    readers: Readers = request.app.state.parts.readers
    return readers


async def answers_of(request: Request) -> AnswerService:
    """Answers, given and stored."""
    answers: AnswerService = request.app.state.parts.answers
    return answers


async def conversations_of(request: Request) -> ConversationService:
    """Conversations and their items."""
    conversations: ConversationService = request.app.state.parts.conversations
    return conversations


async def chats_of(request: Request) -> ChatService:
    """Stored chat completions."""
    chats: ChatService = request.app.state.parts.chats
    return chats


async def files_of(request: Request) -> FileService:
    """Uploaded files."""
    files: FileService = request.app.state.parts.files
    return files


async def started_at(request: Request) -> float:
    """When the server started, in seconds since 1970."""
    started: float = request.app.state.started
    return started


async def limits_of(request: Request) -> UsageSettings:
    """The limits' numbers."""
    limits: UsageSettings = request.app.state.limits
    return limits


async def identity_of(request: Request) -> IdentityParts:
    """People and their credentials."""
    identity: IdentityParts = request.app.state.identity
    return identity
