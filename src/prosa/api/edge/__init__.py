"""What every dialect stands on: the exchange, the front layer, the guard, the bounds."""

from prosa.api.edge.access import OPEN, Access, Open
from prosa.api.edge.asgi import ASGIApp, Header, Message, Receive, Scope, Send
from prosa.api.edge.departure import Departure
from prosa.api.edge.dialect import PLAIN, Dialect, Dialects, PlainDialect
from prosa.api.edge.errors import ClientLeft, HeadersTooMany, MethodNotAllowed, PreflightRefused, Unexpected
from prosa.api.edge.exchange import Exchange
from prosa.api.edge.front import Front
from prosa.api.edge.guard import barred, charge, guard, guard_again
from prosa.api.edge.idempotency_claim import claim_repeat
from prosa.api.edge.json_body import Fields, count_items, read_fields
from prosa.api.edge.multipart import Form, FormPart, MalformedForm
from prosa.api.edge.open_calls import OpenCalls
from prosa.api.edge.page_cookie import page_cookies
from prosa.api.edge.parts import EdgeParts
from prosa.api.edge.route import Handler, Route
from prosa.api.edge.settings import EdgeSettings
from prosa.api.edge.socket import BadHandshake, ServerStopping, Socket, SocketEnded, TooManySockets, Upgrade
from prosa.api.edge.sockets import SocketRoute, Sockets, Talk, first_of, listen

__all__ = [
    "OPEN",
    "PLAIN",
    "ASGIApp",
    "Access",
    "BadHandshake",
    "ClientLeft",
    "Departure",
    "Dialect",
    "Dialects",
    "EdgeParts",
    "EdgeSettings",
    "Exchange",
    "Fields",
    "Form",
    "FormPart",
    "Front",
    "Handler",
    "Header",
    "HeadersTooMany",
    "MalformedForm",
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
    "ServerStopping",
    "Socket",
    "SocketEnded",
    "SocketRoute",
    "Sockets",
    "Talk",
    "TooManySockets",
    "Unexpected",
    "Upgrade",
    "barred",
    "charge",
    "claim_repeat",
    "count_items",
    "first_of",
    "guard",
    "guard_again",
    "listen",
    "page_cookies",
    "read_fields",
]
