"""Server-sent events as bytes: where one ends, what it says (WHATWG HTML §9.2, "Server-sent events")."""

import re

HOLD = 256 * 1024

_BOM = b"\xef\xbb\xbf"
# Two line ends in a row, each CRLF, LF or CR; a CR before an LF is never an end of its own.
_END = re.compile(rb"(?:\r\n|\n|\r(?!\n))(?:\r\n|\n|\r(?!\n))")


class Part(bytes):
    """A part of an event that is larger than the splitter holds; it passes through as it comes, undecoded."""


class Splitter:
    """Cuts a stream of bytes into complete events, each as it came with its terminator.

    Holds at most `most` bytes of an unfinished event, plus one read; a larger event flows through in parts. One byte order
    mark at the very start is dropped, as the standard wants it.
    """

    __slots__ = ("_flowing", "_fresh", "_held", "_large", "_most", "part")

    def __init__(self, most: int = HOLD) -> None:
        self.part = b""  # after `take`: what has to go out before its result, of an event too large to hold
        self._held = b""
        self._most = most
        self._large = False  # what is held is more than the bound: it goes out with the next read
        self._flowing = False
        self._fresh = True

    @property
    def holding(self) -> bool:
        """Whether an event has begun and not ended."""
        return bool(self._held) or self._flowing

    @property
    def flowing(self) -> bool:
        """Whether a part of an unfinished event has gone out already."""
        return self._flowing

    def take(self, data: bytes) -> bytes:
        """The run of complete events that these bytes make whole, uncut; the very same object where nothing had to be cut off.

        Sets `part`, which comes first.
        """
        seen = 0  # what is held ends no event, but its last line end may be half of an event's end
        if self._held:
            seen = max(0, len(self._held) - 2)
            data = self._held + data
            self._held = b""
        self.part = b""
        if self._fresh:
            seen = 0
            if len(data) < len(_BOM) and _BOM.startswith(data):
                self._held = data
                return b""
            self._fresh = False
            data = data.removeprefix(_BOM)
        if self._large:
            seen = 0
            data = self._flow(data)
        if b"\r" not in data:
            cut = data.rfind(b"\n\n", seen) + 2
            if cut == 1:
                cut = 0
            elif cut == len(data):
                return data
        else:
            cut = 0
            for found in _END.finditer(data, seen):
                cut = found.end()
        self._held = data[cut:]
        self._large = self._flowing or len(self._held) > self._most
        return data[:cut]

    def feed(self, data: bytes) -> list[bytes]:
        """The events that these bytes make whole, in order; a `Part` for each piece of one that is too large."""
        run = self.take(data)
        found = events(run) if run else []
        return [Part(self.part), *found] if self.part else found

    def rest(self) -> bytes:
        """What is held of an unfinished event; nothing is held afterwards."""
        held, self._held = self._held, b""
        return held

    def _flow(self, data: bytes) -> bytes:
        found = _END.search(data)
        if found is not None and not self._flowing:
            return data  # whole after all: it can be read like any other
        if found is not None:
            self._flowing = False
            self.part = data[: found.end()]
            return data[found.end() :]
        self._flowing = True
        # A line end may be the first half of the event's end, which is looked for from there on.
        keep = len(data) - len(data.rstrip(b"\r\n"))
        cut = len(data) - keep
        self.part = data[:cut]
        return data[cut:]


def events(run: bytes) -> list[bytes]:
    """A run of complete events, one by one, each with its terminator; joined they are the run."""
    if b"\r" not in run:
        found = run.split(b"\n\n")
        odd = found.pop()  # of three line ends in a row at the very end, the third
        whole = [event + b"\n\n" for event in found]
        if odd and whole:
            whole[-1] += odd
        return whole
    ends = [match.end() for match in _END.finditer(run)]
    return [run[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def read(event: bytes) -> tuple[str, bytes | None]:
    """An event's name and its data; None where it has no data line. Comments and other fields are passed over."""
    if event.startswith(b"data: {") and event.endswith(b"}\n\n") and event.count(b"\n") == 2:
        return "", event[6:-2]
    name, found = "", None
    for line in event.splitlines():
        field, _, value = line.partition(b":")
        value = value.removeprefix(b" ")
        if field == b"data":
            found = value if found is None else found + b"\n" + value
        elif field == b"event":
            name = value.decode("utf-8", "replace")
    return name, found


def framed(event: bytes) -> bool:
    """Whether every line of it is one that an event may have: a comment, a known field, a blank."""
    return all(
        not line or line.startswith(b":") or line.partition(b":")[0] in (b"data", b"event", b"id", b"retry")
        for line in event.splitlines()
    )
