"""Databases of PostgreSQL that serve one test after the other: to empty one is a fraction of the work of making another.

A database is used again only if nobody is connected to it any more and its catalogue is as it was made, to the last column.
"""

from functools import cache

from tests import postgres
from tests.postgres import Server

# Whoever has hung up is gone in a moment; who stays is somebody that a test forgot, and its database isn't used again.
_ALONE = """
DO $$ BEGIN
  FOR turn IN 1..25 LOOP
    PERFORM pg_stat_clear_snapshot();
    IF NOT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()) THEN
      RETURN;
    END IF;
    PERFORM pg_sleep(0.02);
  END LOOP;
  RAISE EXCEPTION 'somebody is still there';
END $$;
"""
# What somebody has written into, also what was taken back or deleted since.
_FILLED = "FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0"
_EMPTY = f"""
SET lock_timeout = '5s';
SELECT 'TRUNCATE ' || string_agg(oid::regclass::text, ', ') || ' RESTART IDENTITY CASCADE' {_FILLED} \\gexec
"""
# All that there is, as one number: whatever is made anew has another oid.
_CATALOGUE = """
SELECT md5(concat(
  (SELECT string_agg(concat(oid, nspname), ',' ORDER BY oid) FROM pg_namespace WHERE nspname !~ '^pg_'),
  (SELECT string_agg(concat(oid, relname, relnamespace, relkind, reloptions), ',' ORDER BY oid)
     FROM pg_class WHERE oid >= 16384),
  (SELECT string_agg(concat(attrelid, attname, attnum, atttypid, attnotnull, atthasdef), ',' ORDER BY attrelid, attnum)
     FROM pg_attribute WHERE attrelid >= 16384),
  (SELECT string_agg(concat(oid, conname, convalidated), ',' ORDER BY oid) FROM pg_constraint WHERE oid >= 16384),
  (SELECT string_agg(concat(indexrelid, indisvalid), ',' ORDER BY indexrelid) FROM pg_index WHERE indexrelid >= 16384),
  (SELECT string_agg(concat(oid, tgname, tgenabled), ',' ORDER BY oid) FROM pg_trigger),
  (SELECT string_agg(concat(oid, proname, prosrc), ',' ORDER BY oid) FROM pg_proc WHERE oid >= 16384),
  (SELECT string_agg(concat(sequencename, last_value), ',' ORDER BY sequencename) FROM pg_sequences),
  (SELECT count(*) FROM pg_db_role_setting s JOIN pg_database d ON d.oid = s.setdatabase WHERE d.datname = current_database()),
  (SELECT count(*) FROM pg_largeobject_metadata), (SELECT count(*) FROM pg_extension)
));
"""


class Shelf:
    """The databases of one server that are as this template is, and that nobody uses now."""

    def __init__(self, server: Server, template: str) -> None:
        self._server = server
        self._template = template
        self._free: list[str] = []
        self._catalogue = server.sql(_CATALOGUE, template)
        self._rows = "".join(self._rows_of(table) for table in server.sql(f"SELECT relname {_FILLED}", template).split())

    def _rows_of(self, table: str) -> str:
        """A statement that puts the rows in that the template has."""
        put = f"'INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %L);'"
        return self._server.sql(f"SELECT format({put}, json_agg(row)) FROM {table} AS row", self._template)

    def take(self) -> str:
        """One that is as it was made."""
        return self._free.pop() if self._free else postgres.new_database(self._server, self._template)

    def give_back(self, name: str) -> None:
        """Empty it, or drop it where it can't be used again."""
        if self._emptied(name):
            self._free.append(name)
        else:
            self._server.sql(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _emptied(self, name: str) -> bool:
        try:
            return self._server.sql(_ALONE + _EMPTY + self._rows + _CATALOGUE, name) == self._catalogue
        except AssertionError:  # somebody is there, or it isn't
            return False


@cache
def shelf(template: str) -> Shelf:
    """That of this test process's server."""
    return Shelf(postgres.server(), template)
