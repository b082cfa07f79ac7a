"""Files that are made from the code are written again by one command and never drift from it.

`python -m checks.generated` writes them (`make openapi`); the rule compares, and whoever changes the code sees at once what
the change means for those who read the file. Reason: a document that lags behind the code is worse than none.
"""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from checks.repository import Finding, Repository

ROOT = Path(__file__).resolve().parent.parent


def api_document() -> bytes:
    """The OpenAPI document, as the server gives it out."""
    from prosa.api.document import openapi_document

    return openapi_document()


FILES: dict[str, Callable[[], bytes]] = {"docs/api/openapi.json": api_document}


def find(repository: Repository, files: dict[str, Callable[[], bytes]] | None = None) -> Iterator[Finding]:
    """Generated files that differ from what the code would write."""
    for path, make in (FILES if files is None else files).items():
        place = repository.root / path
        if not place.exists():
            yield Finding(path, 1, "is missing: make openapi")
        elif place.read_bytes() != make():
            yield Finding(path, 1, "differs from what the code says: make openapi, and read the difference")


def main() -> int:
    """Write every generated file."""
    for path, make in FILES.items():
        place = ROOT / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(make())
        print(f"wrote {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
