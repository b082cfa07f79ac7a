"""Prompts that people keep to say them again."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_prompts"
down_revision = "2026_11_22_moving"


def upgrade() -> None:
    """Create the table. Moments are in microseconds since 1970."""
    op.create_table(
        "prompts",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("words", sa.Text, nullable=False),  # name, command and text without case and accents
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
    )
    op.create_index("prompts_by_command", "prompts", ["space", "command"], unique=True)
    op.create_index("prompts_of_space", "prompts", ["space", "updated_at", "id"])
    everyones = sa.text("audience = 'everyone'")
    op.create_index("prompts_for_everyone", "prompts", ["updated_at"], sqlite_where=everyones, postgresql_where=everyones)


def downgrade() -> None:
    """Drop the table, and with it every prompt."""
    op.drop_table("prompts")
