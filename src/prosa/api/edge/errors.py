"""What can be wrong with a request before anybody looks at what it asks for."""

from prosa.kit.errors import BadRequest, ProsaError


class ClientLeft(Exception):
    """The client closed the connection before its request was whole: there is nobody to answer."""


class MethodNotAllowed(ProsaError):
    """The path exists, but not with this method; `allow` lists the ones that do."""

    code = "method_not_allowed"
    status = 405
    kind = "invalid_request_error"

    def __init__(self, allow: tuple[str, ...]) -> None:
        super().__init__("Method Not Allowed")
        self.allow = allow


class HeadersTooMany(ProsaError):
    """More header fields than the server takes."""

    code = "headers_too_large"
    status = 431
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The request has too many header fields.")


class PreflightRefused(BadRequest):
    """A page of an origin that isn't configured asks whether it may call (contracts: bitaca, section 6)."""

    code = "origin_not_allowed"

    def __init__(self) -> None:
        super().__init__("This page's origin is not allowed.")


class Unexpected(ProsaError):
    """A failure that nobody foresaw. Its text tells nothing; the log, under the same request id, tells where."""

    def __init__(self) -> None:
        super().__init__("Internal server error")
