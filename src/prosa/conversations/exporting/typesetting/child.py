"""The process that sets one document: reads an order from its standard input, writes what it made."""

import sys

import msgspec

from prosa.conversations.exporting.typesetting.order import Order
from prosa.drivers.children import confine


def main() -> int:
    """Its whole life."""
    confine()
    order = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Order)
    sys.stdout.buffer.write(made(order))
    return 0


def made(order: Order) -> bytes:
    """The document, as its order says."""
    if order.format == "pdf":
        from prosa.conversations.exporting.typesetting.pdf import pdf

        return pdf(order)
    from prosa.conversations.exporting.typesetting.word import docx

    return docx(order)


if __name__ == "__main__":
    sys.exit(main())
