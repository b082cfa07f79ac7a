"""What the gateway has once the server runs: the settings of the start, with what administrators have stored laid over them.

For who asks without being that server: the commands, and the lines that a start says. Nothing is made or changed for it; where
nothing is stored, or it can't be read now, the settings stand alone.
"""

import asyncio
from dataclasses import dataclass, replace
from typing import Final

from prosa.administration import Effective, Hosts, ProviderState, Stored, in_force, stored_now
from prosa.boot.adjusting import adjusted
from prosa.boot.secrets import unlocked
from prosa.boot.settings import Settings, StartRefused
from prosa.drivers.sql import Database, DatabaseAddress, needs_migration
from prosa.drivers.vault import Keyring
from prosa.gateway import GatewaySettings, ProviderSettings
from prosa.kit.errors import ProsaError

_PATIENCE: Final = 5.0  # seconds for the database to answer


@dataclass(frozen=True, slots=True)
class Stock:
    """`idle`: stored providers that don't take part, with what keeps them from it."""

    gateway: GatewaySettings
    idle: tuple[tuple[str, ProviderState], ...] = ()


def stock(settings: Settings) -> Stock:
    """All of it, keys too; outside of any loop."""
    stored = _stored(settings.database)
    if not stored.version:
        return Stock(settings.gateway)
    chosen = adjusted(settings, in_force(stored.values, settings.administration.fixed)).gateway
    try:
        keyring = Keyring.of(unlocked(settings).secrets)
    except StartRefused:
        return Stock(chosen, tuple((each.name, ProviderState.KEY_UNREADABLE) for each in stored.providers))
    effective = Effective(settings.gateway, settings.administration, Hosts(settings.administration), keyring)
    judged = [(each.name, effective.judged(each).state) for each in stored.providers]
    idle = tuple((name, state) for name, state in judged if state is not ProviderState.READY)
    return Stock(effective.gateway(stored, chosen), idle)


def named(settings: Settings) -> Settings:
    """The settings with the stored providers in them by name alone, and the stored defaults: no key is opened for it."""
    stored = _stored(settings.database)
    if not stored.version:
        return settings
    own = {provider.name for provider in settings.gateway.providers}
    found = [
        ProviderSettings(each.name, each.kind, each.base_url, models=each.models, default_model=each.default_model)
        for each in stored.providers
        if each.enabled and each.name not in own
    ]
    chosen = adjusted(settings, in_force(stored.values, settings.administration.fixed))
    return replace(chosen, gateway=replace(chosen.gateway, providers=(*settings.gateway.providers, *found)))


def _stored(address: DatabaseAddress) -> Stored:
    try:
        return Stored() if needs_migration(address) else asyncio.run(_read(address))
    except (ProsaError, TimeoutError):
        return Stored()


async def _read(address: DatabaseAddress) -> Stored:
    database = Database(address)
    try:
        async with asyncio.timeout(_PATIENCE):
            return await stored_now(database)
    finally:
        await database.aclose()
