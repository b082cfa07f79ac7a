"""What can go wrong on the way out. Their texts never hold a URL, a header or a key."""

from prosa.kit.errors import ProsaError


class OutboundError(ProsaError):
    """A call outward failed; `retriable` says whether another try, or another target, may help."""

    code = "upstream_error"
    status = 502
    retriable = True


class ConnectFailed(OutboundError):
    """No connection: refused, unreachable, unknown name, TLS failure."""

    code = "upstream_unreachable"


class AddressRefused(OutboundError):
    """The address is not one that prosa talks to (private, loopback, link-local, multicast, malformed)."""

    code = "address_refused"
    retriable = False


class FirstByteTimeout(OutboundError):
    """The answer did not begin in time."""

    code = "upstream_timeout"
    status = 504


class SilenceTimeout(OutboundError):
    """The answer began and then fell silent for too long."""

    code = "upstream_timeout"
    status = 504


class TotalTimeout(OutboundError):
    """The whole call took too long."""

    code = "upstream_timeout"
    status = 504


class ConnectionLost(OutboundError):
    """The connection ended before the answer did."""

    code = "upstream_broken"


class BadAnswer(OutboundError):
    """What came back is no HTTP, or breaks a bound."""

    code = "upstream_broken"


class AnswerTooLarge(OutboundError):
    """The answer is larger than prosa reads whole."""

    code = "upstream_broken"
    retriable = False
