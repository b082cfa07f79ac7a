"""Stored completions in the database, by what they ran on and what is written beside them; loads SQLAlchemy."""

from typing import Final

import msgspec
import sqlalchemy as sa

from prosa.answers.chat.models import CHAT, Listing
from prosa.drivers.sql import Database
from prosa.runs import Run

_NAMES: Final = Run.__struct_fields__
_RUNS: Final = sa.table("runs", *map(sa.column, _NAMES))
_R: Final = _RUNS.c
_LISTED: Final = [sa.literal("").label("request") if column.name == "request" else column for column in _RUNS.columns]
# A result that is a completion, and no error, begins so; its model comes right after.
_BEGINNING: Final = '{"model":'
_encode: Final = msgspec.json.Encoder().encode


class ChatStore:
    """Reads of one space's completions."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, space: str, listing: Listing, after: Run | None, limit: int) -> list[Run]:
        """Those that have ended with something said, in the listing's order, without what was asked: that may be megabytes each.
        Metadata are compared as text, so that one may be among them that only looks alike."""
        query = sa.select(*_LISTED).where(_R.space == space, _R.kind == CHAT, _R.ended_at.is_not(None))
        begins = _BEGINNING if listing.model is None else f"{_BEGINNING}{_encode(listing.model).decode()},"
        query = query.where(sa.func.substr(_R.result, 1, len(begins)) == begins)
        found = sa.func.instr if self._database.kind == "sqlite" else sa.func.strpos
        for name, value in listing.metadata.items():
            pair = f"{_encode(name).decode()}:{_encode(value).decode()}"
            query = query.where(found(_R.metadata, pair) > 0)
        place, order = sa.tuple_(_R.created_at, _R.id), (_R.created_at.asc(), _R.id.asc())
        if after is not None:
            edge = sa.tuple_(sa.literal(after.created_at), sa.literal(after.id))
            query = query.where(place > edge if listing.oldest_first else place < edge)
        if not listing.oldest_first:
            order = (_R.created_at.desc(), _R.id.desc())
        async with self._database.reading() as connection:
            rows = (await connection.execute(query.order_by(*order).limit(limit))).all()
        return [msgspec.convert(tuple(row), Run, strict=False) for row in rows]
