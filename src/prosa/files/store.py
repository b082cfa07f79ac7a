"""Files in the database; importing this module loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Column,
    MetaData,
    RowMapping,
    Select,
    Table,
    Text,
    delete,
    func,
    insert,
    inspect,
    literal_column,
    select,
    tuple_,
    update,
)

from prosa.drivers.blobs import Blob
from prosa.drivers.sql import Connection, Database
from prosa.drivers.sql import insert as known_insert
from prosa.files.models import HIDDEN, File, FileQuery, Purpose
from prosa.kit.moments import SECOND, stored

_METADATA: Final = MetaData()
TABLE: Final = Table(
    "files",
    _METADATA,
    Column("id", Text, primary_key=True),
    Column("space", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("bytes", BigInteger, nullable=False),
    Column("sha256", Text, nullable=False),
    Column("blob", Text, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
    Column("expires_at", BigInteger),
)
GONE: Final = Table("blobs_gone", _METADATA, Column("blob", Text, primary_key=True))
_AT_ONCE: Final = 100  # names to a statement
_SWEPT: Final = 500  # files to a transaction


class FileStore:
    """Reads and writes of one space at a time. A row goes together with a note of its blob, which is removed afterwards."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def _of(self, space: str, now: float) -> Select[Any]:
        """What may be seen of a space: one whose time is over is as gone."""
        living = TABLE.c.expires_at.is_(None) | (TABLE.c.expires_at > stored(now))
        return select(TABLE).where(TABLE.c.space == space, living)

    async def add(self, file: File, bounds: tuple[int, int]) -> File | None:
        """A new row; the one that its space holds under this id already; None where the space would hold more than `bounds`.

        `bounds`: files, and bytes.
        """
        async with self._database.writing(lock=f"files:{file.space}") as connection:
            mine = (TABLE.c.space == file.space) & (TABLE.c.id == file.id)
            there = (await connection.execute(select(TABLE).where(mine))).mappings().first()
            if there is not None:
                return _file(there)
            files, size = await _held(connection, file.space)
            if files + 1 > bounds[0] or size + file.bytes > bounds[1]:
                return None
            await connection.execute(insert(TABLE).values(_row(file)))
        return file

    async def held(self, space: str) -> tuple[int, int]:
        """How many files and bytes a space holds."""
        async with self._database.reading() as connection:
            return await _held(connection, space)

    async def get(self, space: str, file_id: str, now: float) -> File | None:
        """One file."""
        async with self._database.reading() as connection:
            row = (await connection.execute(self._of(space, now).where(TABLE.c.id == file_id))).mappings().first()
        return None if row is None else _file(row)

    async def several(self, space: str, ids: Sequence[str], now: float) -> list[File]:
        """Those of the files that are there and that their owner may name."""
        found: list[File] = []
        async with self._database.reading() as connection:
            for start in range(0, len(ids), _AT_ONCE):
                wanted = self._of(space, now).where(TABLE.c.id.in_(ids[start : start + _AT_ONCE]), TABLE.c.purpose.not_in(HIDDEN))
                found += [_file(row) for row in (await connection.execute(wanted)).mappings()]
        return found

    async def of_purpose(self, space: str, purpose: Purpose, now: float) -> list[File]:
        """All files of one purpose."""
        async with self._database.reading() as connection:
            rows = (await connection.execute(self._of(space, now).where(TABLE.c.purpose == purpose))).mappings().all()
        return [_file(row) for row in rows]

    async def page(self, space: str, query: FileQuery, after: File | None, now: float) -> list[File]:
        """The files behind `after`, in the order asked for; one more than the limit where there is more."""
        place = tuple_(TABLE.c.created_at, TABLE.c.id)
        wanted = self._of(space, now).where(TABLE.c.purpose.not_in(HIDDEN))
        if query.purpose is not None:
            wanted = wanted.where(TABLE.c.purpose == query.purpose)
        if after is not None:
            end = (stored(after.created_at), after.id)
            wanted = wanted.where(place < end if query.newest_first else place > end)
        order = (TABLE.c.created_at, TABLE.c.id)
        wanted = wanted.order_by(*(column.desc() if query.newest_first else column for column in order))
        async with self._database.reading() as connection:
            rows = (await connection.execute(wanted.limit(query.limit + 1))).mappings().all()
        return [_file(row) for row in rows]

    async def remove(self, space: str, file_id: str) -> str | None:
        """Delete one file, also one whose time is over; the name of its blob, None where there is no such file."""
        async with self._database.writing() as connection:
            mine = (TABLE.c.space == space) & (TABLE.c.id == file_id)
            blob = (await connection.execute(select(TABLE.c.blob).where(mine))).scalar()
            if blob is None or (await connection.execute(delete(TABLE).where(mine))).rowcount != 1:
                return None
            await _note(connection, [str(blob)])
        return str(blob)

    async def expire(self, now: float) -> int:
        """Delete some of those whose time is over; how many."""
        async with self._database.writing() as connection:
            over = select(TABLE.c.blob).where(TABLE.c.expires_at <= stored(now)).limit(_SWEPT)
            blobs = list((await connection.execute(over)).scalars())
            return await _forget(connection, blobs)

    async def gone(self) -> list[str]:
        """Blobs whose files were deleted, and that are still to be removed."""
        async with self._database.reading() as connection:
            return list((await connection.execute(select(GONE.c.blob).limit(_SWEPT))).scalars())

    async def removed(self, blobs: Sequence[str]) -> None:
        """They are."""
        for start in range(0, len(blobs), _AT_ONCE):
            async with self._database.writing() as connection:
                await connection.execute(delete(GONE).where(GONE.c.blob.in_(blobs[start : start + _AT_ONCE])))

    async def without_row(self, blobs: Sequence[str]) -> list[str]:
        """Those that no file refers to."""
        found = []
        async with self._database.reading() as connection:
            for start in range(0, len(blobs), _AT_ONCE):
                part = blobs[start : start + _AT_ONCE]
                known = set((await connection.execute(select(TABLE.c.blob).where(TABLE.c.blob.in_(part)))).scalars())
                found += [blob for blob in part if blob not in known]
        return found

    @staticmethod
    async def kept(connection: Connection) -> list[Blob]:
        """What every file's row says of its content; nothing in a database of a time without files."""
        if not await connection.run_sync(lambda plain: inspect(plain).has_table(TABLE.name)):
            return []
        rows = await connection.execute(select(TABLE.c.blob, TABLE.c.bytes, TABLE.c.sha256))
        return [Blob(row.blob, row.bytes, row.sha256) for row in rows]

    @staticmethod
    async def drop(connection: Connection, blobs: Sequence[str]) -> int:
        """Delete the files of blobs that are lost; how many."""
        found = 0
        for start in range(0, len(blobs), _AT_ONCE):
            found += (await connection.execute(delete(TABLE).where(TABLE.c.blob.in_(blobs[start : start + _AT_ONCE])))).rowcount
        return found

    @staticmethod
    async def move(connection: Connection, old: str, new: str) -> None:
        """Give what one space holds to another."""
        await connection.execute(update(TABLE).where(TABLE.c.space == old).values(space=new))

    @staticmethod
    async def erase(connection: Connection, space: str) -> None:
        """Delete all that a space holds."""
        mine = TABLE.c.space == space
        await _note(connection, list((await connection.execute(select(TABLE.c.blob).where(mine))).scalars()))
        await connection.execute(delete(TABLE).where(mine))


