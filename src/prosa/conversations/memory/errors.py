"""What can be wrong with what is remembered."""

from prosa.conversations.memory.models import LONGEST, LONGEST_SUMMARY, MOST
from prosa.kit.errors import BadRequest, NotFound, ProsaError


class MemoryNotFound(NotFound):
    """Nothing of this id is remembered of the caller."""

    code = "memory_not_found"

    def __init__(self) -> None:
        super().__init__("There is no memory with this id.")


class MemoryUnfit(BadRequest):
    """A memory has to be a few words."""

    def __init__(self) -> None:
        super().__init__(f"text: expected 1 to {LONGEST} characters.", param="text")


class SummaryUnfit(BadRequest):
    """A summary has to say something."""

    def __init__(self) -> None:
        super().__init__(f"text: expected 1 to {LONGEST_SUMMARY} characters.", param="text")


class TooManyMemories(ProsaError):
    """So much about one person would be told with every question."""

    code = "too_many_memories"
    status = 409

    def __init__(self) -> None:
        super().__init__(f"At most {MOST} memories are kept; delete one first.")


class MemoryChanged(ProsaError):
    """Another tab was faster."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("It was changed meanwhile: read it again.")
