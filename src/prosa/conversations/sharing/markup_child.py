"""The process that turns the texts of one link into HTML: reads them from its standard input, writes what it made."""

import sys

import msgspec

from prosa.conversations.sharing.markup import marked_up
from prosa.drivers.children import confine


def main() -> int:
    """Its whole life."""
    confine()
    texts = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=list[str])
    sys.stdout.buffer.write(msgspec.msgpack.encode(marked_up(texts)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
