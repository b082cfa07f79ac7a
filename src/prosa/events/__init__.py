"""Facts between features and processes: a wake-up, never the truth itself."""

from prosa.events.look import Look
from prosa.events.signals import Signals, Subscriber

__all__ = ["Look", "Signals", "Subscriber"]
