"""Passwords that installations are delivered with, by their bare SHA-256: one of these proves nothing about who shows it."""

import hashlib
from collections.abc import Iterator
from functools import cache
from typing import Final

_WORDS: Final = (
    *("admin", "administrator", "administrador", "root", "super", "superuser", "master", "mestre", "sistema", "system"),
    *("user", "usuario", "usuário", "guest", "convidado", "demo", "test", "teste", "tester", "default", "padrao", "padrão"),
    *(
        "password",
        "passw0rd",
        "pass",
        "senha",
        "secret",
        "segredo",
        "changeme",
        "change",
        "mudar",
        "trocar",
        "temp",
        "temporario",
    ),
    *("login", "welcome", "bemvindo", "chatbot", "assistant", "assistente", "chat", "qwerty", "abc", "letmein", "empresa"),
)
_YEARS: Final = tuple(str(year) for year in range(2018, 2031))
_TAILS: Final = ("", "0", "1", "01", "12", "123", "1234", "12345", "123456", "321", "321654", *_YEARS)
_MARKS: Final = ("", "!", "@", "#", "$", "*", ".", "_", "-")


def is_default(digest: str, username: str | None = None) -> bool:
    """Whether it is the SHA-256 of a word, of the person's own name, or of digits, with the usual numbers and marks."""
    return digest in _digests() or (username is not None and digest in set(_forms(username)))


@cache
def _digests() -> frozenset[str]:
    digits = {"1234567890"[:length] for length in range(1, 11)} | {"0" * n for n in range(1, 11)} | {"123123", "112233", "654321"}
    plain = {_sha256(text) for text in ("", *digits)}
    return frozenset(plain.union(*(_forms(word) for word in _WORDS)))


def _forms(word: str) -> Iterator[str]:
    for spelling in dict.fromkeys((word, word.lower(), word.capitalize(), word.upper())):
        for tail in _TAILS:
            for mark in _MARKS:
                for text in dict.fromkeys((spelling + mark + tail, spelling + tail + mark)):
                    yield _sha256(text)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
