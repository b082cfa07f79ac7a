"""What `prosa reindex` does."""

from prosa.cli.port import Storage
from prosa.cli.terminal import complain, say
from prosa.conversations import SearchIndexer
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.kit.clock import SystemClock
from prosa.kit.errors import ProsaError


async def make_anew(storage: Storage) -> int:
    """Empty the index and fill it again; a server that runs helps."""
    database = Database(storage.database)
    journal = Journal(database)
    indexer = SearchIndexer(database, journal, SystemClock())
    try:
        found = await indexer.rebuild()
        say(f"{found} messages and titles to index")
        whole = await indexer.settle()
        await indexer.scrub()
        await indexer.release()
    except ProsaError as error:
        complain(f"{error.message} {getattr(error, 'reason', '')}".strip())
        return 1
    finally:
        await journal.aclose()
        await database.aclose()
    say("the index is whole" if whole else "the server goes on with it")
    return 0
