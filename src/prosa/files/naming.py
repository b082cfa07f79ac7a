"""A file's name: told again as it came, never a path, never used for one."""

import unicodedata
from typing import Final

from prosa.files.errors import FileRefused

_LONGEST: Final = 255  # bytes in UTF-8, as file systems have it
_NAMELESS: Final = frozenset({"", ".", ".."})
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})  # control, direction, half characters, line ends
_DEFAULT: Final = "file"


def cleaned(name: str) -> str:
    """The last part of what may be a path, without invisible characters, short enough for every disk.

    Raises FileRefused for line ends, which would go into a header field of the download (attacks.md K5).
    """
    if "\r" in name or "\n" in name:
        raise FileRefused("The file's name holds a line end.", param="file")
    last = name.replace("\\", "/").rpartition("/")[2]
    visible = "".join(sign for sign in unicodedata.normalize("NFC", last) if unicodedata.category(sign) not in _INVISIBLE)
    visible = visible.strip().rstrip(". ")
    return _DEFAULT if visible in _NAMELESS else _shortened(visible)


def extension(name: str) -> str:
    """What stands behind the last dot, in lower case; "" where nothing does."""
    stem, dot, last = name.rpartition(".")
    return last.lower() if dot and stem else ""


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST:
        return name
    tail = "." + extension(name) if extension(name) and len(extension(name).encode()) <= 16 else ""
    return name.encode()[: _LONGEST - len(tail.encode())].decode(errors="ignore") + tail