async def _held(connection: Connection, space: str) -> tuple[int, int]:
    # PostgreSQL's sum of BIGINT is NUMERIC.
    sums = select(func.count(), func.coalesce(func.sum(TABLE.c.bytes), literal_column("0"))).where(TABLE.c.space == space)
    files, size = (await connection.execute(sums)).one()
    return int(files), int(size)


async def _forget(connection: Connection, blobs: Sequence[str]) -> int:
    found = 0
    for start in range(0, len(blobs), _AT_ONCE):
        part = blobs[start : start + _AT_ONCE]
        # Only who deletes the row notes its blob: another process may do the same just now.
        locked = select(TABLE.c.blob).where(TABLE.c.blob.in_(part)).with_for_update(skip_locked=True)
        mine = list((await connection.execute(locked)).scalars())
        if mine:
            await _note(connection, mine)
            found += (await connection.execute(delete(TABLE).where(TABLE.c.blob.in_(mine)))).rowcount
    return found


async def _note(connection: Connection, blobs: Sequence[str]) -> None:
    """Have the content removed; that somebody else noted it at the same moment is no fault."""
    if blobs:
        noted = known_insert(connection, GONE).on_conflict_do_nothing(index_elements=["blob"])
        await connection.execute(noted, [{"blob": blob} for blob in blobs])


def _row(file: File) -> dict[str, object]:
    return {
        "id": file.id,
        "space": file.space,
        "filename": file.filename,
        "purpose": file.purpose.value,
        "media_type": file.media_type,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "blob": file.blob,
        "created_at": stored(file.created_at),
        "expires_at": None if file.expires_at is None else stored(file.expires_at),
    }


def _file(row: RowMapping) -> File:
    ends = row["expires_at"]
    return File(
        id=row["id"],
        space=row["space"],
        filename=row["filename"],
        purpose=Purpose(row["purpose"]),
        media_type=row["media_type"],
        bytes=row["bytes"],
        sha256=row["sha256"],
        blob=row["blob"],
        created_at=row["created_at"] / SECOND,
        expires_at=None if ends is None else ends / SECOND,
    )
