"""What stands for a passage's words is a text on both databases, of which each makes its own index by itself.

So rows that come from elsewhere (a move, a restore) are found as those that were written here.
"""

import re
from base64 import b32decode, b32encode

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "2026_11_22_tokens"
down_revision = "2026_11_22_approvals"

_LETTERS = 8  # of five bytes in base 32
_WORD = re.compile("[a-z2-7]{8}")
_AT_ONCE = 1_000
_FTS5 = "CREATE VIRTUAL TABLE passage_words USING fts5(words, content='', detail='none', columnsize=0, tokenize='ascii')"


def upgrade() -> None:
    """Spell the tokens out; PostgreSQL indexes them by a generated column, SQLite by triggers."""
    if op.get_bind().dialect.name == "postgresql":
        _create("passage_terms", sa.Column("words", sa.Text, nullable=False))
        op.execute("ALTER TABLE passage_terms ADD COLUMN found TSVECTOR GENERATED ALWAYS AS (CAST(words AS tsvector)) STORED")
        op.execute(
            "INSERT INTO passage_terms (number, words)"
            " SELECT number, array_to_string(tsvector_to_array(tokens), ' ') FROM passage_tokens"
        )
        op.execute("CREATE INDEX passage_terms_found ON passage_terms USING gin (found) WITH (fastupdate = off)")
    else:
        op.execute("DROP TABLE passage_words")
        op.execute(_FTS5)
        new = _create("passage_terms", sa.Column("words", sa.Text, nullable=False))
        op.execute(
            "CREATE TRIGGER passage_terms_come AFTER INSERT ON passage_terms BEGIN"
            " INSERT INTO passage_words (rowid, words) VALUES (new.number, new.words); END"
        )
        op.execute(
            "CREATE TRIGGER passage_terms_go AFTER DELETE ON passage_terms BEGIN"
            " INSERT INTO passage_words (passage_words, rowid, words) VALUES ('delete', old.number, old.words); END"
        )
        while rows := _some("passage_tokens", "tokens"):
            op.bulk_insert(new, [{"number": number, "words": _spelled(bytes(tokens))} for number, tokens in rows])
            _drop("passage_tokens", rows[-1][0])
    op.drop_table("passage_tokens")


def downgrade() -> None:
    """Bytes again on SQLite, whose index is written beside them, and PostgreSQL's own form alone."""
    if op.get_bind().dialect.name == "postgresql":
        _create("passage_tokens", sa.Column("tokens", TSVECTOR(), nullable=False))
        op.execute("INSERT INTO passage_tokens (number, tokens) SELECT number, found FROM passage_terms")
        op.execute("CREATE INDEX passage_tokens_found ON passage_tokens USING gin (tokens) WITH (fastupdate = off)")
    else:
        op.execute("DROP TRIGGER passage_terms_come")
        op.execute("DROP TRIGGER passage_terms_go")  # the index stays as it is
        old = _create("passage_tokens", sa.Column("tokens", sa.LargeBinary, nullable=False))
        while rows := _some("passage_terms", "words"):
            op.bulk_insert(
                old, [{"number": number, "tokens": b32decode("".join(_WORD.findall(words)).upper())} for number, words in rows]
            )
            _drop("passage_terms", rows[-1][0])
    op.drop_table("passage_terms")


def _create(name: str, column: "sa.Column[object]") -> sa.Table:
    number = sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False)
    return op.create_table(name, number, column)


def _some(table: str, column: str) -> "list[tuple[int, object]]":
    """The first rows that are left."""
    sql = f"SELECT number, {column} FROM {table} ORDER BY number LIMIT {_AT_ONCE}"  # noqa: S608  # our own words
    return [(row[0], row[1]) for row in op.get_bind().execute(sa.text(sql))]


def _drop(table: str, last: int) -> None:
    op.get_bind().execute(sa.text(f"DELETE FROM {table} WHERE number <= :last"), {"last": last})  # noqa: S608  # as above


def _spelled(tokens: bytes) -> str:
    letters = b32encode(tokens).decode("ascii").lower()
    return " ".join(letters[place : place + _LETTERS] for place in range(0, len(letters), _LETTERS))
