"""Calls of tool servers that somebody was asked to approve."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_approvals"
down_revision = "2026_11_22_prompts"


def upgrade() -> None:
    """Create the table: ids and hashes alone. Moments are in microseconds since 1970."""
    op.create_table(
        "tool_approvals",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),  # that asked
        sa.Column("bound", sa.Text, nullable=False),  # of the server, the tool and the arguments
        sa.Column("print", sa.Text, nullable=False),  # of the tool as it was described
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.Column("used_by", sa.Text),  # the run that took the answer
        sa.Column("used_at", sa.BigInteger),
    )
    op.create_index("tool_approvals_of_space", "tool_approvals", ["space"])
    op.create_index("tool_approvals_by_age", "tool_approvals", ["asked_at"])


def downgrade() -> None:
    """Drop it."""
    op.drop_table("tool_approvals")
