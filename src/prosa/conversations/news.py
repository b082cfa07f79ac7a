"""What an owner's other tabs and devices hear of their conversations: rows that go with the change itself."""

import msgspec

from prosa.conversations.models import CONVERSATION
from prosa.drivers.journal import Part
from prosa.events import Feed
from prosa.kit.clock import Clock

RUN = "run_"
MEMORY = "mem_"


class News:
    """Tells the feed, where there is one. Nothing that was said is in it: ids alone."""

    def __init__(self, feed: Feed | None, clock: Clock) -> None:
        self._feed = feed
        self._clock = clock

    def conversation(self, space: str, verb: str, id: str) -> tuple[Part, ...]:
        """Rows that say that a conversation was "created", "updated" or "deleted"."""
        if self._feed is None:
            return ()
        return (self._feed.part(space, f"conversation.{verb}", CONVERSATION + id, None, self._clock.now()),)

    def run(self, space: str, verb: str, run_id: str, conversation_id: str | None) -> tuple[Part, ...]:
        """Rows that say that a run was "started" in a conversation, that it is "waiting" for somebody outside, was "woken", or
        "ended", whether it brings items with it or not."""
        if self._feed is None or conversation_id is None:
            return ()
        data = msgspec.json.encode({"conversation_id": CONVERSATION + conversation_id})
        return (self._feed.part(space, f"run.{verb}", RUN + run_id, data, self._clock.now()),)

    def memory(self, space: str, id: str = "") -> tuple[Part, ...]:
        """Rows that say that what is remembered of a person has changed."""
        if self._feed is None:
            return ()
        return (self._feed.part(space, "memory.updated", MEMORY + id, None, self._clock.now()),)

    def told(self, space: str) -> None:
        """What was told is durable: wake who follows."""
        if self._feed is not None:
            self._feed.published(space)
