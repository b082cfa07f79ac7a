"""What can go wrong with a mail."""

from prosa.kit.errors import ProsaError


class MailFailed(ProsaError):
    """The mail was not taken by the server, or can't be one.

    `reason` is for the operator's log: our own words and the server's number, nothing of its text, no address, no password.
    """

    code = "mail_failed"
    status = 503

    def __init__(self, reason: str, *, retry_after: float | None = None) -> None:
        super().__init__("The mail could not be sent.", retry_after=retry_after)
        self.reason = reason
