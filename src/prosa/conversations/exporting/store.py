"""What an export reads, a page at a time; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Integer,
    MetaData,
    Row,
    Table,
    Text,
    and_,
    func,
    literal,
    select,
    tuple_,
)

from prosa.conversations.exporting.models import Place, Shelf, Told
from prosa.drivers.sql import Database

_METADATA: Final = MetaData()
CONVERSATIONS: Final = Table(
    "conversations",
    _METADATA,
    *(
        Column(name, Text)
        for name in ("id", "space", "metadata", "title", "title_by", "model", "settings", "folder_id", "head_id")
    ),
    *(Column(name, BigInteger) for name in ("created_at", "updated_at", "pinned_at", "archived_at", "deleted_at")),
)
ITEMS: Final = Table(
    "items",
    _METADATA,
    *(Column(name, Text) for name in ("id", "space", "conversation_id", "parent_id", "type", "body", "covers")),
    Column("position", BigInteger),
    Column("number", BigInteger().with_variant(Integer, "sqlite")),
    *(Column(name, BigInteger) for name in ("created_at", "deleted_at")),
    Column("follows", Boolean),
)
FOLDERS: Final = Table("folders", _METADATA, Column("id", Text), Column("space", Text), Column("name", Text))
TAGS: Final = Table(
    "conversation_tags", _METADATA, *(Column(name, Text) for name in ("conversation_id", "tag_key", "space", "tag"))
)
_AT_ONCE: Final = 100  # ids to a statement


class ExportStore:
    """Reads of one space. What is in the trash isn't seen."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def all(self, space: str) -> list[str]:
        """The ids of every conversation, oldest first."""
        there = and_(CONVERSATIONS.c.space == space, CONVERSATIONS.c.deleted_at.is_(None))
        wanted = select(CONVERSATIONS.c.id).where(there).order_by(CONVERSATIONS.c.created_at, CONVERSATIONS.c.id)
        async with self._database.reading() as connection:
            return list((await connection.execute(wanted)).scalars())

    async def shelf(self, space: str, id: str) -> Shelf | None:
        """What one conversation shows of itself."""
        mine = and_(CONVERSATIONS.c.space == space, CONVERSATIONS.c.id == id, CONVERSATIONS.c.deleted_at.is_(None))
        joined = CONVERSATIONS.outerjoin(
            FOLDERS, and_(FOLDERS.c.id == CONVERSATIONS.c.folder_id, FOLDERS.c.space == CONVERSATIONS.c.space)
        )
        wanted = select(CONVERSATIONS, FOLDERS.c.name.label("folder")).select_from(joined).where(mine)
        tagged = select(TAGS.c.tag).where(TAGS.c.space == space, TAGS.c.conversation_id == id).order_by(TAGS.c.tag_key)
        async with self._database.reading() as connection:
            row = (await connection.execute(wanted)).first()
            tags = tuple((await connection.execute(tagged)).scalars()) if row is not None else ()
        return None if row is None else _shelf(row, tags)

    async def size(self, space: str, id: str) -> tuple[int, int]:
        """How many items a conversation has, and how many characters they are."""
        sums = select(func.count(), func.coalesce(func.sum(func.length(ITEMS.c.body)), 0)).where(_of(space, id))
        async with self._database.reading() as connection:
            count, characters = (await connection.execute(sums)).one()
        return int(count), int(characters)

    async def unseen(self, space: str, id: str) -> dict[str, str | None]:
        """What isn't shown, each with the item that it follows."""
        hidden = ITEMS.c.deleted_at.is_not(None) | ITEMS.c.covers.is_not(None)
        wanted = select(ITEMS.c.id, ITEMS.c.parent_id).where(_of(space, id), hidden)
        async with self._database.reading() as connection:
            return {row.id: row.parent_id for row in await connection.execute(wanted)}

    async def places(self, space: str, id: str, after: tuple[int, int], limit: int) -> list[Place]:
        """A page of items of all branches, in the order in which they came."""
        order = tuple_(ITEMS.c.position, ITEMS.c.number)
        wanted = _places().where(_of(space, id), order > after).order_by(ITEMS.c.position, ITEMS.c.number).limit(limit)
        async with self._database.reading() as connection:
            return [_place(row) for row in await connection.execute(wanted)]

    async def path(self, space: str, id: str, head_id: str) -> list[Place]:
        """The path that ends at an item, from its beginning on."""
        here = _of(space, id)
        line = (
            select(ITEMS.c.id, ITEMS.c.parent_id, literal(0).label("depth"))
            .where(here, ITEMS.c.id == head_id)
            .cte("line", recursive=True)
        )
        # By its id alone: PostgreSQL without statistics would go over the whole conversation for each step.
        nearby = ITEMS.c.conversation_id.concat("") == id
        up = select(ITEMS.c.id, ITEMS.c.parent_id, line.c.depth + 1).join(line, ITEMS.c.id == line.c.parent_id).where(nearby)
        line = line.union_all(up)
        shown = and_(ITEMS.c.deleted_at.is_(None), ITEMS.c.covers.is_(None))
        wanted = _places().join(line, ITEMS.c.id == line.c.id).where(shown).order_by(line.c.depth.desc())
        async with self._database.reading() as connection:
            return [_place(row) for row in await connection.execute(wanted)]

    async def told(self, space: str, ids: Sequence[str]) -> list[Told]:
        """These items with their content, in this order; what is gone meanwhile is missing."""
        found: dict[str, Told] = {}
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            wanted = select(ITEMS.c.id, ITEMS.c.parent_id, ITEMS.c.type, ITEMS.c.body, ITEMS.c.created_at)
            # Beside so many ids SQLite would rather go over all that the space has; added to nothing, it is no index's column.
            mine = ITEMS.c.space.concat("") == space
            async with self._database.reading() as connection:
                rows = await connection.execute(wanted.where(mine, ITEMS.c.id.in_(some)))
                found |= {row.id: Told(row.id, row.parent_id, row.type, row.body.encode(), row.created_at) for row in rows}
        return [found[id] for id in ids if id in found]


def _of(space: str, id: str) -> Any:  # SQLAlchemy's own
    return and_(ITEMS.c.space == space, ITEMS.c.conversation_id == id)


def _places() -> Any:  # SQLAlchemy's own
    return select(ITEMS.c.id, ITEMS.c.parent_id, ITEMS.c.position, ITEMS.c.number, func.length(ITEMS.c.body).label("size"))


def _place(row: Row[Any]) -> Place:
    return Place(row.id, row.parent_id, (row.position, row.number), row.size)


def _shelf(row: Row[Any], tags: tuple[str, ...]) -> Shelf:
    return Shelf(
        id=row.id,
        title=row.title,
        title_by=row.title_by,
        metadata=row.metadata or "{}",
        model=row.model,
        settings=row.settings,
        folder=row.folder,
        tags=tags,
        head_id=row.head_id,
        created_at=row.created_at,
        updated_at=row.updated_at,
        pinned_at=row.pinned_at,
        archived_at=row.archived_at,
    )
