"""One row for each model call, and their sums by day."""

revision = "2026_11_21_usage"
down_revision = "2026_11_21_search"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
