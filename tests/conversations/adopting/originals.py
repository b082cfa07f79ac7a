"""Installations of C and M as they lie on disk, made by hand after contracts/chatai §6 and contracts/multiuser §4."""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path

SCRYPT = "$scrypt$ln=16,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$8KI+jEdkn3mtbIqGha4bTo+U2YuDMU0/OL1A2M0idIg"
SCRYPT_PASSWORD = "senha-de-exemplo"
ADMIN, MARIA, JOAO, GONE = (f"64a1b2c3d4e5f6789a0b1c{digits}" for digits in ("2d", "2e", "2f", "30"))
TALK, OTHER, DELETED = (f"6750b1a1f4e2d3a4b5c6d7{digits}" for digits in ("e8", "e9", "ea"))


def bcrypt_of(password: str) -> str:
    """As C's backend makes it, only quicker."""
    import bcrypt

    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(4)).decode()


PASSWORD_OF_C = "correta e longa"
HASH_OF_C = bcrypt_of(PASSWORD_OF_C)


def message_id(number: int) -> str:
    return f"6750b1a1f4e2d3a4b5c7{number:04x}"


def relaxed(moment: str) -> dict[str, object]:
    return {"$date": moment}


def canonical(milliseconds: int) -> dict[str, object]:
    return {"$date": {"$numberLong": str(milliseconds)}}


def user(key: str, name: str, email: str, cargo: str, **more: object) -> dict[str, object]:
    return {
        "_id": {"$oid": key},
        "name": name,
        "idade": {"$numberInt": "35"},
        "setor": "Comercial",
        "cargo": cargo,
        "cpf": "52998224725" if key == MARIA else "12345678901",
        "email": email,
        "password": HASH_OF_C,
        "create_at": relaxed("2024-01-10T08:00:00Z"),
        "update_at": canonical(1_707_991_200_000),
        "is_deleted": False,
        **more,
    }


def talk(key: str, owner: str, name: str, **more: object) -> dict[str, object]:
    return {
        "_id": {"$oid": key},
        "name": name,
        "user_id": {"$oid": owner},
        "create_at": relaxed("2024-02-15T10:00:00Z"),
        "update_at": relaxed("2024-02-15T10:05:00.500Z"),
        "is_deleted": False,
        **more,
    }


def message(number: int, talk_id: str, author: str, content: str, **more: object) -> dict[str, object]:
    return {
        "_id": {"$oid": message_id(number)},
        "type": "bot" if number % 2 == 0 else "user",
        "content": content,
        "talk_id": {"$oid": talk_id},
        "user_id": {"$oid": author},
        "create_at": relaxed(f"2024-02-15T10:{number // 60:02d}:{number % 60:02d}.250Z"),
        "update_at": relaxed("2024-02-15T10:04:00Z"),
        "is_deleted": False,
        **more,
    }


USERS = (
    user(ADMIN, "Administrador FIEC", "admin@observatorio.fiec.org.br", "Administrador"),
    user(MARIA, "Maria Silva", "maria.silva@observatorio.fiec.org.br", "Analista Sênior"),
    user(JOAO, "João Santos", "joao.santos@empresa.com.br", "Gerente Comercial"),
    user(GONE, "Quem Saiu", "saiu@empresa.com.br", "Gerente", is_deleted=True),
)
TALKS = (
    talk(TALK, MARIA, "Quais são os 10 maiores…"),
    talk(OTHER, JOAO, "Vendas"),
    talk(DELETED, MARIA, "Apagada", is_deleted=True),
)
MESSAGES = (
    message(3, TALK, MARIA, "E depois?"),  # not in the order in which they were said
    message(1, TALK, MARIA, "Quais são?"),
    message(2, TALK, MARIA, "Estes dez."),
    message(4, TALK, MARIA, "   "),  # empty
    message(5, TALK, MARIA, "apagada sozinha", is_deleted=True),
    message(6, TALK, JOAO, "de outra pessoa"),  # written into a talk that isn't his
    message(7, "6750b1a1f4e2d3a4b5c6d7ff", JOAO, "de conversa nenhuma"),
    message(9, DELETED, MARIA, "pergunta", is_deleted=True),
    message(10, DELETED, MARIA, "resposta", is_deleted=True),
    message(11, OTHER, JOAO, "Quanto vendemos?"),
)


def chatai(folder: Path, *, array: bool = False) -> list[Path]:
    """The three collections, as lines or as arrays."""
    files = []
    for name, documents in (("user", USERS), ("talk", TALKS), ("message", MESSAGES)):
        files.append(written(folder / f"{name}.json", documents, array=array))
    return files


def written(file: Path, documents: Iterable[object], *, array: bool = False) -> Path:
    if array:
        file.write_text(json.dumps(list(documents), indent=2))
    else:
        file.write_text("".join(json.dumps(document, ensure_ascii=False) + "\n" for document in documents), encoding="utf-8")
    return file


def spoken(kind: str, content: object) -> str:
    data = {"content": content, "additional_kwargs": {}, "response_metadata": {}, "type": kind, "name": None, "id": None}
    return json.dumps({"type": kind, "data": data})


CHAT = "30eec382-1295-43c0-8e99-e8294d5bc73a"
PEOPLE_OF_M = ((1, "ana", "Ana@example.com", SCRYPT), (7, "Bia", "bia@example.com", SCRYPT))
CONVERSATIONS_OF_M = ((CHAT, "Nova Conversa", 7), ("conversa-antiga", "Receitas", 7), ("x-de-ninguem", "De ninguém", None))
MESSAGES_OF_M = (
    (1, CHAT, spoken("human", "Oi")),
    (2, CHAT, spoken("ai", [{"type": "text", "text": "Ol"}, "á!"])),
    (3, "conversa-antiga", spoken("human", "Bolo?")),
    (4, "sumida", spoken("human", "de conversa nenhuma")),
    (5, CHAT, "{not json"),
)


def multiuser(
    folder: Path,
    messages: Sequence[tuple[object, ...]] = MESSAGES_OF_M,
    people: Sequence[tuple[object, ...]] = PEOPLE_OF_M,
) -> Path:
    file = folder / "chat_app.db"
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript(
            "CREATE TABLE users (id INTEGER PRIMARY KEY, username VARCHAR NOT NULL, email VARCHAR NOT NULL,"
            " hashed_password VARCHAR NOT NULL);"
            "CREATE TABLE conversations (id VARCHAR PRIMARY KEY, title VARCHAR NOT NULL, user_id INTEGER);"
            "CREATE TABLE message_history (id INTEGER PRIMARY KEY, session_id TEXT, message TEXT);"
        )
        connection.executemany("INSERT INTO users VALUES (?, ?, ?, ?)", people)
        connection.executemany("INSERT INTO conversations VALUES (?, ?, ?)", CONVERSATIONS_OF_M)
        connection.executemany("INSERT INTO message_history VALUES (?, ?, ?)", messages)
        connection.commit()
    return file
