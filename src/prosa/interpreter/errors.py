"""What can be wrong with running code."""

from prosa.kit.errors import ProsaError


class InterpreterUnavailable(ProsaError):
    """Code can't be run safely here; the message says what is missing."""

    code = "interpreter_unavailable"
    status = 503

    def __init__(self, reason: str) -> None:
        super().__init__(f"The code interpreter is off: {reason}")
        self.reason = reason


class InterpreterBusy(ProsaError):
    """As many kernels run as may, and all of them are at work."""

    code = "interpreter_busy"
    status = 503
    retry_after = 10

    def __init__(self) -> None:
        super().__init__("All code interpreters are at work: try again in a moment.")
