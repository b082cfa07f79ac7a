"""Providers, names, settings and changes in the database: read past SQLAlchemy, since every process follows them."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, TypeVar

import msgspec

from prosa.administration.models import Actor, Change, ModelPrice, Stored, StoredName, StoredProvider, Value
from prosa.drivers.sql import Connection, Database
from prosa.kit.errors import ProsaError

T = TypeVar("T")
Fetch = Callable[..., Awaitable[list[tuple[object, ...]]]]
"""`Database.fetch`, or the same inside a transaction."""
LOCK: Final = "administration"
_PROVIDER: Final = (
    "name, kind, base_url, api_key, key_hint, key_at, models, default_model, default_embedding_model, context_length, "
    "enabled, position, version, created_at, updated_at"
)
_VERSION: Final = "SELECT COALESCE(MAX(number), 0) FROM administration_changes"
_VALUES_VERSION: Final = "SELECT COALESCE(MAX(number), 0) FROM administration_changes WHERE kind = 'setting'"
_PROVIDERS: Final = f"SELECT {_PROVIDER} FROM model_providers ORDER BY position, name"  # noqa: S608  # our own words
_NAMES: Final = "SELECT name, targets, fallbacks, enabled, title, version FROM model_names ORDER BY name"
_VALUES: Final = "SELECT name, value FROM stored_settings ORDER BY name"
_CHANGES: Final = (
    "SELECT c.number, c.changed_at, c.account_id, c.actor, c.action, c.kind, c.name, c.before, c.after, "
    "COALESCE(NULLIF(a.name, ''), a.email) FROM administration_changes c LEFT JOIN accounts a ON a.id = c.account_id "
    "WHERE c.number < CAST($1 AS BIGINT) AND (CAST($2 AS TEXT) IS NULL OR c.kind = CAST($2 AS TEXT)) "
    "ORDER BY c.number DESC LIMIT CAST($3 AS BIGINT)"
)
_REVISION: Final = "SELECT version_num FROM alembic_version"
_BYTES: Final = {
    "sqlite": "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()",
    "postgresql": "SELECT pg_database_size(current_database())",
}
_ENDLESS: Final = 1 << 62
_models: Final = msgspec.json.Decoder(tuple[str, ...]).decode
_targets: Final = msgspec.json.Decoder(tuple[tuple[str, float], ...]).decode
_value: Final = msgspec.json.Decoder(Value).decode
_price: Final = msgspec.json.Decoder(ModelPrice).decode
_PRICE: Final = "price/"  # before a model's name: its price stands among the settings
_facts: Final = msgspec.json.Decoder(dict[str, Any]).decode  # whatever was written down


class AdministrationReader:
    """Reads in single looks; what several looks see together is judged by the version around them."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch

    async def version(self) -> int:
        """The newest change's number. Raises DatabaseUnavailable, DatabaseNotMigrated."""
        return _whole(await self._fetch(_VERSION))

    async def stored(self) -> Stored:
        """All of it, as one state has it: a change that comes in between has it read again."""
        while True:
            version = await self.version()
            values = await self.values()
            found = Stored(
                version,
                _whole(await self._fetch(_VALUES_VERSION)),
                tuple(_provider(row) for row in await self._fetch(_PROVIDERS)),
                {name.name: name for name in (_name(row, values) for row in await self._fetch(_NAMES))},
                {key: value for key, value in values.items() if not key.startswith(_PRICE)},
            )
            if await self.version() == version:
                return found

    async def values(self) -> dict[str, Value]:
        """The settings, and the prices beside them."""
        return {str(name): _value(str(text)) for name, text in await self._fetch(_VALUES)}

    async def changes(self, limit: int, before: int | None, kind: str | None) -> list[Change]:
        """The newest ones before a number, of one kind or all."""
        rows = await self._fetch(_CHANGES, _ENDLESS if before is None else before, kind, limit)
        return [_change(row) for row in rows]


