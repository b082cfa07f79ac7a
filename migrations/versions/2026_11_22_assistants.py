"""Assistants, their versions, and who may use them; what threads keep beside conversations."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_assistants"
down_revision = "2026_11_22_administration"


# A thread takes along the vector stores that were made for it, by whomever and however its conversation is deleted.
TRIGGER = "CREATE TRIGGER thread_takes_stores AFTER DELETE ON conversations"
NOW_SQLITE = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
NOW_POSTGRESQL = "CAST(extract(epoch FROM now()) * 1000000 AS BIGINT)"


def upgrade() -> None:
    """Create the tables. Moments are in microseconds since 1970; JSON is text."""
    _assistants()
    _versions()
    _grants()
    _threads()


def _assistants() -> None:
    op.create_table(
        "assistants",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("foreign_id", sa.Text),  # the id that it brought from elsewhere, and by which it is still asked for
        sa.Column("body", sa.Text, nullable=False),  # the newest version's
        sa.Column("size", sa.BigInteger, nullable=False),  # of the body, in bytes
        sa.Column("words", sa.Text, nullable=False),  # name, description and id without case and accents
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("state", sa.BigInteger, nullable=False),  # counts every change
        sa.Column(
            "edit_id", sa.Text, nullable=False
        ),  # of who wrote last: what belongs to a change is written if it was that one
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("picture", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_index("assistants_of_space", "assistants", ["space", "created_at", "id"])
    everyones = sa.text("audience = 'everyone'")
    op.create_index("assistants_for_everyone", "assistants", ["audience"], sqlite_where=everyones, postgresql_where=everyones)
    brought = sa.text("foreign_id IS NOT NULL")
    op.create_index(
        "assistants_by_foreign_id",
        "assistants",
        ["space", "foreign_id"],
        unique=True,
        sqlite_where=brought,
        postgresql_where=brought,
    )
    op.create_index("assistants_brought", "assistants", ["foreign_id"], sqlite_where=brought, postgresql_where=brought)


def _versions() -> None:
    op.create_table(
        "assistant_versions",
        sa.Column("assistant_id", sa.Text, primary_key=True),
        sa.Column("number", sa.BigInteger, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),  # the owner's
        sa.Column("author", sa.Text),  # the space that wrote it; NULL once its account is gone
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("restores", sa.BigInteger),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
    )
    op.create_index("assistant_versions_of_space", "assistant_versions", ["space", "size"])
    op.create_index("assistant_versions_of_author", "assistant_versions", ["author"])


def _grants() -> None:
    op.create_table(
        "assistant_grants",
        sa.Column("assistant_id", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("told", sa.Text, primary_key=True),  # how the owner named them
        sa.Column("space", sa.Text, nullable=False),  # the owner's
        sa.Column("grantee", sa.Text, nullable=False),  # an account's id or a role; "" where nobody has that address
        sa.Column("may", sa.Text, nullable=False),
    )
    op.create_index("assistant_grants_of_grantee", "assistant_grants", ["grantee", "kind", "assistant_id"])
    op.create_index("assistant_grants_of_space", "assistant_grants", ["space"])


def _threads() -> None:
    """What a thread's tools get stands with its conversation; what a message has beside its words, in its item."""
    op.add_column("conversations", sa.Column("tool_resources", sa.Text))
    if op.get_bind().dialect.name == "postgresql":
        body = f"BEGIN {_leave(NOW_POSTGRESQL, 'strpos')}; RETURN NULL; END"
        op.execute(f"CREATE FUNCTION thread_takes_stores() RETURNS trigger LANGUAGE plpgsql AS $$ {body} $$")
        op.execute(f"{TRIGGER} FOR EACH ROW WHEN (old.tool_resources IS NOT NULL) EXECUTE FUNCTION thread_takes_stores()")
    else:
        op.execute(f"{TRIGGER} WHEN old.tool_resources IS NOT NULL BEGIN {_leave(NOW_SQLITE, 'instr')}; END")


def _leave(now: str, place: str) -> str:
    """Looked for as text: what is deleted goes, whatever stands in it."""
    return (
        f"UPDATE vector_stores SET deleted_at = {now} WHERE space = old.space AND deleted_at IS NULL"  # noqa: S608  # our own words
        f" AND {place}(old.tool_resources, '\"made:' || id || '\"') > 0"
    )


def downgrade() -> None:
    """Drop the tables."""
    _no_threads()
    for table in ("assistant_grants", "assistant_versions", "assistants"):
        op.drop_table(table)


def _no_threads() -> None:
    """Of threads."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER thread_takes_stores ON conversations")
        op.execute("DROP FUNCTION thread_takes_stores()")
    else:
        op.execute("DROP TRIGGER thread_takes_stores")
    op.drop_column("conversations", "tool_resources")
