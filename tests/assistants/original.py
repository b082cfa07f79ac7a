"""An installation of A as it lies on disk, made by hand after contracts/assistant §11: every text is stored as its bytes."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

PASSWORD = "Girassol da Serra 7"
KEY, KEY_OF_ANA, KEY_OFF, KEY_OVER = (f"zng_{letter * 42}-" for letter in "abcd")
TOKEN, TOKEN_OFF = "t" * 42 + "_", "u" * 43
CLEAR = "zng_the-clear-text-column-of-a-key"
VENDOR_KEY = "sk-vendor-key-in-clear"
SCHEMA = """
CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password_hash TEXT, email TEXT UNIQUE, full_name TEXT,
  is_admin INTEGER, is_active INTEGER, created_at INTEGER, last_login INTEGER, tipo TEXT, carteira DECIMAL, last_update INTEGER);
CREATE TABLE assistants (id TEXT PRIMARY KEY, name TEXT, description TEXT, model TEXT, instructions TEXT, created_at INTEGER,
  updated_at INTEGER, metadata TEXT, raw_data TEXT, is_deleted INTEGER);
CREATE TABLE wallets (id INTEGER PRIMARY KEY, name TEXT UNIQUE, description TEXT, is_active INTEGER, created_at INTEGER,
  updated_at INTEGER, created_by INTEGER);
CREATE TABLE wallet_assistants (id INTEGER PRIMARY KEY, wallet_id INTEGER, assistant_id TEXT, added_at INTEGER, added_by INTEGER);
CREATE TABLE api_keys (id INTEGER PRIMARY KEY, key_name TEXT, api_key TEXT, hashed_key TEXT, is_active INTEGER, permissions TEXT,
  created_at INTEGER, created_by INTEGER, last_used INTEGER, expires_at INTEGER, description TEXT);
CREATE TABLE user_integration_tokens (id INTEGER PRIMARY KEY, user_id INTEGER, integration_token TEXT, platform TEXT,
  created_at INTEGER, last_used INTEGER, is_active INTEGER, description TEXT);
CREATE TABLE system_config (key TEXT, value TEXT);
"""


def sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def user(number: int, name: str, password: str, email: str | None = "", **more: Any) -> dict[str, Any]:
    return {
        "id": number,
        "username": name,
        "password_hash": sha256(password),
        "email": f"{name}@condominio.example" if email == "" else email,
        "full_name": f"{name.capitalize()} de Tal",
        "is_admin": 0,
        "is_active": 1,
        "created_at": 1_750_000_000,
        "tipo": "usuario",
        "carteira": 0.0,
        "last_update": None,
        **more,
    }


USERS = (
    user(1, "admin", "admin123", is_admin=1, tipo="administrador"),
    user(2, "zelia", PASSWORD, is_admin=1),  # as real rows have it: tipo says usuario
    user(7, "ana", "Pão de queijo 42", carteira=1, full_name=b"Ana Concei\xe7\xe3o"),  # Latin-1
    user(8, "bia", PASSWORD, None, carteira="2"),
    user(9, "caio", PASSWORD, is_active=0, carteira=1),
)


def assistant(id: str, name: str, store: str | None, deleted: int = 0, **more: Any) -> dict[str, Any]:
    resources = {} if store is None else {"file_search": {"vector_store_ids": [store]}}
    raw = {
        "id": id,
        "object": "assistant",
        "created_at": 1_751_000_000,
        "name": name,
        "description": None,
        "model": "gpt-4o-mini",
        "instructions": f"Responda como {name}.",
        "tools": [{"type": "file_search"}] if store is not None else [],
        "top_p": 1.0,
        "temperature": 1.0,
        "reasoning_effort": None,
        "tool_resources": resources,
        "metadata": {},
        "response_format": "auto",
        **more,
    }
    row = {"id": id, "name": name, "model": "gpt-4o-mini", "instructions": "antigas", "created_at": 1_751_000_000}
    return row | {"raw_data": json.dumps(raw, ensure_ascii=False), "is_deleted": deleted}


FUNCTION = {"type": "function", "function": {"name": "gerar_multa", "parameters": {"type": "object"}}}
ASSISTANTS = (
    assistant("asst_jardim", "12 - Jardim", "vs_jardim"),
    assistant(
        "asst_codigo",
        "Cálculo",
        None,
        tools=[{"type": "code_interpreter"}, FUNCTION, FUNCTION, {"type": "unheard_of"}],
        tool_resources={"code_interpreter": {"file_ids": ["file-1", "file-2"]}},
        temperature=9.5,
    ),
    assistant("asst_gemeo", "Gêmeo", "vs_jardim"),
    assistant("asst_fora", "Apagado", "vs_fora", deleted=1),
    {
        "id": "asst_magro",
        "name": "Magro",
        "model": "gpt-4.1",
        "instructions": "só colunas",
        "raw_data": "{broken",
        "is_deleted": 0,
    },
    {"id": "asst_oco", "name": "Oco", "raw_data": None, "is_deleted": 0},
)
WALLETS = ({"id": 1, "name": "Jardim", "is_active": 1}, {"id": 2, "name": "Fechada", "is_active": 0})
IN_WALLETS = (
    {"id": 1, "wallet_id": 1, "assistant_id": "asst_jardim"},
    {"id": 2, "wallet_id": 1, "assistant_id": "asst_fora"},
    {"id": 3, "wallet_id": 2, "assistant_id": "asst_codigo"},
)


def key(number: int, text: str, owner: int | None, permissions: str = "read", **more: Any) -> dict[str, Any]:
    row = {"id": number, "key_name": "erp", "api_key": CLEAR, "hashed_key": sha256(text), "is_active": 1}
    return row | {"permissions": permissions, "created_at": 1_752_000_000, "created_by": owner, "expires_at": None} | more


KEYS = (
    key(1, KEY, 2, "admin"),
    key(2, KEY_OF_ANA, 7, expires_at=4_000_000_000),
    key(3, KEY_OFF, 2, is_active=0),
    key(4, KEY_OVER, 2, expires_at=1_752_000_001),
    key(5, "zng_" + "e" * 43, 99),
)


def token(number: int, text: str, owner: int, active: int = 1) -> dict[str, Any]:
    row = {"id": number, "user_id": owner, "integration_token": text, "platform": "portal", "created_at": 1_753_000_000}
    return row | {"last_used": None, "is_active": active, "description": "Portal do morador"}


TOKENS = (token(1, TOKEN, 7), token(2, TOKEN_OFF, 7, 0), token(3, "short", 7))


def written(folder: Path, **tables: Sequence[dict[str, Any]]) -> Path:
    """The file, with other rows in the tables that are named."""
    rows: dict[str, Sequence[dict[str, Any]]] = {
        "users": USERS,
        "assistants": ASSISTANTS,
        "wallets": WALLETS,
        "wallet_assistants": IN_WALLETS,
        "api_keys": KEYS,
        "user_integration_tokens": TOKENS,
        "system_config": ({"key": "OPENAI_API_KEY", "value": VENDOR_KEY},),
    }
    file = folder / "assistants.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(SCHEMA)
        for table, some in (rows | tables).items():
            for row in some:
                names, marks = ", ".join(row), ", ".join("?" * len(row))
                values = [value.encode() if isinstance(value, str) else value for value in row.values()]
                connection.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", values)
        connection.commit()
    return file
