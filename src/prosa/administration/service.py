"""All of administration put together, over the parts that it stands on."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from prosa.administration.effective import Effective
from prosa.administration.following import Apply, Changing, Follower
from prosa.administration.history import History
from prosa.administration.hosts import Hosts
from prosa.administration.known import KnownModels
from prosa.administration.names import Names
from prosa.administration.providers import Providers
from prosa.administration.settings import AdministrationSettings
from prosa.administration.trials import Trials
from prosa.administration.values import Told, Values
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.events import Signals
from prosa.gateway import Gateway, GatewaySettings
from prosa.kit.clock import Clock
from prosa.usage import PriceBook


@dataclass(frozen=True, slots=True)
class AdministrationParts:
    """What administration stands on. `base`: the gateway's settings of the start; `told`: the value of a setting of the start by
    section and name, `usual`: what it is without anybody's word; `system`: how the server is."""

    settings: AdministrationSettings
    base: GatewaySettings
    gateway: Gateway
    prices: PriceBook
    database: Database
    signals: Signals
    keyring: Keyring
    clock: Clock
    told: Told
    usual: Told
    system: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Administration:
    """What administrators see and change while the server runs."""

    keyring: Keyring
    effective: Effective
    follower: Follower
    providers: Providers
    trials: Trials
    names: Names
    values: Values
    history: History
    known: KnownModels
    system: Callable[[], Awaitable[object]]

    async def start(self) -> None:
        """Take over what is stored, and follow it from now on."""
        await self.follower.start()

    async def stop(self) -> None:
        """Let everything go."""
        await self.follower.stop()
        await self.known.stop()


def make_administration(parts: AdministrationParts, apply: Callable[[Effective], Apply]) -> Administration:
    """The parts of one process; nothing is read until the follower starts. `apply`: what takes over what is stored."""
    effective = Effective(parts.base, parts.settings, Hosts(parts.settings), parts.keyring)
    follower = Follower(parts.database, parts.signals, apply(effective))
    changing = Changing(parts.database, parts.signals, follower, parts.clock)
    known = KnownModels(parts.gateway)
    return Administration(
        keyring=parts.keyring,
        effective=effective,
        follower=follower,
        providers=Providers(effective, follower, changing, parts.gateway),
        trials=Trials(effective, follower, parts.gateway),
        names=Names(effective, changing, known, parts.prices),
        values=Values(parts.settings, follower, changing, known, (parts.told, parts.usual)),
        history=History(parts.database),
        known=known,
        system=parts.system,
    )
