"""The nouns of running code."""

from dataclasses import dataclass
from enum import StrEnum


class Said(StrEnum):
    """What kind of text a cell left."""

    STDOUT = "stdout"
    STDERR = "stderr"
    RESULT = "result"
    ERROR = "error"


class How(StrEnum):
    """How a cell ended."""

    DONE = "done"
    FAILED = "failed"  # it raised; the kernel lives
    TIMED_OUT = "timed_out"  # it was interrupted; the kernel lives
    DIED = "died"  # with the kernel and all its state: it broke a bound, or would not be interrupted


@dataclass(frozen=True, slots=True)
class Text:
    """Text in the order in which it came."""

    said: Said
    text: str


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that was shown; `form` is its media type."""

    form: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Made:
    """A file that the cell left in its folder, under a name without any path."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a cell. `cut`: more was printed, shown or written than may be; `fresh`: the kernel was new, without state."""

    how: How
    texts: tuple[Text, ...]
    pictures: tuple[Picture, ...]
    files: tuple[Made, ...]
    cut: bool
    fresh: bool

    @property
    def logs(self) -> str:
        """All text, as a terminal would show it."""
        return "".join(each.text for each in self.texts)
