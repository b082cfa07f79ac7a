"""Single exchanges of the serverless dialect."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_interactions"
down_revision = None


def upgrade() -> None:
    """Create the table; `asked_at` is in microseconds since 1970, so that any two moments compare as numbers."""
    op.create_table(
        "interactions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("interaction_id", sa.Text, nullable=False),
        sa.Column("user_id", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("response", sa.Text),
        sa.Column("model", sa.Text),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("cached", sa.Boolean(create_constraint=False), nullable=False),
        sa.Column("trace_id", sa.Text),
        sa.Column("tokens", sa.Integer),
        sa.Column("latency_ms", sa.Integer),
        sa.Column("error", sa.Text),
        sa.Column("metadata", sa.Text),
        sa.UniqueConstraint("space", "interaction_id", name="interactions_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("interactions_history", "interactions", ["space", "user_id", "asked_at", "number"])


def downgrade() -> None:
    """Drop the table with all that it holds."""
    op.drop_index("interactions_history", "interactions")
    op.drop_table("interactions")
