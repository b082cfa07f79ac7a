"""The one guarded door to the network. Nothing else in prosa opens a socket outward."""

from prosa.drivers.outbound.addresses import is_public
from prosa.drivers.outbound.client import Client
from prosa.drivers.outbound.dial import Resolver
from prosa.drivers.outbound.errors import (
    AddressRefused,
    AnswerTooLarge,
    BadAnswer,
    ConnectFailed,
    ConnectionLost,
    FirstByteTimeout,
    OutboundError,
    SilenceTimeout,
    TotalTimeout,
)
from prosa.drivers.outbound.fetch import Fetched, FetchTerms, fetch
from prosa.drivers.outbound.models import Limits, OutboundRequest, PoolFigures, Reply, Target, Timeouts, Transport
from prosa.drivers.outbound.tls import make_context
from prosa.drivers.outbound.urls import parse_url

__all__ = [
    "AddressRefused",
    "AnswerTooLarge",
    "BadAnswer",
    "Client",
    "ConnectFailed",
    "ConnectionLost",
    "FetchTerms",
    "Fetched",
    "FirstByteTimeout",
    "Limits",
    "OutboundError",
    "OutboundRequest",
    "PoolFigures",
    "Reply",
    "Resolver",
    "SilenceTimeout",
    "Target",
    "Timeouts",
    "TotalTimeout",
    "Transport",
    "fetch",
    "is_public",
    "make_context",
    "parse_url",
]
