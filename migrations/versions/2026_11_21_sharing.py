"""Shared links, and what people think of answers."""

revision = "2026_11_21_sharing"
down_revision = "2026_11_21_usage"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
