"""Stores that a command brings, and the files in them, beside a server or without one; what reads them comes by itself."""

from collections.abc import Mapping, Sequence
from typing import Final

from prosa.drivers.journal import Part
from prosa.drivers.sql import Database
from prosa.kit import moments
from prosa.knowledge.stores.filing import batch_parts
from prosa.knowledge.stores.models import Addition, Maker
from prosa.knowledge.stores.orders import ingestion
from prosa.runs import run_begun

_STORES: Final = "SELECT id, space FROM vector_stores WHERE id IN ({})"
_FILES: Final = "SELECT file_id FROM vector_store_files WHERE store_id = $1 AND file_id IN ({})"


def brought_files(
    maker: Maker, place: tuple[str, str], additions: Sequence[Addition], names: Mapping[str, str], now: float
) -> tuple[Part, ...]:
    """Files that come into a store, and the run that reads them, which whatever server looks next drives. `place`: the store and
    the batch, whose id is the run's; refused where that is there already."""
    return *run_begun(ingestion(maker, place, ()), moments.stored(now)), *batch_parts(maker, place, additions, names, now)


async def stores_here(database: Database, ids: Sequence[str]) -> dict[str, str]:
    """Those of these stores that are here, with their spaces."""
    if not ids:
        return {}
    rows = await database.fetch(_STORES.format(_places(len(ids), 1)), *ids)
    return {str(id): str(space) for id, space in rows}


async def files_in(database: Database, store_id: str, ids: Sequence[str]) -> set[str]:
    """Those of these files that the store has."""
    if not ids:
        return set()
    return {str(id) for (id,) in await database.fetch(_FILES.format(_places(len(ids), 2)), store_id, *ids)}


async def is_empty(database: Database, store_id: str) -> bool:
    """Whether a store has no files."""
    return not await database.fetch("SELECT 1 FROM vector_store_files WHERE store_id = $1 LIMIT 1", store_id)


def _places(count: int, first: int) -> str:
    return ", ".join(f"${number}" for number in range(first, first + count))
