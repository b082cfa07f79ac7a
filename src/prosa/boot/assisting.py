"""Assistants put together."""

from prosa.answers import Attaching, ThreadService
from prosa.assistants import AssistantParts, AssistantService, Stores
from prosa.boot.people import People
from prosa.conversations import ConversationService, Threads
from prosa.events import Feed
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.knowledge import VectorStores
from prosa.runs import Engine


def make_assistants(
    people: People,
    gateway: Gateway,
    files: FileService,
    feed: Feed,
    stores: Stores | None = None,
    servers: frozenset[str] = frozenset(),
) -> AssistantService:
    """The verbs of assistants; without `stores` they have no vector stores. `servers`: labels of the operator's tool servers."""
    accounts, clock = people.identity.accounts, people.clock
    parts = AssistantParts(people.database, people.journal, gateway, files, accounts, clock, feed, stores, servers)
    return AssistantService(parts)


def make_threads(
    engine: Engine, people: People, conversations: ConversationService, files: FileService, stores: VectorStores
) -> ThreadService:
    """Conversations as the Assistants API has them."""
    threads = Threads(conversations, people.database, people.journal, people.clock)
    return ThreadService(conversations, threads, engine, Attaching(files, stores))
