"""Background work: what was asked for and what came of it; and what is gone, but not wholly yet."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_jobs"
down_revision = "2026_11_21_memory"

OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970."""
    op.create_table(
        "jobs",
        sa.Column("key", sa.Text, primary_key=True),  # what is asked for under one key happens once
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("place", sa.Text, nullable=False),  # the data folder beside which it has to happen; "": anywhere
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("worker", sa.Text),  # who does it, or did
        sa.Column("failures", sa.Integer, nullable=False),  # of its attempts
        sa.Column("error", sa.Text),  # of the last one: a code, or the name of a class, and nothing that a person wrote
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("begun_at", sa.BigInteger),
        sa.Column("ended_at", sa.BigInteger),
    )
    op.create_index("jobs_open", "jobs", ["state", "asked_at"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("jobs_ended", "jobs", ["ended_at"])
    _about_jobs()
    placed = sa.text("conversation_id IS NOT NULL")
    op.create_index(
        "runs_of_conversation", "runs", ["conversation_id"], sqlite_where=placed, postgresql_where=placed
    )  # by which runs are found that have no items
    op.create_table("conversations_gone", sa.Column("id", sa.Text, primary_key=True))  # whose items are still to be removed
    op.create_table("files_let_go", sa.Column("id", sa.Text, primary_key=True))  # of purged items: does anybody else name them?


def downgrade() -> None:
    """Drop the tables."""
    op.drop_index("runs_of_conversation", "runs")
    for table in ("files_let_go", "conversations_gone", "job_clock", "job_workers", "job_totals", "jobs"):
        op.drop_table(table)


def _about_jobs() -> None:
    op.create_table(
        "job_totals",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("done", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("done_at", sa.BigInteger),
        sa.Column("failed_at", sa.BigInteger),
        sa.Column("error", sa.Text),
    )
    op.create_table(
        "job_workers",  # processes that do jobs
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "job_clock",  # one row: what the clock said last, and since when it goes on without a leap
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("seen_at", sa.BigInteger, nullable=False),
        sa.Column("steady_since", sa.BigInteger, nullable=False),
    )
