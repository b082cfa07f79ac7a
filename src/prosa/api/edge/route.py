"""What answers a hot path."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prosa.api.edge.dialect import PLAIN, Dialect
from prosa.api.edge.exchange import Exchange

Handler = Callable[[Exchange], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Route:
    """One hot path: who answers it, and in which dialect its errors are told."""

    handler: Handler
    dialect: Dialect = PLAIN
