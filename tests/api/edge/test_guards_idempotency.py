"""What of an answer is repeated, and what belonged to the one who was answered first."""

from prosa.api.edge.idempotency import Repeat
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.identity import KeptAnswer
from tests.databases import database
from tests.identity.repeats.test_service import ASKED, World, claimed, service

__all__ = ["database"]
STAYS = [(b"content-type", b"application/json"), (b"location", b"/there"), (b"etag", b'"1"')]
PASSES = [
    *((b"content-length", b"2"), (b"date", b"today"), (b"x-request-id", b"1"), (b"vary", b"origin"), (b"connection", b"close")),
    *((b"x-ratelimit-remaining-requests", b"9"), (b"access-control-allow-origin", b"https://other.example")),
]


async def test_what_belongs_to_one_answer_is_not_repeated(database: Database) -> None:
    journal = Journal(database)
    repeats = service(database, journal, World(), "A")
    repeat = Repeat({})
    repeat.claimed(await claimed(repeats), repeats)
    await repeat.keep(200, [*PASSES, *STAYS], b"{}")
    assert await repeats.claim(ASKED) == KeptAnswer(200, STAYS, b"{}")
    await journal.aclose()
