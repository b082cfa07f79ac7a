"""On PostgreSQL, the signs of each passage's vector as a row, kept by the database itself, so that it can order them."""

from alembic import op

revision = "2026_11_22_signs"
down_revision = "2026_11_22_tokens"

# In a document the signs of its vectors stand one after the other: a bit each, in words of 64 bits (retrieval/vectors.py).
# Here they are bits of PostgreSQL's own, no type of an extension's, so that a dump of this database goes into any server.
# Who puts a passage writes its row along with it, and nothing is left to be done when the document is published; rows that came
# otherwise, such as by a restore or of an older version, are made then. The first step reads what PostgreSQL keeps aside once.
KEPT = """
CREATE FUNCTION search_signs_of(source passage_documents) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  width INTEGER := (source.dimensions + 63) / 64 * 8;
  places INTEGER := length(source.bits) / width;
  held BYTEA;
BEGIN
  IF EXISTS (SELECT FROM search_signs WHERE document = source.number AND number = (source.number << 20) + places - 1) THEN
    RETURN;
  END IF;
  held := source.bits || CAST('' AS BYTEA);
  INSERT INTO search_signs (document, number, signs)
  SELECT source.number, (source.number << 20) + place,
    CAST('x' || encode(substring(held FROM place * width + 1 FOR width), 'hex') AS BIT VARYING)
  FROM generate_series(0, places - 1) AS place ON CONFLICT DO NOTHING;
END $$
"""
PUBLISHED = """
CREATE FUNCTION search_signs_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM search_signs_of(new);
  RETURN NULL;
END $$
"""
# Those of a document that goes are removed with its vectors, some at a time; this is for what an older version removes.
GONE = """
CREATE FUNCTION search_signs_gone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM search_signs WHERE document = old.number;
  RETURN NULL;
END $$
"""
FILLED = """
DO $$
DECLARE
  document passage_documents;
BEGIN
  FOR document IN SELECT * FROM passage_documents WHERE state = 1 AND dimensions BETWEEN 1 AND 1000000 LOOP
    PERFORM search_signs_of(document);
  END LOOP;
END $$
"""
FOUND = "new.state = 1 AND new.dimensions BETWEEN 1 AND 1000000"


def upgrade() -> None:
    """Create the table, fill it, and have it kept by triggers. No extension is needed for that."""
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE TABLE search_signs (document BIGINT NOT NULL, number BIGINT NOT NULL, signs BIT VARYING NOT NULL,"
        " PRIMARY KEY (document, number))"
    )
    for function in (KEPT, PUBLISHED, GONE):
        op.execute(function)
    op.execute(FILLED)
    op.execute(
        "CREATE TRIGGER search_signs_kept AFTER INSERT OR UPDATE OF state ON passage_documents FOR EACH ROW"
        f" WHEN ({FOUND}) EXECUTE FUNCTION search_signs_kept()"
    )
    op.execute(
        "CREATE TRIGGER search_signs_gone AFTER DELETE ON passage_documents FOR EACH ROW EXECUTE FUNCTION search_signs_gone()"
    )


def downgrade() -> None:
    """Drop the table with all that keeps it. An extension that was made for it stays: others may use it too."""
    if op.get_bind().dialect.name != "postgresql":
        return
    for trigger in ("search_signs_kept", "search_signs_gone"):
        op.execute(f"DROP TRIGGER {trigger} ON passage_documents")
        op.execute(f"DROP FUNCTION {trigger}()")
    op.execute("DROP FUNCTION search_signs_of(passage_documents)")
    op.execute("DROP TABLE search_signs")
