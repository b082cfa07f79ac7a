"""Vectors of texts: asked of a model in batches, and kept by content for a while."""

import asyncio
from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Final

import msgspec

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.gateway import CallKind, Gateway, ModelCall
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.knowledge.embedding import cache_store
from prosa.knowledge.retrieval import digest_of
from prosa.usage import Payer

BATCH: Final = 64  # texts of one call
LETTERS: Final = 100_000  # of one call, unless a single text has more
KEPT: Final = 7 * 24 * 3600.0  # seconds that a text's vector is remembered
SECONDS: Final = 120.0  # for one call, its tries together
_SHORTEST: Final = 400  # letters to which a text is cut that a model finds too long
_TOO_MUCH: Final = frozenset({400, 413, 422})  # how providers refuse what is too long for a model
_FORGETS: Final = 3600.0  # seconds between two times that old vectors are forgotten

_raw: Final = msgspec.json.Encoder().encode
_BASE64: Final = msgspec.Raw(b'"base64"')
_QUERY: Final = msgspec.Raw(b'"query"')


class Purpose(StrEnum):
    """What a text is to the search: some models make other vectors of a question."""

    PASSAGE = "passage"
    QUERY = "query"


class Embedder:
    """Vectors by the gateway's models; of an owner's texts each is asked for once a week."""

    def __init__(self, gateway: Gateway, database: Database, journal: Journal, clock: Clock) -> None:
        self._gateway = gateway
        self._database = database
        self._journal = journal
        self._clock = clock
        self._forgot = 0.0

    def model(self) -> str | None:
        """The model that new stores are pinned to: PROSA_DEFAULT_EMBEDDING_MODEL, else the first provider's that has one.

        None: there is none, and stores are searched by their words alone.
        """
        return self._gateway.catalogue.default_name(CallKind.EMBEDDINGS)

    async def embed(self, texts: Sequence[str], model: str, payer: Payer, purpose: Purpose = Purpose.PASSAGE) -> list[bytes]:
        """A vector for each text: float32, little-endian, of length 1.

        Vectors of passages are remembered for the payer's space by what they are of, and come from there the next time. Where the
        model refuses a text as too long, its beginning stands for it. Raises what the gateway raises (ModelNotFound, NoProvider,
        BadRequest, ProviderFault, OutboundError), EmbeddingUnusable, DatabaseUnavailable.
        """
        texts = [text if text.strip() else "-" for text in texts]  # an empty one is refused
        if purpose is Purpose.QUERY:
            return [vector for batch in _batches(texts) for vector in await self._ask(batch, model, payer, purpose)]
        digests = [digest_of(text) for text in texts]
        known = await cache_store.find(self._database, payer.space, model, list(dict.fromkeys(digests)))
        missing = {digest: text for digest, text in zip(digests, texts, strict=True) if digest not in known}
        for batch in _batches(list(missing.values())):
            vectors = await self._ask(batch, model, payer, purpose)
            found = {digest_of(text): vector for text, vector in zip(batch, vectors, strict=True)}
            await self._keep(payer.space, model, found)
            known |= found
        return [known[digest] for digest in digests]

    async def _ask(self, texts: Sequence[str], model: str, payer: Payer, purpose: Purpose) -> list[bytes]:
        fields = {"input": msgspec.Raw(_raw(texts)), "encoding_format": _BASE64}
        if purpose is Purpose.QUERY and self._is_asymmetric(model):
            fields["input_type"] = _QUERY
        call = ModelCall(CallKind.EMBEDDINGS, model, fields, seconds=SECONDS, payer=payer)
        try:
            reply = await self._gateway.embed(call)
        except ProsaError as error:
            if error.status not in _TOO_MUCH:
                raise
            return await self._ask_less(texts, model, payer, purpose, error)
        return await asyncio.to_thread(_vectors, reply.body, len(texts))

    async def _ask_less(
        self, texts: Sequence[str], model: str, payer: Payer, purpose: Purpose, refused: ProsaError
    ) -> list[bytes]:
        """In halves, to find the text that is too long; of that one its beginning."""
        if len(texts) > 1:
            half = len(texts) // 2
            first = await self._ask(texts[:half], model, payer, purpose)
            return [*first, *await self._ask(texts[half:], model, payer, purpose)]
        if len(texts[0]) <= _SHORTEST:
            raise refused
        return await self._ask([texts[0][: max(_SHORTEST, len(texts[0]) // 2)]], model, payer, purpose)

    def _is_asymmetric(self, model: str) -> bool:
        plan = self._gateway.catalogue.explain(model, CallKind.EMBEDDINGS)
        return all(attempt.provider.needs_input_type for attempt in plan.attempts)

    async def _keep(self, space: str, model: str, vectors: dict[bytes, bytes]) -> None:
        now = self._clock.now()
        parts = cache_store.keeping(space, model, vectors, now)
        if self._clock.monotonic() - self._forgot > _FORGETS:
            self._forgot = self._clock.monotonic()
            parts.append(cache_store.forgetting(now - KEPT))
        await self._journal.append_all(parts)


def _vectors(body: bytes, count: int) -> list[bytes]:
    from prosa.knowledge.embedding.answers import vectors_in

    return vectors_in(body, count)


def _batches(texts: Sequence[str]) -> Iterator[list[str]]:
    batch: list[str] = []
    letters = 0
    for text in texts:
        if batch and (len(batch) == BATCH or letters + len(text) > LETTERS):
            yield batch
            batch, letters = [], 0
        batch.append(text)
        letters += len(text)
    if batch:
        yield batch
