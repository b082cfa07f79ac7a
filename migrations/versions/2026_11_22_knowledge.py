"""Vector stores, the files in them, their passages and vectors."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "2026_11_22_knowledge"
down_revision = "2026_11_22_assistants"

# A file that is deleted, by whomever, is in no store any more from the same moment on; what was read out of it goes by that mark.
LEAVE = "UPDATE vector_store_files SET status = 'deleting' WHERE file_id = old.id"
LEFT = "status IN ('in_progress', 'deleting')"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; JSON is text."""
    _stores()
    _passages()


def _stores() -> None:
    op.create_table(
        "vector_stores",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("description", sa.Text),
        sa.Column("metadata", sa.Text, nullable=False),
        sa.Column("expires_days", sa.BigInteger),  # after its last use
        sa.Column("model", sa.Text),  # whose vectors it is to hold; NULL: it is searched by its words alone
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("active_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger),  # nobody sees it any more; what it held is being removed
    )
    op.create_index("vector_stores_of_space", "vector_stores", ["space", "created_at", "id"])
    gone = sa.text("deleted_at IS NOT NULL")
    op.create_index("vector_stores_gone", "vector_stores", ["deleted_at"], sqlite_where=gone, postgresql_where=gone)
    expiring = sa.text("expires_days IS NOT NULL")
    op.create_index("vector_stores_expiring", "vector_stores", ["active_at"], sqlite_where=expiring, postgresql_where=expiring)
    _files()
    op.create_table(
        "vector_store_batches",  # each has the id of the run that reads its files
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("store_id", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("vector_store_batches_of_store", "vector_store_batches", ["store_id"])
    op.create_index("vector_store_batches_of_space", "vector_store_batches", ["space"])


def _files() -> None:
    op.create_table(
        "vector_store_files",
        sa.Column("store_id", sa.Text, primary_key=True),
        sa.Column("file_id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("error_code", sa.Text),
        sa.Column("error_message", sa.Text),
        sa.Column("attributes", sa.Text, nullable=False),
        sa.Column("chunk_tokens", sa.BigInteger, nullable=False),
        sa.Column("overlap_tokens", sa.BigInteger, nullable=False),
        sa.Column("usage_bytes", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text),  # whose vectors there are of it
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_index("vector_store_files_in_order", "vector_store_files", ["store_id", "created_at", "file_id"])
    op.create_index("vector_store_files_of_file", "vector_store_files", ["file_id"])
    op.create_index("vector_store_files_of_batch", "vector_store_files", ["batch_id", "status"])
    op.create_index("vector_store_files_of_space", "vector_store_files", ["space", "usage_bytes"])
    left = sa.text(LEFT)
    op.create_index("vector_store_files_left", "vector_store_files", ["status"], sqlite_where=left, postgresql_where=left)
    if op.get_bind().dialect.name == "postgresql":
        body = f"BEGIN {LEAVE}; RETURN NULL; END"
        op.execute(f"CREATE FUNCTION file_leaves_stores() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        op.execute("CREATE TRIGGER file_leaves_stores AFTER DELETE ON files FOR EACH ROW EXECUTE FUNCTION file_leaves_stores()")
    else:
        op.execute(f"CREATE TRIGGER file_leaves_stores AFTER DELETE ON files BEGIN {LEAVE}; END")


def _passages() -> None:
    """Of retrieval."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    number = sa.Integer().with_variant(sa.BigInteger, "postgresql")
    op.create_table(
        "passage_stores",
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("store_id", sa.Text, nullable=False, unique=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("salt", sa.LargeBinary, nullable=False),  # of the tokens that stand for its words
        sa.Column("version", sa.BigInteger, nullable=False),  # grows with each change of what is found in it
        sa.Column("removals", sa.BigInteger, nullable=False),  # grows when something isn't found any more
        sqlite_autoincrement=True,
    )
    op.create_index("passage_stores_of_space", "passage_stores", ["space"])
    _documents(number)
    op.create_table(
        "passages",  # the number is the document's, shifted by twenty bits, with the place in the document added
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("page", sa.BigInteger),
        sa.Column("heading", sa.Text, nullable=False),  # JSON: titles, the highest first
        sa.Column("begins", sa.BigInteger, nullable=False),
        sa.Column("ends", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "passage_vectors",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("vector", sa.LargeBinary, nullable=False),
    )
    _tokens(postgresql)
    _cache()


def _tokens(postgresql: bool) -> None:
    op.create_table(
        "passage_tokens",  # what stands for a passage's words, five bytes each
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True, autoincrement=False),
        sa.Column("tokens", TSVECTOR() if postgresql else sa.LargeBinary, nullable=False),
    )
    if postgresql:
        op.execute("CREATE INDEX passage_tokens_found ON passage_tokens USING gin (tokens) WITH (fastupdate = off)")
    else:
        op.execute(
            "CREATE VIRTUAL TABLE passage_words USING fts5(words, content='', detail='none', columnsize=0, tokenize='ascii')"
        )


def _documents(number: sa.types.TypeEngine[int]) -> None:
    op.create_table(
        "passage_documents",  # a file as it was once put into a store
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False, unique=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("store_id", sa.Text, nullable=False),
        sa.Column("store", sa.BigInteger, nullable=False),
        sa.Column("file_id", sa.Text, nullable=False),
        sa.Column("state", sa.Integer, nullable=False),  # 0 being made, 1 found, 2 gone
        sa.Column("published", sa.BigInteger),  # the store's version by which it was found
        sa.Column("begun_at", sa.BigInteger, nullable=False),
        sa.Column("passages", sa.BigInteger, nullable=False),
        sa.Column("dimensions", sa.BigInteger, nullable=False),  # of its vectors; 0: it has none
        sa.Column("lengths", sa.LargeBinary, nullable=False),  # of its passages in words, 32 bits each
        sa.Column("bits", sa.LargeBinary, nullable=False),  # the signs of its vectors
        sqlite_autoincrement=True,
    )
    op.create_index("passage_documents_of_store", "passage_documents", ["store", "published"])
    op.create_index("passage_documents_of_file", "passage_documents", ["store_id", "file_id"])
    op.create_index("passage_documents_of_space", "passage_documents", ["space"])
    left = sa.text("state <> 1")
    op.create_index("passage_documents_left", "passage_documents", ["state"], sqlite_where=left, postgresql_where=left)


def _cache() -> None:
    op.create_table(
        "embedding_cache",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("digest", sa.LargeBinary, primary_key=True),  # SHA-256 of the text
        sa.Column("model", sa.Text, primary_key=True),
        sa.Column("vector", sa.LargeBinary, nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
    )
    op.create_index("embedding_cache_by_age", "embedding_cache", ["made_at"])


def downgrade() -> None:
    """Drop the tables."""
    _no_passages()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER file_leaves_stores ON files")
        op.execute("DROP FUNCTION file_leaves_stores()")
    else:
        op.execute("DROP TRIGGER file_leaves_stores")
    for table in ("vector_store_batches", "vector_store_files", "vector_stores"):
        op.drop_table(table)


def _no_passages() -> None:
    """Of retrieval."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE passage_words")
    for table in ("embedding_cache", "passage_tokens", "passage_vectors", "passages", "passage_documents", "passage_stores"):
        op.drop_table(table)
