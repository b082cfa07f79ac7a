"""The nouns of the mock: what it plays, beat by beat."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import NamedTuple


class Beat(NamedTuple):
    """One piece of an answer's body: `pause` in seconds before it, and whether the connection is cut right after it."""

    pause: float
    data: bytes
    cut: bool = False


@dataclass(slots=True)
class Scene:
    """A whole answer as it will be played: seconds before its header, status, header (names in lower case), body."""

    status: int
    headers: dict[str, str]
    beats: Iterable[Beat]
    wait: float = 0.0
    length: int | None = None  # bytes of the body as promised in the header; None: a stream
    refuse: bool = False  # no connection at all
    drop: bool = False  # the connection ends instead of an answer
    close: bool = False  # the connection isn't kept alive after the answer


@dataclass(slots=True)
class Figures:
    """What the mock has seen: open answers now, and since its start calls, answers read to their end, clients that left early."""

    open: int = 0
    calls: int = 0
    finished: int = 0
    left: int = 0
    by_model: dict[str, int] = field(default_factory=dict)  # the first 256 names


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call of a caller's tool: `arguments` is JSON text, on purpose not always valid."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Choice:
    """One of an answer's n variants, its texts already cut into the pieces in which a stream sends them."""

    index: int
    reasoning: list[str]
    content: list[str]
    refusal: list[str]
    tool_calls: tuple[ToolCall, ...]
    finish_reason: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mock says to one chat request, before any fault is laid over it."""

    id: str
    created: int
    model: str
    choices: tuple[Choice, ...]
    usage: dict[str, object] | None
