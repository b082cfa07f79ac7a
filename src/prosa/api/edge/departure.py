"""A client's leaving, told by a call: cheaper than a task a request that waits for it."""

from collections.abc import Callable


class Departure:
    """Made by the server for each request, found in the ASGI scope as `prosa.departure`."""

    __slots__ = ("_at_stop", "_then", "happened", "stopping")

    def __init__(self) -> None:
        self.happened = False
        self.stopping = False
        self._then: Callable[[], None] | None = None
        self._at_stop: Callable[[], object] | None = None

    def watch(self, then: Callable[[], None]) -> None:
        """Call `then` when the client leaves; at once if it has left already. The one before is forgotten."""
        self._then = then
        if self.happened:
            self.happen()

    def forget(self) -> None:
        """Nobody needs to know any more."""
        self._then = self._at_stop = None

    def watch_stop(self, then: Callable[[], object]) -> None:
        """Call `then` when the server begins to stop, before it waits for what is under way; at once if it has begun."""
        self._at_stop = then
        if self.stopping:
            self.stop()

    def stop(self) -> None:
        """The server begins to stop."""
        self.stopping = True
        then, self._at_stop = self._at_stop, None
        if then is not None:
            then()

    def happen(self) -> None:
        """The client has left."""
        self.happened = True
        then, self._then = self._then, None
        if then is not None:
            then()
