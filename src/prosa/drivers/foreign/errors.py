"""Why a file of another system can't be read."""

from prosa.kit.errors import BadRequest


class ForeignFile(BadRequest):
    """The file is none of the other system's, or a broken one."""

    code = "foreign_file"

    def __init__(self, reason: str) -> None:
        super().__init__(f"This file can't be imported: {reason}.")
