"""What FastAPI's handlers depend on, found where the application factory and the edge put it."""

from fastapi import Request

from prosa.administration import Administration
from prosa.answers import AnswerService, Asking, ChatService, Talking, ThreadRuns, ThreadService
from prosa.api.edge import Exchange
from prosa.api.following import Readers
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
from prosa.events import Feed
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import IdentityParts
from prosa.interactions import InteractionService
from prosa.knowledge import VectorStores
from prosa.privacy import PersonalData
from prosa.prompts import PromptService
from prosa.runs import Engine
from prosa.usage import UsageService, UsageSettings


async def exchange_of(request: Request) -> Exchange:
    """The edge's own view of this request."""
    exchange: Exchange = request.scope["prosa.exchange"]
    return exchange


async def gateway_of(request: Request) -> Gateway:
    """The gateway."""
    gateway: Gateway = request.app.state.parts.features.gateway
    return gateway


async def interactions_of(request: Request) -> InteractionService:
    """The stored exchanges."""
    interactions: InteractionService = request.app.state.parts.features.interactions
    return interactions


async def runs_of(request: Request) -> Engine:
    """Runs of every kind."""
    engine: Engine = request.app.state.parts.features.runs
    return engine


async def readers_of(request: Request) -> Readers:
    """Who follows runs here."""
    readers: Readers = request.app.state.parts.readers
    return readers


async def answers_of(request: Request) -> AnswerService:
    """Answers, given and stored."""
    answers: AnswerService = request.app.state.parts.features.answers
    return answers


async def conversations_of(request: Request) -> ConversationService:
    """Conversations and their items."""
    conversations: ConversationService = request.app.state.parts.features.conversations
    return conversations


async def feed_of(request: Request) -> Feed:
    """What changed, for an owner's other devices."""
    feed: Feed = request.app.state.parts.features.feed
    return feed


async def nodes_of(request: Request) -> Nodes:
    """Items of conversations, in their branches."""
    nodes: Nodes = request.app.state.parts.features.nodes
    return nodes


async def memory_of(request: Request) -> MemoryService:
    """What is remembered of people and conversations."""
    memory: MemoryService = request.app.state.parts.features.memory
    return memory


async def shelf_of(request: Request) -> Shelf:
    """Conversations as a person keeps them."""
    shelf: Shelf = request.app.state.parts.features.shelf
    return shelf


async def talks_of(request: Request) -> Talks:
    """Conversations as C's clients know them."""
    talks: Talks = request.app.state.parts.features.talks
    return talks


async def talking_of(request: Request) -> Talking:
    """Asking in a conversation, and waiting."""
    talking: Talking = request.app.state.parts.features.talking
    return talking


async def roll_of(request: Request) -> Roll:
    """Conversations as older clients know them."""
    roll: Roll = request.app.state.parts.features.roll
    return roll


async def sharing_of(request: Request) -> Sharing:
    """Conversations shared by link."""
    sharing: Sharing = request.app.state.parts.features.sharing
    return sharing


async def opinions_of(request: Request) -> Opinions:
    """What people think of answers."""
    opinions: Opinions = request.app.state.parts.features.opinions
    return opinions


async def chats_of(request: Request) -> ChatService:
    """Stored chat completions."""
    chats: ChatService = request.app.state.parts.features.chats
    return chats


async def files_of(request: Request) -> FileService:
    """Uploaded files."""
    files: FileService = request.app.state.parts.features.files
    return files


async def stores_of(request: Request) -> VectorStores:
    """Vector stores."""
    stores: VectorStores = request.app.state.parts.features.stores
    return stores


async def assistants_of(request: Request) -> AssistantService:
    """Assistants."""
    assistants: AssistantService = request.app.state.parts.features.assistants
    return assistants


async def asking_of(request: Request) -> Asking:
    """Questions to assistants, for clients that wait for the answer."""
    features = request.app.state.parts.features
    return Asking(features.thread_runs, features.conversations, features.files)


async def thread_runs_of(request: Request) -> ThreadRuns:
    """Runs of threads."""
    runs: ThreadRuns = request.app.state.parts.features.thread_runs
    return runs


async def threads_of(request: Request) -> ThreadService:
    """Threads."""
    threads: ThreadService = request.app.state.parts.features.threads
    return threads


async def prompts_of(request: Request) -> PromptService:
    """What people keep to say it again."""
    prompts: PromptService = request.app.state.parts.features.prompts
    return prompts


async def started_at(request: Request) -> float:
    """When the server started, in seconds since 1970."""
    started: float = request.app.state.parts.started
    return started


async def usage_of(request: Request) -> UsageService:
    """Calls, and what they cost."""
    usage: UsageService = request.app.state.parts.features.usage
    return usage


async def privacy_of(request: Request) -> PersonalData:
    """One's own data."""
    privacy: PersonalData = request.app.state.parts.features.privacy
    return privacy


async def search_of(request: Request) -> SearchService:
    """What finds things by their words."""
    search: SearchService = request.app.state.parts.features.search
    return search


async def exports_of(request: Request) -> ExportService:
    """Conversations that travel out."""
    exports: ExportService = request.app.state.parts.features.exports
    return exports


async def imports_of(request: Request) -> ImportService:
    """Conversations that travel in."""
    imports: ImportService = request.app.state.parts.features.imports
    return imports


async def limits_of(request: Request) -> UsageSettings:
    """The limits' numbers."""
    limits: UsageSettings = request.app.state.parts.edge.usage  # as it is now: it changes while the server runs
    return limits


async def administration_of(request: Request) -> Administration:
    """Providers, models, settings and limits."""
    administration: Administration = request.app.state.parts.administration
    return administration


async def identity_of(request: Request) -> IdentityParts:
    """People and their credentials."""
    identity: IdentityParts = request.app.state.parts.identity
    return identity
