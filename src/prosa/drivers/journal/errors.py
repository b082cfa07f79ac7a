"""What can be wrong with a row."""

from prosa.kit.errors import ProsaError


class RowRefused(ProsaError):
    """The database doesn't take this row: a constraint, a value that it can't hold, a statement with a mistake.

    Nothing of what was appended with it was written; what was appended beside it is not concerned. The driver's own error
    is the cause. `constraint` tells a broken constraint (a number that was given out already) from what is a defect.
    """

    def __init__(self, *, constraint: bool) -> None:
        super().__init__("The record could not be stored.")
        self.constraint = constraint
