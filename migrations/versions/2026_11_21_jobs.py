"""Background work."""

revision = "2026_11_21_jobs"
down_revision = "2026_11_21_memory"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
