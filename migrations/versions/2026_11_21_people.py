"""People, their credentials, and what proves which secrets this database was made with."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_people"
down_revision = "2026_11_21_interactions"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; ids are 32 hexadecimal digits."""
    _accounts()
    _sessions()
    _keys()
    _once()
    op.create_table(
        "rights_changes",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("account_id", sa.Text),
        sa.Column("credential_id", sa.Text),
        sa.Column("changed_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "secret_checks",
        sa.Column("kid", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "installation",
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
    )


def downgrade() -> None:
    """Drop the tables, and with them every account."""
    for table in (
        *("installation", "secret_checks", "rights_changes", "one_time_tokens", "invites", "api_keys"),
        *("token_families", "known_devices", "sessions", "accounts"),
    ):
        op.drop_table(table)


def _accounts() -> None:
    op.create_table(
        "accounts",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),  # the integer that M's dialect shows
        sa.Column("id", sa.Text, nullable=False, unique=True),
        sa.Column("email", sa.Text),  # NULL once the account is deleted, as all that is personal
        sa.Column("email_key", sa.Text, unique=True),
        sa.Column("username", sa.Text, unique=True),
        sa.Column("username_key", sa.Text, index=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("password_at", sa.BigInteger),
        sa.Column("failures", sa.Integer, nullable=False),  # wrong passwords in a row, from places that nobody knows
        sa.Column("language", sa.Text),
        sa.Column("time_zone", sa.Text),
        sa.Column("age", sa.Integer),
        sa.Column("sector", sa.Text),
        sa.Column("position", sa.Text),
        sa.Column("cpf", sa.Text),  # sealed
        sa.Column("cpf_key", sa.Text, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("deleted_at", sa.BigInteger),
        sa.Column("version", sa.Integer, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("accounts_role", "accounts", ["role", "status"])


def _sessions() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
    )
    op.create_table(
        "known_devices",
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), primary_key=True),
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("last_seen_at", sa.BigInteger, nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),  # wrong passwords in a row from it; too many, and it is known no more
    )
    op.create_table(
        "token_families",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("dialect", sa.Text, nullable=False),
        sa.Column("generation", sa.Integer, nullable=False),  # of the refresh token that is good now
        sa.Column("rotated_at", sa.BigInteger, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("address", sa.Text, nullable=False),
        sa.Column("agent", sa.Text, nullable=False),
    )


def _keys() -> None:
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False),
        sa.Column("lookup", sa.Text, nullable=False, unique=True),  # the part of the key's text that finds it
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("pepper", sa.Text, nullable=False),  # which secret's pepper the digest was made with
        sa.Column("scopes", sa.Text, nullable=False),  # JSON lists here and below; NULL: no restriction
        sa.Column("models", sa.Text),
        sa.Column("addresses", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.Column("last_used_at", sa.BigInteger),
        sa.Column("last_used_address", sa.Text),
        sa.Column("revoked_at", sa.BigInteger),
        sa.Column("replaced_by", sa.Text),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_index("api_keys_account", "api_keys", ["account_id", "created_at", "id"])
    op.create_index("api_keys_created", "api_keys", ["created_at", "id"])
    living = sa.text("revoked_at IS NULL AND replaced_by IS NULL")
    op.create_index(
        "api_keys_name", "api_keys", ["account_id", "name"], unique=True, sqlite_where=living, postgresql_where=living
    )


def _once() -> None:
    op.create_table(
        "invites",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False, unique=True),
        sa.Column("email", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created_by", sa.Text, sa.ForeignKey("accounts.id")),  # NULL: the command line
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.Column("used_at", sa.BigInteger),
        sa.Column("used_by", sa.Text, sa.ForeignKey("accounts.id")),
        sa.Column("revoked_at", sa.BigInteger),
    )
    op.create_table(
        "one_time_tokens",
        sa.Column("digest", sa.Text, primary_key=True),
        sa.Column("purpose", sa.Text, nullable=False),
        sa.Column("account_id", sa.Text, sa.ForeignKey("accounts.id"), nullable=False, index=True),
        sa.Column("detail", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False, index=True),
        sa.Column("used_at", sa.BigInteger),
    )
