"""The base of every error that prosa raises on purpose."""

from typing import ClassVar


class ProsaError(Exception):
    """A failure that a caller may see: the class carries code and status, the constructor the facts.

    `message` is fit for the caller: no secret, no path, no host name, no provider's raw text. `param` names the field at
    fault. `retry_after` is in seconds and set only where trying again later can help. Dialects render it; it knows none.
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    kind: ClassVar[str] = "server_error"  # OpenAI's `type` of an error

    def __init__(self, message: str, *, param: str | None = None, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.param = param
        self.retry_after = retry_after


class BadRequest(ProsaError):
    """The request can't be understood or breaks a bound; nothing was changed."""

    code = "invalid_request"
    status = 400
    kind = "invalid_request_error"


class NotFound(ProsaError):
    """Not there, or not the caller's: the two read the same."""

    code = "not_found"
    status = 404
    kind = "invalid_request_error"


class PayloadTooLarge(ProsaError):
    """The body is larger than the server takes."""

    code = "payload_too_large"
    status = 413
    kind = "invalid_request_error"


class Unavailable(ProsaError):
    """Something that the answer needs is not configured or not there now."""

    code = "service_unavailable"
    status = 503
    kind = "server_error"
