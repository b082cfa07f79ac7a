"""Runs and their logs, conversations and their items, files, and the keys by which a repeated request is known."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_runs"
down_revision = "2026_11_21_people"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows of an INTEGER alone
OPEN = "state IN ('queued', 'running', 'waiting')"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; ids are 32 hexadecimal digits; JSON is text."""
    _runs()
    _logs()
    _conversations()
    _files()
    op.create_table(
        "idempotency_keys",
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),  # of method, path and body
        sa.Column("object_id", sa.Text, nullable=False),  # the id of what the request makes, however often it is tried
        sa.Column("driver", sa.Text, nullable=False),  # who works on it, while there is no status
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text),  # sealed: headers and body
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
    )


def downgrade() -> None:
    """Drop the tables, and with them every stored answer."""
    for table in (
        *("idempotency_keys", "blobs_gone", "blob_parts", "files", "items", "conversations"),
        *("run_events", "runs", "run_drivers"),
    ):
        op.drop_table(table)


def _runs() -> None:
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),  # who holds the number that stands here drives, and nobody else
        sa.Column("driver", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("previous_id", sa.Text),
        sa.Column("account_id", sa.Text),  # on whose rights it runs
        sa.Column("credential_id", sa.Text),
        sa.Column("request", sa.Text, nullable=False),  # what its kind was asked
        sa.Column("result", sa.Text),  # what came of it, in its kind's words
        sa.Column("metadata", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("ended_at", sa.BigInteger),
        sa.Column("trimmed", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false()),
    )
    op.create_index("runs_of_space", "runs", ["space", "created_at", "id"])
    open_ones = {"sqlite_where": sa.text(OPEN), "postgresql_where": sa.text(OPEN)}
    op.create_index("runs_open", "runs", ["driver", "state"], **open_ones)
    op.create_index("runs_open_of_conversation", "runs", ["conversation_id", "created_at"], **open_ones)
    alone = sa.text("state IN ('running', 'waiting') AND conversation_id IS NOT NULL")
    op.create_index(
        "runs_one_of_conversation", "runs", ["conversation_id"], unique=True, sqlite_where=alone, postgresql_where=alone
    )
    logged = sa.text("NOT trimmed AND ended_at IS NOT NULL")
    op.create_index("runs_to_trim", "runs", ["ended_at"], sqlite_where=logged, postgresql_where=logged)


def _logs() -> None:
    op.create_table(
        "run_drivers",  # processes that drive runs
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("service", sa.Text, nullable=False),  # the start of a service, which its workers share
        sa.Column("lease_until", sa.BigInteger, nullable=False),
    )
    # On SQLite a table in the order of its rows: clustered by run, each commit would write a page for every live run.
    op.create_table(
        "run_events",  # a row for all events that were appended at once
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("first", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.Column("fence", sa.BigInteger, nullable=False),
        sa.Column("final", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),  # a line of JSON each
    )


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("metadata", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("conversations_of_space", "conversations", ["space", "updated_at", "id"])
    op.create_table(
        "items",
        sa.Column("number", BIG, primary_key=True, autoincrement=True),
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text),
        sa.Column("run_id", sa.Text),  # the run that was given it, or made it
        sa.Column("made", sa.Boolean(create_constraint=False), nullable=False),  # by the run
        sa.Column("position", sa.BigInteger, nullable=False),  # within its conversation
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),  # the item in the words of the Responses API, without its id
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("items_of_conversation", "items", ["conversation_id", "position", "number"])
    op.create_index("items_of_run", "items", ["run_id", "number"])
    op.create_index("items_of_space", "items", ["space", "number"])


def _files() -> None:
    op.create_table(
        "files",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("filename", sa.Text, nullable=False),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("media_type", sa.Text, nullable=False),  # decided by its content
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.Column("sha256", sa.Text, nullable=False),
        sa.Column("blob", sa.Text, nullable=False, unique=True),  # the name under which the content is kept
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("files_of_space", "files", ["space", "created_at", "id"])
    op.create_index("files_expiring", "files", ["expires_at"])
    op.create_table(
        "blob_parts",  # where content is kept in the database
        sa.Column("blob", sa.Text, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
    )
    op.create_table("blobs_gone", sa.Column("blob", sa.Text, primary_key=True))  # of deleted files: to be removed
