"""What is remembered of a person."""

revision = "2026_11_21_memory"
down_revision = "2026_11_21_sharing"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
