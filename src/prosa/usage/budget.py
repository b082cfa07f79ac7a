"""Where budgets will stand: asked before a call, told after it."""

from typing import Protocol

from prosa.usage.calls import SettledCall
from prosa.usage.payer import Payer


class Budget(Protocol):
    """Holds back what a call may cost, and takes what it did."""

    async def reserve(self, payer: Payer | None, kind: str, model: str | None) -> object:
        """Before a provider is asked; what is given back comes again with `settle`. Raises what the caller is told."""
        ...

    def settle(self, held: object, call: SettledCall) -> None:
        """Exactly once for each reservation, however the call ended."""
        ...


class NoBudget:
    """Nobody has one."""

    async def reserve(self, payer: Payer | None, kind: str, model: str | None) -> object:
        """See Budget."""

    def settle(self, held: object, call: SettledCall) -> None:
        """See Budget."""
