"""What vector stores stand on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database
from prosa.events import Feed
from prosa.files import FileService
from prosa.kit.clock import Clock
from prosa.knowledge.embedding import Embedder
from prosa.knowledge.retrieval import ChunkIndex
from prosa.knowledge.stores.files_store import StoredFileStore
from prosa.knowledge.stores.models import STORE
from prosa.knowledge.stores.settings import StoreSettings
from prosa.knowledge.stores.store import VectorStoreStore
from prosa.runs import Engine, Run

StillAllowed = Callable[[Run], Awaitable[bool]]
"""Whether whoever started a run may call models now."""


async def always(run: Run) -> bool:
    """They may."""
    return True


@dataclass(slots=True)
class StoreParts:
    """Handed to whatever is done with stores."""

    engine: Engine
    database: Database
    journal: Journal
    files: FileService
    index: ChunkIndex
    embedder: Embedder
    clock: Clock
    feed: Feed | None = None
    settings: StoreSettings = field(default_factory=StoreSettings)
    still_allowed: StillAllowed = always
    stores: VectorStoreStore = field(init=False)
    stored: StoredFileStore = field(init=False)

    def __post_init__(self) -> None:
        self.stores = VectorStoreStore(self.database)
        self.stored = StoredFileStore(self.database)

    def news(self, space: str, verb: str, store_id: str) -> tuple[Part, ...]:
        """Rows that tell an owner's other devices that a store was "created", "updated" or "deleted"."""
        if self.feed is None:
            return ()
        return (self.feed.part(space, f"vector_store.{verb}", STORE + store_id, None, self.clock.now()),)

    def told(self, space: str) -> None:
        """What was told is durable: wake who follows."""
        if self.feed is not None:
            self.feed.published(space)
