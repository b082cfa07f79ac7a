"""Conversations that people live in: items in a tree, titles, folders, tags, trash; second names; what changed, in order."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_21_trees"
down_revision = "2026_11_21_runs"

# Until now every item followed the one before it.
LINKED = (
    "UPDATE items SET parent_id = (SELECT p.id FROM items AS p WHERE p.conversation_id = items.conversation_id"
    " AND (p.position, p.number) < (items.position, items.number) ORDER BY p.position DESC, p.number DESC LIMIT 1)"
    " WHERE conversation_id IS NOT NULL"
)
HEADED = (
    "UPDATE conversations SET head_id = (SELECT id FROM items WHERE conversation_id = conversations.id"
    " ORDER BY position DESC, number DESC LIMIT 1)"
)
BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")  # SQLite numbers rows of an INTEGER alone
SHELVED = ("pinned_at", "archived_at", "deleted_at")
# Lists of the few among the many: index, what they have, and by what they are ordered.
SHELVES = (
    ("conversations_pinned", "pinned_at", "updated_at"),
    ("conversations_archived", "archived_at", "updated_at"),
    ("conversations_trashed", "deleted_at", "deleted_at"),
)
TEXTS = ("title", "head_id", "before_id", "folder_id", "model", "settings")


def upgrade() -> None:
    """Add the columns and tables. Moments are in microseconds since 1970; ids are 32 hexadecimal digits; JSON is text."""
    _conversations()
    _items()
    _shelf()
    _beside()


def downgrade() -> None:
    """Drop the tables and columns: items stand in the order in which they came then, of all branches."""
    for table in ("changes", "preferences", "second_names", "conversation_tags", "folders"):
        op.drop_table(table)
    op.drop_index("items_summaries", "items")
    op.drop_index("items_children", "items")
    for index in (
        *("conversations_listed", "conversations_in_trash", "conversations_of_folder"),
        *(name for name, _, _ in SHELVES),
    ):
        op.drop_index(index, "conversations")
    for column in ("parent_id", "follows", "deleted_at", "covers"):
        op.drop_column("items", column)
    for column in (*TEXTS, *SHELVED, "title_by", "dialect"):
        op.drop_column("conversations", column)


def _shelf() -> None:
    op.create_table(
        "folders",
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("name_key", sa.Text, nullable=False),  # folded: two of a space can't differ by case or accents alone
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.UniqueConstraint("space", "name_key", name="folders_names"),
    )
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", sa.Text, primary_key=True),
        sa.Column("tag_key", sa.Text, primary_key=True),  # folded
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("tag", sa.Text, nullable=False),
    )
    op.create_index("conversation_tags_of_space", "conversation_tags", ["space", "tag_key"])


def _beside() -> None:
    op.create_table(
        "second_names",  # ids of other systems that don't fit our own: they answer where they came from
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("object_id", sa.Text, nullable=False),
    )
    op.create_index("second_names_of_object", "second_names", ["object_id"])
    op.create_table(
        "preferences",  # what an owner chose; JSON
        sa.Column("space", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, nullable=False),
        sa.Column("updated_at", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "changes",  # what an owner's other tabs and devices should know
        sa.Column("number", BIG, primary_key=True, autoincrement=True),
        sa.Column("space", sa.Text, nullable=False),
        sa.Column("type", sa.Text, nullable=False),
        sa.Column("object_id", sa.Text, nullable=False),
        sa.Column("data", sa.Text),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("changes_of_space", "changes", ["space", "number"])
    op.create_index("changes_to_trim", "changes", ["created_at"])


def _conversations() -> None:
    # head_id: the last item of the chosen path; before_id: the one before what was added last, while it is being added.
    for name in TEXTS:
        op.add_column("conversations", sa.Column(name, sa.Text))
    for name in SHELVED:
        op.add_column("conversations", sa.Column(name, sa.BigInteger))
    op.add_column("conversations", sa.Column("title_by", sa.Text, nullable=False, server_default="nobody"))
    op.add_column("conversations", sa.Column("dialect", sa.Text, nullable=False, server_default="openai"))
    op.execute(HEADED)
    trash = sa.text("deleted_at IS NOT NULL")
    op.create_index("conversations_listed", "conversations", ["space", "dialect", "updated_at", "id"])
    op.create_index("conversations_in_trash", "conversations", ["deleted_at"], sqlite_where=trash, postgresql_where=trash)
    op.create_index("conversations_of_folder", "conversations", ["folder_id"])
    for name, column, order in SHELVES:
        there = sa.text(f"{column} IS NOT NULL")
        op.create_index(name, "conversations", ["space", order, "id"], sqlite_where=there, postgresql_where=there)


def _items() -> None:
    op.add_column("items", sa.Column("parent_id", sa.Text))  # the item that it follows; NULL: the first, or in no conversation
    op.add_column("items", sa.Column("follows", sa.Boolean(create_constraint=False), nullable=False, server_default=sa.false()))
    op.add_column("items", sa.Column("deleted_at", sa.BigInteger))  # not shown any more, as an import found it
    op.add_column("items", sa.Column("covers", sa.Text))  # of a summary: the last item of which it tells
    op.execute(LINKED)
    op.create_index("items_children", "items", ["parent_id"])
    summaries = sa.text("covers IS NOT NULL")
    op.create_index("items_summaries", "items", ["conversation_id"], sqlite_where=summaries, postgresql_where=summaries)
