"""The promises of docs/promises.md: a table a system, a row an id.

Rows read `| B02 | sentence | now |`; the state is `now`, `part` or `later`. Tables below the heading "Attacks" are the ids
of `attack` marks, those above it of `contract` marks.
"""

import re
from dataclasses import dataclass

STATES = ("now", "part", "later")
ROW = re.compile(r"^\| ([A-Z]\d{1,2}) \| (.+?) \| (now|part|later) \|$")
ATTACKS = re.compile(r"^## Attacks", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Promise:
    """One promise: its id, the mark that tests carry for it, a sentence, how far it is kept."""

    id: str
    mark: str  # "contract" or "attack"
    sentence: str
    state: str
    line: int = 1  # of the document


def read_promises(text: str) -> list[Promise]:
    """Every row, in the document's order. Raises ValueError for a row that reads wrong and for an id that stands twice."""
    found: list[Promise] = []
    mark = "contract"
    for number, line in enumerate(text.splitlines(), 1):
        if ATTACKS.match(line):
            mark = "attack"
        match = ROW.match(line)
        if match:
            found.append(Promise(match[1], mark, match[2], match[3], number))
        elif re.match(r"\| [A-Z]\d+ ", line):
            raise ValueError(f"this row of promises reads wrong: {line}")
    seen: set[tuple[str, str]] = set()
    for promise in found:
        if (promise.mark, promise.id) in seen:
            raise ValueError(f"{promise.id} stands twice among the promises")
        seen.add((promise.mark, promise.id))
    return found
