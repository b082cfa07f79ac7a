"""An export of the original's DynamoDB table (contracts: serverless, section 7), one item after the other."""

from collections.abc import Iterator
from pathlib import Path

from prosa.drivers.foreign import documents
from prosa.interactions.importing.store import NEEDED, OPTIONAL, OriginalRow


def exported(file: Path) -> Iterator[OriginalRow]:
    """The items as rows: of an export to S3, whose lines are `{"Item": {…}}`, or of `aws dynamodb scan`. Raises ForeignFile.

    An object that is none of them gives an empty row, which is counted as one that can't be read.
    """
    for document in documents(file):
        fields = document.fields or {}
        items = fields.get("Items")
        if isinstance(items, list):
            yield from map(_row, items)
        else:
            yield _row(fields.get("Item", fields))


def _row(item: object) -> OriginalRow:
    """Values in DynamoDB's JSON: `{"S": "text"}`, `{"N": "12"}`, `{"NULL": true}`; numbers were written as texts there."""
    fields = item if isinstance(item, dict) else {}
    return {name: _value(fields.get(name)) for name in (*NEEDED, *OPTIONAL)}


def _value(value: object) -> object:
    if not isinstance(value, dict):
        return None
    text = value.get("S", value.get("N"))
    return text if isinstance(text, str) else None
