"""Giving what an older secret has sealed the newest secret's seal, while the server runs."""

from dataclasses import dataclass, replace

from prosa.drivers.sql import Connection, Database
from prosa.drivers.vault.errors import Unsealable
from prosa.drivers.vault.keyring import Keyring
from prosa.drivers.vault.sealing import Place

BATCH = 100  # rows to a transaction: others wait for it no longer than a few milliseconds
_PASSES = 10


@dataclass(frozen=True, slots=True)
class BlindIndex:
    """A column that holds the message code of a sealed one, so that a value can be found, and stands only once."""

    column: str
    purpose: str


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds sealed texts; `row` is the column whose value is the row in their `Place`.

    `owner` is the column that tells a person whose value it is, where `row` doesn't.
    """

    table: str
    column: str
    row: str = "id"
    index: BlindIndex | None = None
    owner: str | None = None


@dataclass(frozen=True, slots=True)
class PepperedColumn:
    """A column that says with which secret's pepper its row was made; rows that have ended need none any more.

    `ended_at` is NULL while a row is good, `ends_at` the moment at which it ends by itself (microseconds since 1970) or NULL.
    """

    table: str
    column: str
    ended_at: str
    ends_at: str


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of one column's values.

    `done` were sealed anew; those of `unreadable` open with none of the secrets; those of `clashing` stand in another row too,
    where only one may; `busy` were changed by somebody else each time that they were to be stored.
    """

    done: int
    unreadable: tuple[Place, ...] = ()
    clashing: tuple[Place, ...] = ()
    busy: int = 0

    @property
    def finished(self) -> bool:
        """Whether nothing in the column needs an older secret."""
        return not (self.unreadable or self.clashing or self.busy)


@dataclass(frozen=True, slots=True)
class _Change:
    place: Place
    before: str
    after: str
    code: str | None


async def reseal(database: Database, keyring: Keyring, sealed: SealedColumn) -> Resealed:
    """Seal anew what another secret than the newest has sealed, in small transactions.

    A value that changes meanwhile stays as it was changed. Raises DatabaseUnavailable; what was done until then stands, and
    the next run goes on from there.
    """
    done = 0
    for _ in range(_PASSES):
        found = await _pass(database, keyring, sealed)
        done += found.done
        if not (found.done or found.busy):
            break
    return replace(found, done=done)


async def older_peppers(database: Database, keyring: Keyring, peppered: PepperedColumn, now: float) -> int:
    """How many living rows were made with another secret's pepper than the newest's."""
    from sqlalchemy import column, func, or_, select, table

    rows = table(peppered.table, column(peppered.column), column(peppered.ended_at), column(peppered.ends_at))
    living = rows.c[peppered.ended_at].is_(None) & or_(
        rows.c[peppered.ends_at].is_(None), rows.c[peppered.ends_at] > round(now * 1_000_000)
    )
    async with database.reading() as connection:
        query = select(func.count()).select_from(rows).where(living, rows.c[peppered.column] != keyring.kid)
        return int((await connection.execute(query)).scalar_one())


async def _pass(database: Database, keyring: Keyring, sealed: SealedColumn) -> Resealed:
    done = busy = 0
    unreadable: list[Place] = []
    clashing: list[Place] = []
    after = ""
    while rows := await _batch(database, keyring, sealed, after):
        changes: list[_Change] = []
        for row, text in rows:
            place = Place(sealed.table, sealed.column, row)
            try:
                changes.append(_change(keyring, sealed, place, text))
            except Unsealable:
                unreadable.append(place)
        stored, failed = await _store(database, sealed, changes)
        done += stored
        clashing += failed
        busy += len(changes) - stored - len(failed)
        after = rows[-1][0]
    return Resealed(done, tuple(unreadable), tuple(clashing), busy)


def _change(keyring: Keyring, sealed: SealedColumn, place: Place, text: str) -> _Change:
    plain = keyring.open(text, place)
    code = keyring.mac(sealed.index.purpose, plain.encode()) if sealed.index is not None else None
    return _Change(place, text, keyring.seal(plain, place), code)


async def _batch(database: Database, keyring: Keyring, sealed: SealedColumn, after: str) -> list[tuple[str, str]]:
    """The next rows, in the order of their ids, that the newest secret has not sealed."""
    from sqlalchemy import column, select, table

    rows = table(sealed.table, column(sealed.column), column(sealed.row))
    text, row = rows.c[sealed.column], rows.c[sealed.row]
    query = select(row, text).where(text.is_not(None), ~text.startswith(keyring.prefix, autoescape=True), row > after)
    async with database.reading() as connection:
        found = await connection.execute(query.order_by(row).limit(BATCH))
        return [(str(row), str(text)) for row, text in found]


async def _store(database: Database, sealed: SealedColumn, changes: list[_Change]) -> tuple[int, list[Place]]:
    """Store all in one transaction; where a value that must be unique stands twice, each in one of its own."""
    from sqlalchemy.exc import IntegrityError

    if not changes:
        return 0, []
    try:
        async with database.writing() as connection:
            return sum([await _update(connection, sealed, change) for change in changes]), []
    except IntegrityError:
        if len(changes) == 1:
            return 0, [changes[0].place]
    done, failed = 0, []
    for change in changes:
        stored, places = await _store(database, sealed, [change])
        done += stored
        failed += places
    return done, failed


async def _update(connection: Connection, sealed: SealedColumn, change: _Change) -> int:
    """1 when the row still held what was read, and now holds the new seal."""
    from sqlalchemy import column, table, update

    names = [sealed.column, sealed.row, *([sealed.index.column] if sealed.index is not None else [])]
    rows = table(sealed.table, *map(column, names))
    values = {sealed.column: change.after} | ({sealed.index.column: change.code} if sealed.index is not None else {})
    query = update(rows).where(rows.c[sealed.row] == change.place.row, rows.c[sealed.column] == change.before).values(values)
    return (await connection.execute(query)).rowcount
