"""What the app's API itself refuses."""

from prosa.kit.errors import BadRequest, ProsaError


class UnknownCursor(BadRequest):
    """The cursor was not given out by this list, or not to this caller."""

    code = "unknown_cursor"

    def __init__(self) -> None:
        super().__init__("The cursor is not one that this list gave out to you.", param="cursor")


class InsecureConnection(ProsaError):
    """A browser would have to carry its session over a network in the clear."""

    code = "insecure_connection"
    status = 403
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "Signing in needs HTTPS, or a browser on the server's own machine. The operator sets PROSA_PUBLIC_URL to the https "
            "address, or allows plain HTTP by PROSA_INSECURE_COOKIES=true."
        )


class PreconditionRequired(ProsaError):
    """Two may edit this at once, so a change must say which state it starts from."""

    code = "precondition_required"
    status = 428
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("Send the ETag of what you read as If-Match, or '*' to change it whatever it is now.", param="If-Match")
