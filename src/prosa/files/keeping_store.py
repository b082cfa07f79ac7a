"""Rows that take a hidden file away together with what it belongs to."""

from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.files.models import Purpose

_NOTE: Final = Statement(
    "INSERT INTO blobs_gone (blob) SELECT blob FROM files WHERE id = $1 AND purpose = $2 ON CONFLICT (blob) DO NOTHING"
)
_FORGET: Final = Statement("DELETE FROM files WHERE id = $1 AND purpose = $2")


def removal(file_id: str, purpose: Purpose) -> tuple[Part, ...]:
    """The file's row, and the word that its content is to go."""
    row = (file_id, purpose.value)
    return (_NOTE, row), (_FORGET, row)
