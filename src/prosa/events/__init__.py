"""Facts between features and processes: a wake-up, never the truth itself; and the feed of what changed, which is."""

from prosa.events.feed import Feed, Stand, topic_of
from prosa.events.feed_store import PAGE, Change
from prosa.events.look import Look
from prosa.events.ownership import erase_changes, inherit_changes
from prosa.events.presence import STATES, Device, Presence, Stay
from prosa.events.signals import Signals, Subscriber

__all__ = [
    "PAGE",
    "STATES",
    "Change",
    "Device",
    "Feed",
    "Look",
    "Presence",
    "Signals",
    "Stand",
    "Stay",
    "Subscriber",
    "erase_changes",
    "inherit_changes",
    "topic_of",
]
