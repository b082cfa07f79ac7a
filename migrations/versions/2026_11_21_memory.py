"""What is remembered of a person, and what the model of an answer was sent where that isn't simply all that came before."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_memory"
down_revision = "2026_11_21_sharing"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; ids are 32 hexadecimal digits; JSON is text."""
    op.create_table(
        "memories",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),  # who wrote it down: "person"
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("memories_of_space", "memories", ["space", "created_at", "id"])
    op.create_table(
        "answer_contexts",  # ids alone, so that what is erased is erased here too
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
    )
    op.create_index("answer_contexts_of_space", "answer_contexts", ["space"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("answer_contexts", "memories"):
        op.drop_table(table)
