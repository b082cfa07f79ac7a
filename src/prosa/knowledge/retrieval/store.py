"""Passages in the database, past SQLAlchemy: statements for the journal, and small reads.

A passage's number is its document's, shifted, with its place added: what the index of words answers with says by itself of which
document it is. While a document is being made (state 0) and when it is gone (2) nobody finds it. Whoever adds to it makes sure in
the same statement that it is still being made, so that nothing is left of what was removed meanwhile.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.drivers.journal import Part, Statement
from prosa.drivers.sql import Database
from prosa.knowledge.extraction import Passage
from prosa.knowledge.retrieval.tokens import spelled

SHIFT: Final = 20
MOST_PASSAGES: Final = 1 << SHIFT

_MAKING: Final = " FROM passage_documents WHERE number = {} AND state = 0"
_LOCKED: Final = _MAKING + " FOR SHARE"  # who removes it waits until this is committed, and then sees it


def _added(sql: str, last: str) -> Statement:
    return Statement(sql + _MAKING.format(last), sql + _LOCKED.format(last))


NEW_STORE: Final = Statement(
    "INSERT INTO passage_stores (store_id, space, salt, version, removals) VALUES ($1, $2, $3, 0, 0)"
    " ON CONFLICT (store_id) DO NOTHING"
)
NEW_DOCUMENT: Final = Statement(
    "INSERT INTO passage_documents (key, space, store_id, store, file_id, state, begun_at, passages, dimensions, lengths, bits)"
    " SELECT CAST($1 AS TEXT), space, store_id, number, CAST($4 AS TEXT), 0, CAST($5 AS BIGINT), CAST($6 AS BIGINT), 0, $7, $7"
    " FROM passage_stores WHERE space = $2 AND store_id = $3"
)
ADD_PASSAGE: Final = _added(
    "INSERT INTO passages (number, text, page, heading, begins, ends) SELECT CAST($1 AS BIGINT), CAST($2 AS TEXT),"
    " CAST($3 AS BIGINT), CAST($4 AS TEXT), CAST($5 AS BIGINT), CAST($6 AS BIGINT)",
    "$7",
)
ADD_VECTOR: Final = _added(
    "INSERT INTO passage_vectors (number, vector) SELECT CAST($1 AS BIGINT), CAST($2 AS {})".format("BLOB"), "$3"
)
ADD_TOKENS: Final = _added("INSERT INTO passage_tokens (number, tokens) SELECT CAST($1 AS BIGINT), CAST($2 AS BLOB)", "$3")
