"""Until when a run waits for somebody outside."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_waiting"
down_revision = "2026_11_22_knowledge"


def upgrade() -> None:
    """Add the moment, in microseconds since 1970."""
    op.add_column("runs", sa.Column("due_at", sa.BigInteger))


def downgrade() -> None:
    """Take it away."""
    op.drop_column("runs", "due_at")
