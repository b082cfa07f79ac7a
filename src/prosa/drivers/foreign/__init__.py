"""Files that other systems have written: read in bounded memory, never changed, believed nothing."""

from prosa.drivers.foreign.errors import ForeignFile
from prosa.drivers.foreign.extended_json import moment_of, number_of, object_id, plain_id, text_of
from prosa.drivers.foreign.json_stream import Document, documents
from prosa.drivers.foreign.loose import loose_moment, loose_number, loose_text
from prosa.drivers.foreign.sqlite_store import ForeignRow, ForeignTables, is_sqlite, opened_tables

__all__ = [
    "Document",
    "ForeignFile",
    "ForeignRow",
    "ForeignTables",
    "documents",
    "is_sqlite",
    "loose_moment",
    "loose_number",
    "loose_text",
    "moment_of",
    "number_of",
    "object_id",
    "opened_tables",
    "plain_id",
    "text_of",
]
