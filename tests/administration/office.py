"""Administration of one process over a real database, and who follows it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from prosa.administration import (
    Administration,
    AdministrationParts,
    AdministrationSettings,
    Apply,
    Effective,
    ProviderDraft,
    Stored,
    make_administration,
)
from prosa.drivers.outbound import Client
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.events import Signals
from prosa.gateway import Gateway, GatewaySettings, MockTransport, Transports
from prosa.kit.clock import SystemClock
from prosa.usage import PriceBook, PriceSources

SECRET = "a-secret-for-tests-that-nobody-else-has"
LAB = ProviderDraft("lab", "openai_compatible", "https://llm.example/v1", "sk-of-the-lab-a1b2c3d4")


class Office:
    """`applied` is what this process took over, in its order."""

    def __init__(
        self,
        database: Database,
        client: Client,
        settings: AdministrationSettings,
        base: GatewaySettings,
        secrets: tuple[str, ...],
    ) -> None:
        clock = SystemClock()
        self.signals = Signals(Path("nowhere"), database)
        self.gateway = Gateway(base, Transports(client, MockTransport()), clock, lambda _record: None)
        self.applied: list[Stored] = []
        self.took = asyncio.Event()
        self.keyring = Keyring.of(secrets)
        parts = AdministrationParts(
            settings=settings,
            base=base,
            gateway=self.gateway,
            prices=PriceBook(PriceSources(), clock),
            database=database,
            signals=self.signals,
            keyring=self.keyring,
            clock=clock,
            told=lambda _key: None,
            usual=lambda _key: None,
            system=self._nothing,
        )
        self.administration: Administration = make_administration(parts, self._applying(base))

    def _applying(self, base: GatewaySettings) -> Callable[[Effective], Apply]:
        def made(effective: Effective) -> Apply:
            def apply(stored: Stored) -> None:
                self.applied.append(stored)
                self.took.set()
                self.gateway.configure(effective.gateway(stored, replace(base)))

            return apply

        return made

    async def _nothing(self) -> object:
        return None


@asynccontextmanager
async def office(
    database: Database,
    settings: AdministrationSettings | None = None,
    base: GatewaySettings | None = None,
    secrets: tuple[str, ...] = (SECRET,),
) -> AsyncIterator[Office]:
    """One process's, not following yet."""
    client = Client()
    made = Office(database, client, settings or AdministrationSettings(), base or GatewaySettings(), secrets)
    try:
        yield made
    finally:
        await made.administration.stop()
        await client.aclose()
