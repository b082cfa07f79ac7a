"""Why a token for one use is refused."""

from prosa.kit.errors import ProsaError


class OneTimeRefused(ProsaError):
    """A link that is unknown, used, too old, or was meant for something else: all read the same."""

    code = "link_invalid"
    status = 400
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("This link is not valid, was used already, or is too old.")


class TicketNotGiven(ProsaError):
    """Only who signed in, or holds a person's key, gets tickets: the ticket ends when that sign-in or key ends."""

    code = "ticket_not_given"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Tickets are given to people who signed in, and to API keys that belong to a person.")
