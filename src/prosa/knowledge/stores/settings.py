"""How much knowledge one owner may keep."""

from dataclasses import dataclass

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A space is what one owner holds."""

    space_stores: int = 1_000  # PROSA_MAX_STORES
    space_bytes: int = 10_240 * _MB  # PROSA_MAX_STORES_MB: passages and vectors of all stores of a space together
    store_files: int = 10_000  # files in one store
    batches: int = 500  # of a space, whose files are still being read
    pgvector: bool = True  # PROSA_PGVECTOR: whether PostgreSQL orders vectors itself where it can
    at_once: int = 2  # files that one process reads at once, and one more of an owner who has none among them