class AdministrationWriter:
    """Each method is part of a transaction under LOCK; importing SQLAlchemy waits for the first."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def note(self, change: Change) -> int:
        """Write a change down; its number is the new version."""
        inserted = (
            "INSERT INTO administration_changes (changed_at, account_id, actor, action, kind, name, before, after) "
            "VALUES (:moment, :account_id, :actor, :action, :kind, :name, :before, :after) RETURNING number"
        )
        values = msgspec.structs.asdict(change)
        texts = {name: msgspec.json.encode(values[name]).decode() for name in ("before", "after")}
        return int((await self._run(inserted, values | texts)).scalar_one())

    async def put_provider(self, provider: StoredProvider) -> None:
        """Write the whole row."""
        columns = _PROVIDER.split(", ")
        values = {name: getattr(provider, name) for name in columns} | {"models": msgspec.json.encode(provider.models).decode()}
        await self._put("model_providers", columns, values)

    async def drop_provider(self, name: str) -> None:
        """Take the row away."""
        await self._run("DELETE FROM model_providers WHERE name = :name", {"name": name})

    async def place(self, name: str, position: int) -> None:
        """Only where a provider stands among the others."""
        await self._run("UPDATE model_providers SET position = :at WHERE name = :name", {"name": name, "at": position})

    async def put_name(self, name: StoredName, now: int) -> None:
        """Write the whole row."""
        lists = {key: msgspec.json.encode(getattr(name, key)).decode() for key in ("targets", "fallbacks")}
        values = {"name": name.name, "enabled": name.enabled, "title": name.title, "version": name.version, "updated_at": now}
        await self._put("model_names", [*values, *lists], values | lists)
        price = None if name.price is None else msgspec.json.encode(name.price).decode()
        await self.put_value(_PRICE + name.name, price, now)

    async def drop_name(self, name: str) -> None:
        """Take the row away."""
        await self._run("DELETE FROM model_names WHERE name = :name", {"name": name})
        await self._run("DELETE FROM stored_settings WHERE name = :name", {"name": _PRICE + name})

    async def put_value(self, key: str, value: Value, now: int) -> None:
        """Write a setting; None takes it away."""
        if value is None:
            await self._run("DELETE FROM stored_settings WHERE name = :name", {"name": key})
            return
        values = {"name": key, "value": msgspec.json.encode(value).decode(), "updated_at": now}
        await self._put("stored_settings", list(values), values)

    async def _put(self, table: str, columns: list[str], values: Mapping[str, object]) -> None:
        names, given = ", ".join(columns), ", ".join(f":{name}" for name in columns)
        changed = ", ".join(f"{name} = excluded.{name}" for name in columns if name != "name")
        sql = f"INSERT INTO {table} ({names}) VALUES ({given}) ON CONFLICT (name) DO UPDATE SET {changed}"  # noqa: S608  # our own words
        await self._run(sql, values)

    async def _run(self, sql: str, values: Mapping[str, object]) -> Any:  # of SQLAlchemy, which is loaded here
        from sqlalchemy import text

        return await self._connection.execute(text(sql), dict(values))


def within(connection: Connection) -> Fetch:
    """As `Database.fetch`, inside a transaction; without parameters."""

    async def fetch(sql: str) -> list[tuple[object, ...]]:
        from sqlalchemy import text

        return [tuple(row) for row in await connection.execute(text(sql))]

    return fetch


def change_of(actor: Actor, moment: int, action: str, kind: str, name: str) -> Change:
    """A change that has still to be told what it changed."""
    return Change(0, moment, actor.account_id, actor.key_id, action, kind, name, {}, {})


async def database_figures(database: Database) -> tuple[int | None, str | None]:
    """How large the database is, in bytes, and its newest migration; None where that can't be told now."""
    return _first(await _quietly(database, _BYTES[database.kind]), int), _first(await _quietly(database, _REVISION), str)


async def _quietly(database: Database, sql: str) -> list[tuple[object, ...]]:
    try:
        return await database.fetch(sql)
    except ProsaError:
        return []


def _first(rows: list[tuple[object, ...]], kind: type[T]) -> T | None:
    return msgspec.convert(rows[0][0], kind) if rows else None


def _whole(rows: list[tuple[object, ...]]) -> int:
    return msgspec.convert(rows[0][0], int)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _number(value: object) -> int | None:
    return None if value is None else msgspec.convert(value, int)


def _provider(row: tuple[object, ...]) -> StoredProvider:
    name, kind, url, key, hint, key_at, models, model, embedding, length, enabled, *rest = row
    position, version, created, updated = msgspec.convert(rest, tuple[int, int, int, int])
    return StoredProvider(
        name=str(name),
        kind=str(kind),
        base_url=_text(url),
        api_key=_text(key),
        key_hint=_text(hint),
        key_at=_number(key_at),
        models=_models(str(models)),
        default_model=_text(model),
        default_embedding_model=_text(embedding),
        context_length=_number(length),
        enabled=bool(enabled),
        position=position,
        version=version,
        created_at=created,
        updated_at=updated,
    )


def _name(row: tuple[object, ...], values: Mapping[str, Value]) -> StoredName:
    name, targets, fallbacks, enabled, title, version = row
    price = values.get(f"{_PRICE}{name}")
    return StoredName(
        *(str(name), _targets(str(targets)), _models(str(fallbacks)), bool(enabled), _text(title)),
        msgspec.convert(version, int),
        None if price is None else _price(str(price)),
    )


def _change(row: tuple[object, ...]) -> Change:
    number, moment, account, actor, action, kind, name, before, after, who = row
    return Change(
        number=msgspec.convert(number, int),
        moment=msgspec.convert(moment, int),
        account_id=_text(account),
        actor=str(actor),
        action=str(action),
        kind=str(kind),
        name=str(name),
        before=_facts(str(before)),
        after=_facts(str(after)),
        who=_text(who),
    )
