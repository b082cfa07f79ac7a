"""The types of the API that the app is checked against are those of the API's document, as it is now.

Reason: a field that was renamed is then a type error in the page that reads it, and not an empty place on somebody's screen.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from checks.repository import Finding
from checks.ui.node import node

SCHEMA: Final = "ui/src/api/schema.d.ts"


def write(root: Path, target: Path | None = None) -> None:
    """Write the types. Raises BuildFailed."""
    node(root, "schema.mjs", *([str(target)] if target is not None else []))


def find(root: Path) -> Iterator[Finding]:
    """The types, where the document has changed since."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "schema.d.ts"
        write(root, target)
        place = root / SCHEMA
        if not place.exists() or place.read_bytes() != target.read_bytes():
            yield Finding(SCHEMA, 1, "differs from docs/api/openapi.json: make openapi, and read the difference")
