"""What is given to the journal: statements, which stand in stores, and rows."""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from prosa.kit.errors import ProsaError

Row = Sequence[object]
Part = tuple["Statement", Row]
Counts = tuple[int, ...]  # rows written by each part
Outcome = Counts | ProsaError  # of an entry whose batch was written

_PARAMETER: Final = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Statement:
    """One INSERT, UPDATE or DELETE without RETURNING, with parameters `$1`, `$2`, … in the text of either database.

    `postgresql` is needed only where it has to differ; casts that both understand are `CAST($1 AS BIGINT)`.
    """

    sqlite: str
    postgresql: str = ""

    def __post_init__(self) -> None:
        if not self.postgresql:
            object.__setattr__(self, "postgresql", self.sqlite)
        # To SQLite `$1` is a name, and names go with dictionaries; `?1` is the first of a row.
        object.__setattr__(self, "sqlite", _PARAMETER.sub(r"?\1", self.sqlite))


class Entry:
    """What was appended at once and is written as one, and whom to tell (None: nobody waits)."""

    __slots__ = ("done", "parts")

    def __init__(self, parts: Sequence[Part], done: "asyncio.Future[Counts] | None") -> None:
        self.parts = parts
        self.done = done
