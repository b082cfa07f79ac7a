"""Knowledge put together, and handed to what refers to it."""

from collections.abc import Collection, Mapping

from prosa.assistants import NewStore as StoreOfAssistant
from prosa.boot.answering import still_allowed
from prosa.boot.people import People
from prosa.events import Feed
from prosa.files import FileService
from prosa.gateway import Gateway
from prosa.identity import Caller, Door
from prosa.knowledge import Addition, ChunkIndex, Chunking, Embedder, Maker, NewStore, StoreParts, StoreSettings, VectorStores
from prosa.runs import Engine
from prosa.usage import payer_of


def make_stores(
    engine: Engine, people: People, gateway: Gateway, files: FileService, feed: Feed, settings: StoreSettings
) -> VectorStores:
    """Vector stores; the engine knows the run that reads files into them from then on."""
    database, journal, clock = people.database, people.journal, people.clock
    return VectorStores(
        StoreParts(
            *(engine, database, journal, files),
            index=ChunkIndex(database, journal, clock, pgvector=settings.pgvector),
            embedder=Embedder(gateway, database, journal, clock),
            clock=clock,
            feed=feed,
            settings=settings,
            still_allowed=still_allowed(people.identity),
        )
    )


class StoresOfAssistants:
    """Vector stores as assistants know them."""

    def __init__(self, stores: VectorStores) -> None:
        self._stores = stores

    async def names(self, space: str, ids: Collection[str]) -> Mapping[str, str]:
        """See prosa.assistants.Stores."""
        return {id: store.name for id, store in (await self._stores.known(space, list(ids))).items()}

    async def make(self, caller: Caller, wish: StoreOfAssistant) -> str:
        """See prosa.assistants.Stores."""
        chunking = Chunking(wish.chunk_tokens, wish.overlap_tokens)
        additions = tuple(Addition(id, chunking=chunking) for id in wish.file_ids)
        maker = Maker(caller.space, caller.account_id, caller.credential_id, payer_of(caller, Door.OPENAI).key_id, wish.id)
        return (await self._stores.create(maker, NewStore(wish.name, metadata=wish.metadata, additions=additions))).id
