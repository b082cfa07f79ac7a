"""A client's leaving, told by a call: cheaper than a task a request that waits for it."""

from collections.abc import Callable


class Departure:
    """Made by the server for each request, found in the ASGI scope as `prosa.departure`."""

    __slots__ = ("_then", "happened")

    def __init__(self) -> None:
        self.happened = False
        self._then: Callable[[], None] | None = None

    def watch(self, then: Callable[[], None]) -> None:
        """Call `then` when the client leaves; at once if it has left already. The one before is forgotten."""
        self._then = then
        if self.happened:
            self.happen()

    def forget(self) -> None:
        """Nobody needs to know any more."""
        self._then = None

    def happen(self) -> None:
        """The client has left."""
        self.happened = True
        then, self._then = self._then, None
        if then is not None:
            then()
