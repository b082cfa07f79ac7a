"""Messages that stand within each other, as LibreChat's recursive exports have them: laid side by side without recursion, since a
conversation of a few hundred is nested more deeply than any decoder goes."""

import re
from dataclasses import dataclass, field
from typing import Final

_TOKEN: Final = re.compile(rb'"(?:[^"\\]++|\\.)*+"|[{}\[\]]', re.DOTALL)
CHILDREN: Final = b'"children"'


LISTS: Final = frozenset({b'"messages"', b'"messagesTree"'})


def lifted(raw: bytes) -> tuple[bytes, bytes]:
    """An object without its LISTS, in whose places stand empty ones, and the first of them that was there, else an empty one."""
    kept, found = [], b"[]"
    depth, key, begin, since = 0, b"", 0, 0
    for match in _TOKEN.finditer(raw):
        token = match[0]
        if token in (b"{", b"["):
            depth += 1
            if depth == 2:
                begin = match.start()
        elif token in (b"}", b"]"):
            depth -= 1
            if depth == 1 and token == b"]" and key in LISTS:
                kept += [raw[since:begin], b"[]"]
                since = match.end()
                found = raw[begin:since] if found == b"[]" else found
        elif depth == 1:
            key = token
    return b"".join([*kept, raw[since:]]), found


@dataclass(slots=True)
class _Open:
    """A message whose end hasn't come. `start`: of what of it isn't in `parts` yet."""

    number: int
    start: int
    depth: int = 1
    key: bytes = b""
    parts: list[bytes] = field(default_factory=list)


def side_by_side(raw: bytes) -> list[tuple[int | None, bytes]]:
    """Each message of a list, without its children, and the number of the one that it stands in. `raw`: a JSON array.

    What isn't JSON gives something that isn't, either.
    """
    found: list[tuple[int | None, bytes]] = []
    line: list[_Open] = []
    in_list = True
    for match in _TOKEN.finditer(raw, raw.find(b"[") + 1):
        token = match[0]
        if in_list:
            if token == b"{":
                found.append((line[-1].number if line else None, b""))
                line.append(_Open(len(found) - 1, match.start()))
                in_list = False
            elif token == b"]" and line:
                line[-1].start = match.start()
                in_list = False
            continue
        message = line[-1]
        if token == b"[" and message.depth == 1 and message.key == CHILDREN:
            message.parts.append(raw[message.start : match.end()])
            in_list = True
        elif _over(message, token):
            message.parts.append(raw[message.start : match.end()])
            found[message.number] = (found[message.number][0], b"".join(message.parts))
            line.pop()
            in_list = True
    return found


def _over(message: _Open, token: bytes) -> bool:
    """Go on within a message; whether it ends here."""
    if token in (b"{", b"["):
        message.depth += 1
    elif token in (b"}", b"]"):
        message.depth -= 1
        return message.depth == 0
    elif message.depth == 1:
        message.key = token
    return False
