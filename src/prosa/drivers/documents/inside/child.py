"""The process that reads one document: it imports what it needs, shuts its door, and only then looks at a byte of it."""

import importlib
import resource
import sys
from types import ModuleType
from typing import Final

import msgspec

from prosa.drivers.children import confine, frame, frames, holes, lower, shut_door
from prosa.drivers.documents.orders import Answer, Found, Holes, Order, Refusal, Refused

_HERE: Final = "prosa.drivers.documents.inside."
_PLAIN: Final = "plain"
_MODULES: Final = {"pdf": "pdf", "word": "word", "slides": "slides", "sheets": "sheets", "page": "page"}
# What Python would import at the first use of an encoding.
_ENCODINGS: Final = (
    *("utf_8", "utf_8_sig", "utf_16", "utf_16_le", "utf_16_be", "utf_32", "ascii", "latin_1", "cp437", "cp1250", "cp1251"),
    *(
        "cp1252",
        "iso8859_2",
        "iso8859_15",
        "koi8_r",
        "shift_jis",
        "euc_jp",
        "gb18030",
        "big5",
        "euc_kr",
        "unicode_escape",
        "idna",
    ),
)
_order: Final = msgspec.msgpack.Decoder(Order).decode
_encode: Final = msgspec.msgpack.Encoder().encode


def main() -> int:
    """Its whole life."""
    confine()
    lower()
    order = _order(next(frames(sys.stdin.buffer)))
    reader = _imported(order.reader)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (order.memory, order.memory))
    jailed = shut_door()
    answer = Holes(jailed, holes()) if order.reader == "holes" else _answer(reader, order, jailed)
    sys.stdout.buffer.write(frame(_encode(answer)))
    sys.stdout.buffer.flush()
    return 0


def _imported(name: str) -> ModuleType:
    for encoding in _ENCODINGS:
        importlib.import_module(f"encodings.{encoding}")
        "".encode(encoding)  # with what it needs itself
    return importlib.import_module(_HERE + _MODULES.get(name, _PLAIN))


def _answer(reader: ModuleType, order: Order, jailed: bool) -> Answer:
    try:
        document = reader.read(sys.stdin.buffer.read(), order)
        if not document.text.strip():
            return Refusal("empty")
        return Found(document, jailed)
    except Refused as refused:
        return Refusal(refused.why)
    except MemoryError:
        return Refusal("memory")


if __name__ == "__main__":
    sys.exit(main())
