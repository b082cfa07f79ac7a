"""Whether what a connection has to send goes out at all."""

import asyncio
import fcntl
import sys
import termios


class Outflow:
    """Watches one connection. `seconds`: how long a reader may take nothing at all of what waits for it."""

    __slots__ = ("_seconds", "_since", "_unsent")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._unsent = 0
        self._since = 0.0

    def stuck(self, transport: asyncio.Transport, now: float) -> bool:
        """Whether something waits to be sent, and not a byte of it has gone out for too long."""
        unsent = transport.get_write_buffer_size()
        if unsent:
            # The system asks for more only when a third of its own room is free, so a slow reader shows there first.
            unsent += in_system(transport)
        if not unsent or unsent != self._unsent:
            self._unsent, self._since = unsent, now
        return now - self._since > self._seconds


def in_system(transport: asyncio.Transport) -> int:
    """How many bytes the system holds that the other end hasn't acknowledged; 0 where it doesn't tell."""
    try:
        told = fcntl.ioctl(transport.get_extra_info("socket"), termios.TIOCOUTQ, bytes(4))
    except OSError:
        return 0
    return int.from_bytes(told, sys.byteorder)
