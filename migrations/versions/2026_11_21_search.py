"""What is found by its words: entries of an index, and a list of what has to be indexed anew, kept by the database itself."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "2026_11_21_search"
down_revision = "2026_11_21_trees"

TYPES = "('message', 'function_call_output', 'custom_tool_call_output')"  # of items that hold words
OF_ITEM = "INSERT INTO search_queue (item) VALUES ({}.number)"
OF_TITLE = "INSERT INTO search_queue (conversation_id) VALUES ({}.id)"
MOVED = "old.{0} IS NOT new.{0}"
MOVED_POSTGRESQL = "old.{0} IS DISTINCT FROM new.{0}"
# Name, event, table, when, what. Who writes items and titles, whatever part of the program, needs to know nothing of the index.
TRIGGERS = (
    ("search_item_added", "INSERT", "items", f"new.conversation_id IS NOT NULL AND new.type IN {TYPES}", OF_ITEM.format("new")),
    ("search_item_changed", "UPDATE", "items", "MOVED space conversation_id type body", OF_ITEM.format("new")),
    ("search_item_gone", "DELETE", "items", f"old.conversation_id IS NOT NULL AND old.type IN {TYPES}", OF_ITEM.format("old")),
    ("search_title_added", "INSERT", "conversations", "new.title IS NOT NULL", OF_TITLE.format("new")),
    ("search_title_changed", "UPDATE", "conversations", "MOVED space title", OF_TITLE.format("new")),
    ("search_title_gone", "DELETE", "conversations", "old.title IS NOT NULL", OF_TITLE.format("old")),
)


def upgrade() -> None:
    """Create the tables, and put all that is there on the list. Moments are in microseconds since 1970."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    _tables(postgresql)
    for name, event, table, when, what in TRIGGERS:
        (_trigger_postgresql if postgresql else _trigger_sqlite)(name, event, table, when, what)
    op.execute(
        f"INSERT INTO search_queue (item) SELECT number FROM items WHERE conversation_id IS NOT NULL AND type IN {TYPES}"  # noqa: S608  # our own words
        " ORDER BY number"
    )
    op.execute("INSERT INTO search_queue (conversation_id) SELECT id FROM conversations WHERE title IS NOT NULL")


def downgrade() -> None:
    """Drop the index with all that keeps it."""
    postgresql = op.get_bind().dialect.name == "postgresql"
    for name, _, table, *_ in TRIGGERS:
        op.execute(f"DROP TRIGGER {name} ON {table}" if postgresql else f"DROP TRIGGER {name}")
        if postgresql:
            op.execute(f"DROP FUNCTION {name}()")
    if not postgresql:
        op.execute("DROP TABLE search_words")
    for table in ("search_turn", "search_queue", "search_entries"):
        op.drop_table(table)


def _tables(postgresql: bool) -> None:
    number = sa.Integer().with_variant(sa.BigInteger, "postgresql")
    op.create_table(
        "search_entries",  # the words of a section of an item, or of a title
        sa.Column("id", number, primary_key=True, autoincrement=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("item", sa.Integer),  # its number; NULL: this is the conversation's title
        sa.Column("part", sa.Integer, nullable=False),  # which section, from 0 on
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("words", TSVECTOR() if postgresql else sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("search_entries_of_item", "search_entries", ["item"])
    titles = sa.text("item IS NULL")
    op.create_index(
        "search_entries_of_title", "search_entries", ["conversation_id"], sqlite_where=titles, postgresql_where=titles
    )
    op.create_table(
        "search_queue",  # items and titles that came, changed or went
        sa.Column("number", number, primary_key=True, autoincrement=True),
        sa.Column("item", sa.Integer),
        sa.Column("conversation_id", sa.Text),
        sqlite_autoincrement=True,
    )
    turn = op.create_table(
        "search_turn",  # one row: who works on the index
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("holder", sa.Text, nullable=False),
        sa.Column("until", sa.BigInteger, nullable=False),
        sa.Column("stale_since", sa.BigInteger),  # words of what is gone may still lie in the index's files
    )
    op.bulk_insert(turn, [{"id": 1, "holder": "", "until": 0}])
    if postgresql:
        # Without a list of what is pending, which every search would have to read through.
        op.execute("CREATE INDEX search_entries_words ON search_entries USING gin (words) WITH (fastupdate = off)")
    else:
        op.execute("CREATE VIRTUAL TABLE search_words USING fts5(words, content='', tokenize='ascii')")


def _trigger_sqlite(name: str, event: str, table: str, when: str, what: str) -> None:
    head, *columns = when.split()
    if head == "MOVED":
        event, when = f"UPDATE OF {', '.join(columns)}", " OR ".join(MOVED.format(column) for column in columns)
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} WHEN {when} BEGIN {what}; END")


def _trigger_postgresql(name: str, event: str, table: str, when: str, what: str) -> None:
    head, *columns = when.split()
    if head == "MOVED":
        event, when = f"UPDATE OF {', '.join(columns)}", " OR ".join(MOVED_POSTGRESQL.format(column) for column in columns)
    op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {what}; RETURN NULL; END $$")
    op.execute(f"CREATE TRIGGER {name} AFTER {event} ON {table} FOR EACH ROW WHEN ({when}) EXECUTE FUNCTION {name}()")
