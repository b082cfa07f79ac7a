"""Rows of one person in every table that can hold any, each text of them a canary; made up from the schema and the registry."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import BigInteger, Boolean, Column, Connection, Integer, LargeBinary, MetaData, Table

from prosa.drivers.sql import Database
from prosa.privacy import REGISTRY, Personal

CANARY = "canarioxq7"
MANY = 40  # rows of a table, so that pages are split and joined
# Of tables whose rows stay, or live on as nobody's: the columns in which a person's own words may stand.
_WORDS = {
    "api_keys": {"name", "addresses", "last_used_address"},
    "invites": {"email"},
    "rights_changes": set[str](),
    "usage_calls": {"asked"},
    "usage_of_owners": set[str](),
    "activity_of_owners": set[str](),
}
_INDEX = "passage_words"  # holds no text of its own and can't be gone through; what is in it lies in tables beside it
_APART = frozenset({"accounts"})  # made by its own service


async def plant(database: Database, account_id: str, canary: str = CANARY) -> list[str]:
    """Fill the tables; which ones. Ids differ from person to person."""
    await database.open()
    async with database.writing() as connection:
        return await connection.run_sync(lambda plain: _plant(plain, account_id, canary))


def _plant(connection: Connection, account_id: str, canary: str) -> list[str]:
    metadata = MetaData()
    metadata.reflect(connection)
    planted = []
    for entry in REGISTRY.personal:
        if entry.table not in _APART:
            table = metadata.tables[entry.table]
            rows = [_row(table, entry, account_id, canary, number) for number in range(MANY)]
            connection.execute(table.insert(), rows)
            planted.append(entry.table)
    return planted


def _row(table: Table, entry: Personal, account_id: str, canary: str, number: int) -> dict[str, object]:
    row = {column.name: _value(column, canary, number, account_id) for column in table.columns if not _counts_by_itself(column)}
    row |= dict.fromkeys(entry.owners, account_id)
    if entry.through is not None:
        row[entry.through.column] = _id(entry.through.table, account_id, number)
    if len(entry.owners) == 1 and entry.owners[0] in {column.name for column in table.primary_key.columns}:
        row |= {"day": number} if "day" in row else {}
    if "revoked_at" in row:
        row["revoked_at"] = None
    if entry.table == "api_keys":
        row |= {"scopes": '["read"]', "models": None}
    if entry.table == "administration_changes":  # what was changed is the organisation's, who did it is the person's
        row |= {"action": "changed", "kind": "setting", "name": "name", "before": "{}", "after": "{}"}
    return row


def _counts_by_itself(column: "Column[object]") -> bool:
    alone = len(column.table.primary_key.columns) == 1
    return alone and column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys


def _id(table: str, account_id: str, number: int) -> str:
    return hashlib.sha256(f"{table} {account_id} {number}".encode()).hexdigest()[:32]


def _value(column: "Column[object]", canary: str, number: int, account_id: str) -> object:
    if isinstance(column.type, Boolean):
        return bool(number % 2)
    if isinstance(column.type, BigInteger) and column.name.endswith("_at"):
        return 1_700_000_000_000_000 + number
    if isinstance(column.type, Integer):
        return number
    if isinstance(column.type, LargeBinary):
        return canary.encode()
    return _text(column, canary, number, account_id)


def _text(column: "Column[object]", canary: str, number: int, account_id: str) -> str:
    table = column.table.name
    if column.name == "id":
        return _id(table, account_id, number)
    if column.name == "conversation_id":
        return _id("conversations", account_id, number)
    if column.name == "blob":
        return _id("blob", account_id, number)
    if table == "items" and column.name == "body":
        said = f"{canary} disse {number} " + "palavra " * (number * 20)
        return json.dumps({"type": "message", "role": "user", "content": [{"type": "input_text", "text": said}]})
    if column.name in ("state", "type"):
        return {"state": "completed", "type": "message"}[column.name]
    if table in _WORDS and column.name not in _WORDS[table]:
        return _id(f"{table}.{column.name}", account_id, number)
    return f"{canary} {column.name} {number}"


def traces(folder: Path, canary: str = CANARY, but: Sequence[str] = ("backups",)) -> list[str]:
    """The files below a folder in which the canary's bytes are."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not set(path.relative_to(folder).parts) & set(but) and canary.encode() in path.read_bytes():
            found.append(str(path.relative_to(folder)))
    return found


async def rows_with(database: Database, canary: str = CANARY) -> list[str]:
    """The tables in whose rows the canary is, asked of the database."""
    import sqlalchemy as sa

    found = []
    async with database.reading() as connection:
        metadata = await connection.run_sync(_reflected)
        for table in metadata.sorted_tables:
            if table.name == _INDEX:
                continue
            texts = [sa.cast(column, sa.Text).like(f"%{canary}%") for column in table.columns]
            if (await connection.execute(sa.select(sa.literal(1)).select_from(table).where(sa.or_(*texts)))).first():
                found.append(table.name)
    return found


def _reflected(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection)
    return metadata
