"""One row for each model call, and their sums by day."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_usage"
down_revision = "2026_11_21_search"

OWNER = ("space", "key_id")
CALL = ("dialect", "kind", "model", "provider")
# What each table of sums tells apart, in the order in which it is asked. What isn't there is "": a key's column can't be NULL.
SUMS = {
    "usage_of_owners": ("space", "day", "key_id", *CALL),
    "usage_of_days": ("day", *CALL),
    "usage_people": ("day", *OWNER),
    "usage_people_spans": ("span", *OWNER),
}
FIGURES = (
    *("calls", "failed", "cancelled", "broken", "estimated", "unpriced"),
    *("prompt_tokens", "completion_tokens", "cached_tokens", "reasoning_tokens", "cost"),
)


def upgrade() -> None:
    """Create the tables. Moments and times are in microseconds, days are counted since 1970, a span is 32 of them."""
    _calls()
    for name, dimensions in SUMS.items():
        op.create_table(
            name,
            *(sa.Column(column, sa.Integer if column in ("day", "span") else sa.Text, nullable=False) for column in dimensions),
            *(sa.Column(column, sa.BigInteger, nullable=False) for column in FIGURES),
            sa.PrimaryKeyConstraint(*dimensions, name=f"{name}_pkey"),
            sqlite_with_rowid=False,
        )
    op.create_table(
        "activity_of_owners",  # what people did, by day
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("day", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("conversations", sa.BigInteger, nullable=False),  # that were begun
        sa.Column("messages", sa.BigInteger, nullable=False),
        sqlite_with_rowid=False,
    )
    op.create_index("activity_of_days", "activity_of_owners", ["day"])
    marks = op.create_table(
        "usage_marks",  # up to which number rows are summed up
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, nullable=False),
    )
    op.bulk_insert(marks, [{"name": "calls", "number": 0}, {"name": "items", "number": 0}])
    op.create_table(
        "usage_batches",  # which batch of rows a process wrote last, so that none is written twice
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("written_at", sa.BigInteger, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables."""
    for table in ("usage_batches", "usage_marks", "activity_of_owners", *SUMS, "usage_calls"):
        op.drop_table(table)


def _calls() -> None:
    op.create_table(
        "usage_calls",
        sa.Column("number", sa.Integer().with_variant(sa.BigInteger, "postgresql"), primary_key=True, autoincrement=True),
        sa.Column("space", sa.Text),  # whose call it was; NULL: of somebody who is no more
        sa.Column("key_id", sa.Text),  # the API key; NULL where it was none
        sa.Column("dialect", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("asked", sa.Text),  # the model's name as it was asked for; NULL: the default
        sa.Column("model", sa.Text, nullable=False),  # its name as it was sent to the provider
        sa.Column("provider", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        *(
            sa.Column(f"{name}_tokens", sa.Integer, nullable=False)
            for name in ("prompt", "completion", "cached", "reasoning")  # cached are among the prompt's, reasoning of completion
        ),
        sa.Column("estimated", sa.Boolean(create_constraint=False), nullable=False),  # the tokens are our own count
        sa.Column("cost", sa.BigInteger),  # millionths of a US dollar; NULL: unknown
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("started_at", sa.BigInteger, nullable=False),
        sa.Column("first_byte", sa.BigInteger),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("conversation_id", sa.Text),
        sqlite_autoincrement=True,
    )
    op.create_index("usage_calls_of_space", "usage_calls", ["space", "number"])
    of_runs = sa.text("run_id IS NOT NULL")
    op.create_index("usage_calls_of_run", "usage_calls", ["run_id"], sqlite_where=of_runs, postgresql_where=of_runs)
