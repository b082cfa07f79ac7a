"""Lines of JSON, one record each."""

from prosa.gateway.stream.sse import Part
from prosa.gateway.stream.translating import HOLD


class Lines:
    """Cuts a stream into lines, blank ones left out. A line that is too large comes as a `Part`."""

    __slots__ = ("_held", "_most")

    def __init__(self, most: int = HOLD) -> None:
        self._held = b""
        self._most = most

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that these bytes make whole, without their ends."""
        lines = (self._held + data).split(b"\n")
        self._held = lines.pop()
        found = [line for line in (line.strip() for line in lines) if line]
        if len(self._held) > self._most:
            found.append(Part(self.rest()))
        return found

    def rest(self) -> bytes:
        """What is held of an unfinished line; nothing is held afterwards."""
        held, self._held = self._held, b""
        return held
