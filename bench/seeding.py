"""Fills a database with people, keys and sessions, past the stores, so that fifty thousand take seconds."""

import asyncio
import json
import random
import sqlite3
import time
import zlib
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Final

from prosa.drivers.sql import DatabaseAddress, upgrade
from prosa.drivers.vault import Keyring
from prosa.identity.api_keys.text import PREFIX, KeyText
from prosa.identity.passwords import Cost
from prosa.identity.passwords.hashing import make_hash
from prosa.identity.sessions.text import session_digest
from prosa.kit.ids import base62, new_object_id

SECRET: Final = "the-benchmarks'-secret-which-protects-nothing"
PASSWORD: Final = "um burro verde canta"
HONEST: Final = Cost()
CHEAP: Final = Cost(memory_kib=64, passes=1)  # where the hash isn't what is measured
_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_YEAR: Final = 365 * 86_400 * 1_000_000  # microseconds
_COLUMNS: Final = {
    "accounts": (
        *("id", "email", "email_key", "username", "username_key", "name", "role", "status"),
        *("password_hash", "password_at", "failures", "created_at", "updated_at", "version"),
    ),
    "api_keys": ("id", "account_id", "lookup", "name", "digest", "pepper", "scopes", "created_at", "expires_at", "version"),
    "sessions": ("id", "account_id", "digest", "created_at", "last_used_at", "expires_at", "address", "agent"),
    "installation": ("name", "value"),
}
Row = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who was put in: all have the same password and one session; the first is an admin."""

    account_id: str
    email: str
    keys: tuple[str, ...]
    session: str


@dataclass(frozen=True, slots=True)
class Crowd:
    """A filled database."""

    address: DatabaseAddress
    people: tuple[Person, ...]

    @property
    def settings(self) -> dict[str, str]:
        """What a prosa is told that shall use it."""
        return {"PROSA_DATABASE_URL": self.address.url or f"sqlite:///{self.address.path}", "PROSA_SECRET": SECRET}


def seeded(address: DatabaseAddress, people: int, keys: int, cost: Cost = HONEST) -> Crowd:
    """Makes the database's tables and fills them: `keys` in all, equally many for each of the `people`."""
    if address.path is not None:
        address.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    upgrade(address)
    chance, keyring, now = random.Random(people), Keyring.of((SECRET,)), time.time_ns() // 1000
    crowd = Crowd(address, tuple(_person(number, keys // people, chance) for number in range(people)))
    hashed = make_hash(PASSWORD, cost)
    rows: dict[str, list[Row]] = {
        "accounts": [_account(number, person, hashed, now) for number, person in enumerate(crowd.people)],
        "api_keys": list(_keys(crowd.people, keyring, now)),
        "sessions": [_session(person, keyring, now) for person in crowd.people],
        "installation": [("first_admin", crowd.people[0].account_id)],
    }
    if address.path is not None:
        _fill_sqlite(address, rows)
    else:
        asyncio.run(_fill_postgresql(address, rows))
    return crowd


def _person(number: int, keys: int, chance: random.Random) -> Person:
    texts = tuple(_key_text(chance) for _ in range(keys))
    return Person(new_object_id(), f"person{number}@example.org", texts, "".join(chance.choices(_ALPHABET, k=43)))


def _key_text(chance: random.Random) -> str:
    begun = PREFIX + "".join(chance.choices(_ALPHABET, k=55))
    return begun + base62(zlib.crc32(begun.encode()), 6)


def _account(number: int, person: Person, hashed: str, now: int) -> Row:
    name, role = f"person{number}", "user" if number else "admin"
    return (person.account_id, person.email, person.email, name, name, name.title(), role, "active", hashed, now, 0, now, now, 1)


def _keys(people: Sequence[Person], keyring: Keyring, now: int) -> Iterator[Row]:
    scopes, made = json.dumps(["read", "write"]), now
    for person in people:
        for number, whole in enumerate(person.keys):
            text = KeyText.parse(whole)
            assert text is not None
            made, name, digest = made + 1, f"key {number}", text.digest(keyring)
            yield (new_object_id(), person.account_id, text.lookup, name, digest, keyring.kid, scopes, made, now + _YEAR, 1)


def _session(person: Person, keyring: Keyring, now: int) -> Row:
    digest = session_digest(keyring, person.session)
    return (new_object_id(), person.account_id, digest, now, now, now + _YEAR, "127.0.0.1", "bench")


def _fill_sqlite(address: DatabaseAddress, rows: dict[str, list[Row]]) -> None:
    assert address.path is not None
    with closing(sqlite3.connect(address.path)) as connection, connection:
        for table, columns in _COLUMNS.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})", rows[table])


async def _fill_postgresql(address: DatabaseAddress, rows: dict[str, list[Row]]) -> None:
    import asyncpg

    connection = await asyncpg.connect(address.url)
    try:
        for table, columns in _COLUMNS.items():
            await connection.copy_records_to_table(table, records=rows[table], columns=columns)
        await connection.execute("ANALYZE")  # as autovacuum does within a minute
    finally:
        await connection.close()
