"""Inside a child: its bounds, and the frames in which it answers. Imports nothing but the standard library."""

import resource
import struct
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

_LENGTH: Final = struct.Struct(">I")
HEAD: Final = _LENGTH.size
MOST: Final = 1 << 28  # bytes of a frame


def confine() -> None:
    """Take on the bounds that stand as the process's arguments: seconds of the processor, bytes of memory. No core is written."""
    seconds, memory = int(sys.argv[1]), int(sys.argv[2])
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def frame(data: bytes) -> bytes:
    """Its length, and then the data."""
    return _LENGTH.pack(len(data)) + data


def length_of(head: bytes) -> int:
    """How long the data behind this head is. Raises ValueError for more than a frame may have."""
    (length,) = _LENGTH.unpack(head)
    if length > MOST:
        raise ValueError(length)
    return int(length)


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """What comes in frames, to the stream's end."""
    while len(head := stream.read(HEAD)) == HEAD:
        yield stream.read(length_of(head))
