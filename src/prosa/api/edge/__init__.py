"""What every dialect stands on: the exchange, the front layer, the guard, the bounds."""

from prosa.api.edge.access import OPEN, Access, Open
from prosa.api.edge.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from prosa.api.edge.departure import Departure
from prosa.api.edge.dialect import PLAIN, Dialect, Dialects, PlainDialect
from prosa.api.edge.errors import ClientLeft, HeadersTooMany, MethodNotAllowed, PreflightRefused, Unexpected
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.front import Front
from prosa.api.edge.guard import barred, charge, guard
from prosa.api.edge.json_body import Fields, count_items, read_fields
from prosa.api.edge.open_calls import OpenCalls
from prosa.api.edge.parts import EdgeParts
from prosa.api.edge.route import Handler, Route
from prosa.api.edge.settings import EdgeSettings

__all__ = [
    "OPEN",
    "PLAIN",
    "ASGIApp",
    "Access",
    "ClientLeft",
    "Departure",
    "Dialect",
    "Dialects",
    "EdgeParts",
    "EdgeSettings",
    "Exchange",
    "Fields",
    "Front",
    "Handler",
    "Header",
    "HeadersTooMany",
    "Message",
    "MethodNotAllowed",
    "Open",
    "OpenCalls",
    "PlainDialect",
    "PreflightRefused",
    "Receive",
    "Route",
    "Scope",
    "Send",
    "Unexpected",
    "barred",
    "charge",
    "count_items",
    "guard",
    "read_fields",
]
