"""What assistants need of others: vector stores, and who wants to hear of changes."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Protocol

from prosa.assistants.models import NewStore
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import AccountService, Caller
from prosa.kit.clock import Clock


class Stores(Protocol):
    """Vector stores, by their stored ids."""

    async def names(self, space: str, ids: Collection[str]) -> Mapping[str, str]:
        """Those of these that are a space's, with their names."""
        ...

    async def make(self, caller: Caller, wish: NewStore) -> str:
        """A new one of the caller's with these files; its id. Raises what making one raises."""
        ...


class News(Protocol):
    """The feed of what changed; see prosa.events.Feed."""

    def part(self, space: str, type: str, object_id: str, data: bytes | None, now: float) -> Part: ...

    def published(self, space: str) -> None: ...


@dataclass(frozen=True, slots=True)
class AssistantParts:
    """What the service stands on. Without `stores` no vector store is known, and none can be made. `servers`: the labels of the
    operator's tool servers."""

    database: Database
    journal: Journal
    gateway: Gateway
    files: FileService
    accounts: AccountService
    clock: Clock
    feed: News | None = None
    stores: Stores | None = None
    servers: frozenset[str] = frozenset()
