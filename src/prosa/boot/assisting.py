"""Assistants put together."""

from prosa.assistants import AssistantParts, AssistantService, Stores
from prosa.boot.people import People
from prosa.events import Feed
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.kit.clock import Clock


def make_assistants(
    people: People, gateway: Gateway, files: FileService, feed: Feed, clock: Clock, stores: Stores | None = None
) -> AssistantService:
    """The verbs of assistants; without `stores` they have no vector stores."""
    accounts = people.identity.accounts
    return AssistantService(AssistantParts(people.database, people.journal, gateway, files, accounts, clock, feed, stores))
