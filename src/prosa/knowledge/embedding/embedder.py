"""Vectors of texts: asked of the configured provider, and kept by content."""

from collections.abc import Sequence

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.gateway import CallKind, Gateway
from prosa.kit.clock import Clock
from prosa.usage import Payer


class Embedder:
    """Vectors by the gateway's models, each text's asked for once."""

    def __init__(self, gateway: Gateway, database: Database, journal: Journal, clock: Clock) -> None:
        self._gateway = gateway
        self._database = database
        self._journal = journal
        self._clock = clock

    def model(self) -> str | None:
        """The public name of the model that new stores are pinned to: PROSA_EMBEDDING_MODEL, else the first provider's that has one.

        None: there is none, and stores are searched by their words alone.
        """
        return self._gateway.catalogue.default_name(CallKind.EMBEDDINGS)

    async def embed(self, texts: Sequence[str], model: str, payer: Payer) -> list[bytes]:
        """A vector for each text: float32, little-endian, of length 1.

        Raises what the gateway raises (ModelNotFound, NoProvider, BadRequest, ProviderFault, OutboundError), EmbeddingUnusable,
        DatabaseUnavailable.
        """
        raise NotImplementedError
