"""What is found by its words."""

revision = "2026_11_21_search"
down_revision = "2026_11_21_trees"


def upgrade() -> None:
    """Create the tables."""


def downgrade() -> None:
    """Drop the tables."""
