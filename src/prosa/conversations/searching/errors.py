"""What can be wrong with a search."""

from prosa.kit.errors import BadRequest


class SearchTooLong(BadRequest):
    """More is looked for than anybody types."""

    code = "search_too_long"

    def __init__(self, found: str) -> None:
        super().__init__(f"Look for less at once: this is {found}.", param="q")
