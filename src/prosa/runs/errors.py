"""What can go wrong with runs."""

from prosa.kit.errors import NotFound, ProsaError


class RunNotFound(NotFound):
    """There is no such run in this space."""

    def __init__(self) -> None:
        super().__init__("There is no run with this id.")


class LeaseLost(ProsaError):
    """Somebody else drives the run, or has ended it: this driver can't write any more. Never told to a caller."""

    def __init__(self) -> None:
        super().__init__("The run is driven elsewhere.")


class LogTrimmed(ProsaError):
    """The events that were asked for aren't kept any more; what came of the run is."""

    code = "log_expired"
    status = 410
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The events of this run aren't kept any more; read its result instead.")


class TooManyWaiting(ProsaError):
    """As many runs wait in this conversation as may."""

    code = "too_many_waiting"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} messages wait in this conversation already; wait for an answer first.", retry_after=5.0)


class RunOpen(ProsaError):
    """The conversation has an open run, and another one was to be alone in it; `run_id` names it where it is known."""

    code = "run_open"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, run_id: str | None = None) -> None:
        super().__init__("An answer is being given in this conversation already.", retry_after=1.0)
        self.run_id = run_id


class TooManyRuns(ProsaError):
    """As many runs of one caller are under way in this process as may be."""

    code = "too_many_runs"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} answers are being given to you already; wait for one of them, or cancel it.", retry_after=1.0)


class RunDefect(ProsaError):
    """A run failed for a reason that nobody foresaw; the server's log has it."""

    def __init__(self) -> None:
        super().__init__("The run failed because of an error of the server.")
