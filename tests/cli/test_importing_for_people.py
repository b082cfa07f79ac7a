"""Whose an imported history becomes, once there are people."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from prosa.drivers.sql import DatabaseAddress, look
from tests.cli.terminal import Terminal

PASSWORD = b"a phrase of my own"


@pytest.mark.contract("S32")
def test_a_history_becomes_a_persons_and_never_nobodys(terminal: Terminal) -> None:
    _original(terminal.folder / "chat_history.db")
    terminal.works("user", "add", "ana@exemplo.br", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    refused = terminal.type("import", "serverless", "chat_history.db")
    assert refused.status == 1 and "--owner" in refused.err
    unknown = terminal.type("import", "serverless", "chat_history.db", "--owner", "bia@exemplo.br")
    assert unknown.status == 1 and "there is no account" in unknown.err
    said = terminal.works("import", "serverless", "chat_history.db", "--owner", "ana@exemplo.br")
    assert "ana@exemplo.br" in said
    assert _spaces(terminal) == [(_id(terminal),)]


@pytest.mark.contract("A16", "S32")
def test_what_was_imported_before_the_first_admin_is_the_admins(terminal: Terminal) -> None:
    _original(terminal.folder / "chat_history.db")
    terminal.works("import", "serverless", "chat_history.db")
    assert _spaces(terminal) == [("local",)]
    terminal.works("user", "add", "ana@exemplo.br", "--role", "admin", "--password-stdin", stdin=PASSWORD)
    assert _spaces(terminal) == [(_id(terminal),)]


def _spaces(terminal: Terminal) -> list[tuple[object, ...]]:
    return _rows(terminal, "SELECT DISTINCT space FROM interactions")


def _id(terminal: Terminal) -> object:
    return _rows(terminal, "SELECT id FROM accounts")[0][0]


def _rows(terminal: Terminal, query: str) -> list[tuple[object, ...]]:
    return asyncio.run(look(DatabaseAddress(path=terminal.folder / "data" / "prosa.db"), query))


def _original(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(
            "CREATE TABLE interactions (interaction_id TEXT PRIMARY KEY, user_id TEXT, prompt TEXT, response TEXT, model TEXT,"
            " timestamp TEXT, trace_id TEXT, tokens INTEGER, latency_ms INTEGER, error TEXT, metadata TEXT)"
        )
        database.execute(
            "INSERT INTO interactions VALUES ('7b682114-6d17-43da-97c7-64a12dd4ed93', 'user123', 'Olá!', 'Oi!', 'm',"
            " '2026-01-15T10:30:00.123456+00:00', '', 3, 12, NULL, NULL)"
        )
