"""What answers a hot path."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prosa.api.edge.access import Access, Open
from prosa.api.edge.dialect import PLAIN, Dialect
from prosa.api.edge.exchange import Exchange

Handler = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One hot path: who answers it, what its caller must be allowed, and in which dialect its errors are told."""

    handler: Handler
    access: Access | Open
    dialect: Dialect = PLAIN
