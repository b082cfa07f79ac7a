"""Whose passages they are, in the database."""

from typing import Final

import sqlalchemy as sa

from prosa.drivers.sql import Connection
from prosa.knowledge.retrieval.store import SHIFT

_OWNED: Final = ("passage_stores", "passage_documents")


async def move(connection: Connection, old: str, new: str) -> None:
    """From one space to another; what is remembered of texts goes."""
    for table in _OWNED:
        await connection.execute(sa.text(f"UPDATE {table} SET space = :new WHERE space = :old"), {"old": old, "new": new})  # noqa: S608  # our own words
    await connection.execute(sa.text("DELETE FROM embedding_cache WHERE space = :space"), {"space": old})


async def erase(connection: Connection, space: str) -> None:
    """Texts, vectors and salts are gone; documents stay as numbers, until their tokens are removed."""
    owner = {"space": space}
    await connection.execute(sa.text("DELETE FROM embedding_cache WHERE space = :space"), owner)
    rows = await connection.execute(sa.text("SELECT number FROM passage_documents WHERE space = :space"), owner)
    for (number,) in rows.all():
        between = {"begin": number << SHIFT, "end": (number + 1) << SHIFT}
        for table in ("passages", "passage_vectors"):
            await connection.execute(sa.text(f"DELETE FROM {table} WHERE number >= :begin AND number < :end"), between)  # noqa: S608  # as above
        if connection.dialect.name == "postgresql":
            await connection.execute(sa.text("DELETE FROM search_signs WHERE document = :number"), {"number": number})
    await connection.execute(sa.text("DELETE FROM passage_stores WHERE space = :space"), owner)
    await connection.execute(
        sa.text("UPDATE passage_documents SET state = 2, space = '', store_id = '', file_id = '' WHERE space = :space"), owner
    )
