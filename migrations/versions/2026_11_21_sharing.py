"""Shared links, and what people think of answers."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_sharing"
down_revision = "2026_11_21_usage"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; ids are 32 hexadecimal digits; JSON is text."""
    op.create_table(
        "shares",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of the link's text, which is stored nowhere
        sa.Column("title", sa.Text),
        sa.Column("content", sa.Text, nullable=False),  # what was said, as it was shown then; JSON
        sa.Column("messages", sa.Integer, nullable=False),
        sa.Column("files", sa.Integer, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
    )
    op.create_index("shares_by_digest", "shares", ["digest"], unique=True)
    op.create_index("shares_of_space", "shares", ["space", "created_at", "id"])
    op.create_index("shares_of_conversation", "shares", ["conversation_id"])
    op.create_table(
        "opinions",
        sa.Column("item_id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("rating", sa.Text, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("opinions_of_space", "opinions", ["space"])
    op.create_index("opinions_of_conversation", "opinions", ["conversation_id"])


def downgrade() -> None:
    """Drop the tables: links that were given out lead nowhere then."""
    op.drop_table("opinions")
    op.drop_table("shares")
