"""Vector stores, the files in them, their passages and vectors."""

import sqlalchemy as sa
from alembic import op

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
