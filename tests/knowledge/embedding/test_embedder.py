"""Vectors are asked of the configured model, remembered for their owner, and gone with their texts."""

import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from math import fsum

import pytest

from prosa.drivers.journal import Journal
from prosa.drivers.outbound import OutboundRequest
from prosa.drivers.sql import Database
from prosa.gateway import CallRecord, Gateway, GatewaySettings, MockTransport, ProviderFault, ProviderSettings, Transports
from prosa.kit.clock import SystemClock
from prosa.knowledge.embedding import Embedder, EmbeddingUnusable, Purpose
from prosa.knowledge.embedding.answers import vectors_in
from prosa.knowledge.embedding.embedder import BATCH
from prosa.knowledge.retrieval import searched_text
from prosa.usage import Payer
from tests.databases import a_database
from tests.knowledge.retrieval.shelves import OWNER, STORE, an_index, numbers_of, passages_of

PAYER = Payer(OWNER, "openai")
OTHER = Payer("b" * 32, "openai")


class Asking:
    """An embedder over the mock, what it asked, and the rows of its calls."""

    def __init__(self, database: Database, journal: Journal, *providers: ProviderSettings) -> None:
        self.mock = MockTransport(remember=100)
        self.records: list[CallRecord] = []
        settings = GatewaySettings(providers=providers, retries=0)
        transports = Transports(self.mock, self.mock)
        self.gateway = Gateway(settings, transports, SystemClock(), self.records.append)
        self.embedder = Embedder(self.gateway, database, journal, SystemClock())

    @property
    def asked(self) -> list[list[str]]:
        """The texts of each call."""
        return [json.loads(request.body)["input"] for request in self.mock.seen]


@asynccontextmanager
async def asking(database: Database, *providers: ProviderSettings) -> AsyncIterator[Asking]:
    """Over a journal that is closed at the end."""
    journal = Journal(database)
    try:
        yield Asking(database, journal, *providers)
    finally:
        await journal.aclose()


async def test_a_text_is_asked_for_once_by_each_owner(database: Database) -> None:
    async with asking(database) as here:
        model = here.embedder.model()
        assert model == "mock-embedding"
        first = await here.embedder.embed(["um texto", "outro", "um texto"], model, PAYER)
        again = await here.embedder.embed(["outro", "um texto"], model, PAYER)
        assert again == [first[1], first[0]] and first[2] == first[0]
        assert here.asked == [["um texto", "outro"]]
        await here.embedder.embed(["outro"], model, OTHER)  # what others asked for tells nobody anything
        await here.embedder.embed(["outro"], model, PAYER, Purpose.QUERY)
        assert here.asked[1:] == [["outro"], ["outro"]]
        assert [record.payer for record in here.records] == [PAYER, OTHER, PAYER]
        numbers = struct.unpack(f"<{len(first[0]) // 4}f", first[0])
        assert len(numbers) == 384 and fsum(number * number for number in numbers) == pytest.approx(1, abs=1e-5)


async def test_many_texts_go_in_batches_and_an_empty_one_does_no_harm() -> None:
    async with a_database("sqlite") as database, asking(database) as here:
        texts = [f"texto {number}" for number in range(BATCH + 6)] + ["  "]
        vectors = await here.embedder.embed(texts, "mock-embedding", PAYER)
        assert len(vectors) == BATCH + 7
        assert [len(batch) for batch in here.asked] == [BATCH, 7]


async def test_what_a_model_finds_too_long_is_cut_and_others_are_not() -> None:
    def short(request: OutboundRequest) -> bool:
        return all(len(text) < 1000 for text in json.loads(request.body)["input"])

    async with a_database("sqlite") as database, asking(database) as here:
        refusing(here.mock, short)
        long, plain = "palavra " * 400, "um texto curto"
        vectors = await here.embedder.embed([plain, long, plain + "!"], "mock-embedding", PAYER)
        assert len(vectors) == 3
        assert [plain] in here.asked and [long[:800]] in here.asked


def refusing(mock: MockTransport, fits: Callable[[OutboundRequest], bool]) -> None:
    """Have the mock refuse what doesn't fit, as servers do whose model is too small."""
    original = mock.stage.perform

    def perform(method: str, path: str, headers: dict[str, str], body: bytes) -> object:
        if not fits(OutboundRequest(method, path, (), body)):
            body = b'{"input": [], "model": "mock-embedding"}'  # answered with 400
        return original(method, path, headers, body)

    mock.stage.perform = perform  # type: ignore[method-assign,assignment]  # the real stage stays behind it


async def test_a_model_that_makes_other_vectors_of_questions_is_told_which_it_is() -> None:
    nvidia = ProviderSettings("nvidia", "nvidia", api_key="k")
    async with a_database("sqlite") as database, asking(database, nvidia) as here:
        model = here.embedder.model()
        assert model == "nvidia/nvidia/nv-embedqa-e5-v5"
        await here.embedder.embed(["o texto"], model, PAYER)
        await here.embedder.embed(["a pergunta"], model, PAYER, Purpose.QUERY)
        assert [json.loads(request.body)["input_type"] for request in here.mock.seen] == ["passage", "query"]


@pytest.mark.attack("F13")
async def test_a_removed_file_leaves_no_vector_of_its_texts_behind() -> None:
    async with a_database("sqlite") as database, asking(database) as here, an_index(database) as index:
        passages = passages_of("O segredo do jardim", "Outra parte")
        vectors = await here.embedder.embed([searched_text(each) for each in passages], "mock-embedding", PAYER)
        await index.put(OWNER, STORE, "f1", passages, vectors)
        assert await numbers_of(database, ("embedding_cache",)) == [2]
        await index.remove(OWNER, STORE, "f1")
        assert await numbers_of(database, ("embedding_cache", "passage_vectors")) == [0, 0]


async def test_without_a_model_there_is_none_and_a_providers_failure_is_told() -> None:
    async with a_database("sqlite") as database, asking(database) as here:
        here.gateway.configure(GatewaySettings(mock=False))
        assert here.embedder.model() is None
        here.gateway.configure(GatewaySettings(providers=(ProviderSettings("openai", "openai", api_key="k"),), retries=0))
        with pytest.raises(ProviderFault):
            await here.embedder.embed(["[[mock status=500]]"], "openai/text-embedding-3-small", PAYER)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"data": []}',
        b'{"data": [{"embedding": "####", "index": 0}]}',
        b'{"data": [{"embedding": [], "index": 0}]}',
        b'{"data": [{"embedding": [1e999], "index": 0}]}',
        b'{"data": [{"embedding": [1], "index": 0}, {"embedding": [1], "index": 1}]}',
    ],
)
def test_an_answer_that_holds_no_vectors_is_refused(body: bytes) -> None:
    with pytest.raises(EmbeddingUnusable):
        vectors_in(body, 1)
