"""Lasting sign-in links, which came with people from another installation."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_moving"
down_revision = "2026_11_22_waiting"


def upgrade() -> None:
    """Create the table. Moments are in microseconds since 1970."""
    op.create_table(
        "sign_in_links",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("pepper", sa.Text, nullable=False),  # which secret's pepper the digest was made with
        sa.Column("label", sa.Text, nullable=False),  # what it is for
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("address", sa.Text, nullable=False),  # of its last use
        sa.Column("revoked_at", sa.BigInteger),
    )


def downgrade() -> None:
    """Drop the table, and with it every link."""
    op.drop_table("sign_in_links")
