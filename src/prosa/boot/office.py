"""Administration for one command, beside a running server or without one."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from prosa.administration import Administration, AdministrationParts, Apply, Effective, Stored, make_administration
from prosa.boot.adjusting import LENSES
from prosa.boot.desk import people_at, prepared
from prosa.boot.people import People
from prosa.boot.settings import Settings, usual_settings
from prosa.drivers.outbound import Client
from prosa.gateway import Gateway, MockTransport, Transports
from prosa.usage import PriceBook, PriceSources


def open_office(settings: Settings) -> AbstractAsyncContextManager[Administration]:
    """Over the database of the settings, brought up to date. Raises as `prepared`."""
    return _office(prepared(settings))


@asynccontextmanager
async def _office(settings: Settings) -> AsyncIterator[Administration]:
    async with people_at(settings) as people:
        client = Client()
        mock = MockTransport() if settings.gateway.mock else None
        gateway = Gateway(settings.gateway, Transports(client, mock), people.clock, lambda _record: None)
        administration = make_administration(_parts(settings, people, gateway), _applying(settings, gateway))
        await administration.start()
        try:
            yield administration
        finally:
            await administration.stop()
            await client.aclose()


def _applying(settings: Settings, gateway: Gateway) -> Callable[[Effective], Apply]:
    def made(effective: Effective) -> Apply:
        def apply(stored: Stored) -> None:
            gateway.configure(effective.gateway(stored, settings.gateway))

        return apply

    return made


def _parts(settings: Settings, people: People, gateway: Gateway) -> AdministrationParts:
    usual = usual_settings(production=settings.server.production)
    return AdministrationParts(
        settings=settings.administration,
        base=settings.gateway,
        gateway=gateway,
        prices=PriceBook(PriceSources(), people.clock),
        database=people.database,
        signals=people.signals,
        keyring=people.identity.keyring,
        clock=people.clock,
        told=lambda key: LENSES[key].read(settings),
        usual=lambda key: LENSES[key].read(usual),
        system=_unasked,
    )


async def _unasked() -> object:
    return None
