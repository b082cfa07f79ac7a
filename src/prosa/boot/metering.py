"""What is counted of model calls, and written down, in one process."""

from collections.abc import Callable
from dataclasses import dataclass

from prosa.boot.people import People
from prosa.boot.settings import Settings
from prosa.drivers.telemetry import Metrics
from prosa.gateway import CallRecord, Gateway, Provider
from prosa.kit.clock import Clock
from prosa.usage import PriceBook, PriceSources, Recorder

FREE = frozenset({"mock", "ollama"})  # wires that nobody charges for
_PORTS = {"https": 443, "http": 80}


@dataclass(slots=True)
class Metering:
    """The gateway tells it of each call that is over."""

    metrics: Metrics
    recorder: Recorder
    prices: PriceBook
    noted: int = 0  # rows that were dropped, as far as the metrics know

    def settled(self, record: CallRecord) -> None:
        """Count a call, and have it written down."""
        self.metrics.call_settled(record)
        self.recorder.settled(record)

    def look(self) -> None:
        """Tell the metrics how the writing goes."""
        self.metrics.usage_waiting.set(self.recorder.waiting)
        if self.recorder.dropped > self.noted:
            self.metrics.usage_dropped.add((), self.recorder.dropped - self.noted)
            self.noted = self.recorder.dropped


def make_metering(settings: Settings, people: People, metrics: Metrics, clock: Clock, gateway: Callable[[], Gateway]) -> Metering:
    """Over people's journal; `gateway` is asked only when there is a call to find a price for."""

    def base_url(name: str) -> str | None:
        provider = gateway().catalogue.providers.get(name)
        return None if provider is None else _base_url(provider)

    prices = PriceBook(PriceSources(base_url, settings.usage.prices), clock)
    return Metering(metrics, Recorder(people.journal, prices, clock), prices)


def _base_url(provider: Provider) -> str:
    """Where a provider is, "" where it costs nothing."""
    if provider.wire in FREE:
        return ""
    port = "" if provider.port == _PORTS[provider.scheme] else f":{provider.port}"
    return f"{provider.scheme}://{provider.host}{port}{provider.path}"
