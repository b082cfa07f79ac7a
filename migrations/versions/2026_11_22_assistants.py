"""Assistants, their versions, and who may use them; what threads keep beside conversations."""

revision = "2026_11_22_assistants"
down_revision = "2026_11_22_administration"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; JSON is text."""


def downgrade() -> None:
    """Drop the tables."""
