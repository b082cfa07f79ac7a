"""Vector stores, the files in them, their passages and vectors."""

revision = "2026_11_22_knowledge"
down_revision = "2026_11_22_assistants"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; JSON is text."""


def downgrade() -> None:
    """Drop the tables."""
