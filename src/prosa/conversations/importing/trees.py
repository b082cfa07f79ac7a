"""Links between messages as files tell them, made a tree that holds."""

from collections.abc import Sequence

import msgspec

from prosa.conversations.importing.models import Draft, DraftItem


class Sprout(msgspec.Struct):
    """A message of a file. `body` None: it isn't taken over, and what follows it follows what it follows."""

    id: str
    parent: str | None
    body: bytes | None
    at: int = 0


def grow(draft: Draft, sprouts: Sequence[Sprout], head: str | None, roots: frozenset[str] = frozenset()) -> None:
    """Give the draft its items, in the order in which they stand, and its chosen path.

    Of two under one id the first counts; a parent that isn't there, or a circle, makes a new beginning; `roots` are parents that
    stand for nothing. A `head` that isn't there is what was said last. All of it is noted.
    """
    known: dict[str, Sprout] = {}
    for sprout in sprouts:
        if known.setdefault(sprout.id, sprout) is not sprout:
            draft.note("messages under an id that another one has")
    for sprout in known.values():
        if sprout.parent is not None and sprout.parent not in known:
            if sprout.parent not in roots:
                draft.note("links to messages that aren't there")
            sprout.parent = None
    draft.note("links in a circle", _straighten(known))
    nearest = _nearest(known)
    draft.items = [
        DraftItem(sprout.id, None if sprout.parent is None else nearest[sprout.parent], sprout.body, sprout.at)
        for sprout in known.values()
        if sprout.body is not None
    ]
    chosen = nearest.get(head) if head is not None else None
    if chosen is None and draft.items:
        chosen = _last(draft.items)
    draft.head = chosen


def _straighten(known: dict[str, Sprout]) -> int:
    """Cut each circle open; how many there were."""
    found = 0
    good: set[str] = set()
    for begin in known.values():
        line: dict[str, None] = {}
        at: Sprout | None = begin
        while at is not None and at.id not in good:
            if at.id in line:
                at.parent = None
                found += 1
                break
            line[at.id] = None
            at = known[at.parent] if at.parent is not None else None
        good.update(line)
    return found


def _nearest(known: dict[str, Sprout]) -> dict[str, str | None]:
    """For each message the nearest one up its line, itself among them, that is taken over."""
    found: dict[str, str | None] = {}
    for begin in known.values():
        line: list[str] = []
        at: Sprout | None = begin
        while at is not None and at.id not in found:
            line.append(at.id)
            if at.body is not None:
                found[at.id] = at.id
                line.pop()
                break
            at = known[at.parent] if at.parent is not None else None
        end = found[at.id] if at is not None else None
        found |= dict.fromkeys(line, end)
    return found


def _last(items: Sequence[DraftItem]) -> str:
    """What was said last; of two at the same moment the one that stands later."""
    return max(enumerate(items), key=lambda each: (each[1].at, each[0]))[1].id
