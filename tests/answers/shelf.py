"""A tool with items of its own, as tests ask for it."""

from collections.abc import Mapping

import msgspec

from prosa.answers.responses import Place, SearchResult, Source
from prosa.answers.tools import Answered, ToolContext

SEARCH = {"type": "file_search", "vector_store_ids": ["vs_shelf"]}


class Shelf:
    """Finds the same passage, whatever is asked for, and tells how it is cited."""

    name = "file_search"
    type = "file_search"
    description = "Searches."
    parameters = msgspec.Raw(b'{"type":"object","properties":{"queries":{"type":"array","items":{"type":"string"}}}}')
    idempotent = True

    def __init__(self) -> None:
        self.calls: list[bytes] = []

    def check(self, options: Mapping[str, object]) -> None:
        """Anything goes."""

    async def call(self, arguments: bytes, context: ToolContext) -> Answered:
        """Find it."""
        self.calls.append(arguments)
        mark = f"{context.place}:0"
        return Answered(
            f"The owner is Anselmo【{mark}†source】, they say.",
            results=[SearchResult("file-1", "burros.md", 0.5, "The owner is Anselmo")],
            sources=[Source(mark, "file-1", "burros.md", Place(3, 9, page=2))],
        )
