"""What administrators set while the server runs: providers, names of models, settings; and who changed what."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_administration"
down_revision = "2026_11_21_jobs"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; JSON is text."""
    op.create_table(
        "model_providers",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("base_url", sa.Text),
        sa.Column("api_key", sa.Text),  # sealed for this row
        sa.Column("key_hint", sa.Text),
        sa.Column("key_at", sa.BigInteger),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("default_model", sa.Text),
        sa.Column("default_embedding_model", sa.Text),
        sa.Column("context_length", sa.BigInteger),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    _names()
    _changes()


def _names() -> None:
    op.create_table(
        "model_names",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("targets", sa.Text, nullable=False),  # [] for a provider's own model
        sa.Column("fallbacks", sa.Text, nullable=False),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("title", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "stored_settings",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )


def _changes() -> None:
    op.create_table(
        "administration_changes",  # its newest number is the version that every process follows
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sa.Column("account_id", sa.Text),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sqlite_autoincrement=True,  # a number is given out once, whatever is deleted
    )
    op.create_index("administration_changes_of_kind", "administration_changes", ["kind", "number"])
    op.create_index("administration_changes_of_account", "administration_changes", ["account_id"])


def downgrade() -> None:
    """Drop the tables."""
    for table in ("administration_changes", "stored_settings", "model_names", "model_providers"):
        op.drop_table(table)
