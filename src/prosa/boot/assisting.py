"""Assistants put together."""

from prosa.assistants import AssistantParts, AssistantService, Copies, Stores
from prosa.boot.people import People
from prosa.events import Feed
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.kit.clock import Clock


def assistant_parts(
    people: People, gateway: Gateway, files: FileService, feed: Feed, clock: Clock, stores: Stores | None = None
) -> AssistantParts:
    """What assistants stand on; without `stores` they have no vector stores."""
    accounts = people.identity.accounts
    return AssistantParts(people.database, people.journal, gateway, files, accounts, clock, feed, stores)


def make_assistants(parts: AssistantParts) -> tuple[AssistantService, Copies]:
    """The verbs, and the copies that travel."""
    assistants = AssistantService(parts)
    return assistants, Copies(parts, assistants)
