"""What the shelf tells of its changes, where there is somebody to tell."""

from typing import Final

import msgspec

from prosa.conversations.shelf.models import Feed
from prosa.drivers.journal import Part
from prosa.kit.clock import Clock

UPDATED: Final = "conversation.updated"
DELETED: Final = "conversation.deleted"


class News:
    """Rows that tell of a change, to be written with it; none where nobody listens."""

    def __init__(self, clock: Clock, feed: Feed | None = None) -> None:
        self._clock = clock
        self._feed = feed

    def parts(self, space: str, type: str, id: str, version: int | None) -> tuple[Part, ...]:
        """That something of this id changed, and is of this version now (None: it is gone)."""
        if self._feed is None:
            return ()
        data = None if version is None else msgspec.json.encode({"version": version})
        return (self._feed.part(space, type, id, data, self._clock.now()),)

    def told(self, space: str) -> None:
        """What was written is durable."""
        if self._feed is not None:
            self._feed.published(space)
