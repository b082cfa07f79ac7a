"""The process that reads one JSON file from its standard input and tells what it holds, in frames."""

import os
import sys
from collections.abc import Iterator
from typing import Final

import msgspec

from prosa.conversations.importing.reading import frames
from prosa.drivers.children import confine, frame

_PIECE: Final = 1 << 18


def main() -> int:
    """Its whole life."""
    confine()
    for found in frames(_pieces()):
        sys.stdout.buffer.write(frame(msgspec.msgpack.encode(found)))
        sys.stdout.buffer.flush()
    return 0


def _pieces() -> Iterator[bytes]:
    while piece := os.read(sys.stdin.fileno(), _PIECE):
        yield piece


if __name__ == "__main__":
    sys.exit(main())
