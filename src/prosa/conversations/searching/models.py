"""The nouns of a search."""

from dataclasses import dataclass
from enum import StrEnum


class Ranking(StrEnum):
    """Which hits come first: the best (titles, then the words as they were typed, then other forms of them), or the newest."""

    BEST = "best"
    NEWEST = "newest"


class Speaker(StrEnum):
    """Who said what is found."""

    USER = "user"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    DEVELOPER = "developer"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a hit stands among all: its score, its moment in microseconds since 1970, and its stored id."""

    score: int
    moment: int
    id: str


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What is looked for, as a person typed it, and where: None is everywhere.

    `since` and `until` are moments in microseconds since 1970, the second not included; `tag` in any writing; `folder_id` and
    `conversation_id` stored ids. At most `limit` hits that come behind `after`.
    """

    text: str
    ranking: Ranking = Ranking.BEST
    speaker: Speaker | None = None
    since: int | None = None
    until: int | None = None
    tag: str | None = None
    folder_id: str | None = None
    conversation_id: str | None = None
    limit: int = 20
    after: Place | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A hit as the index tells it: an item with its number and type, or a conversation's title, which has none of them."""

    place: Place
    conversation_id: str
    title: str | None
    number: int | None
    type: str


@dataclass(frozen=True, slots=True)
class Snippet:
    """What stands around the words that were found. `marks` are where they begin and end in `text`, in characters (code points).

    `start` is where `text` begins in the whole text, and `index` says in which part of the item's content that is: None where
    the content is one text.
    """

    text: str
    start: int = 0
    index: int | None = None
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Hit:
    """A hit as it is shown."""

    found: Found
    snippet: Snippet


@dataclass(frozen=True, slots=True)
class HitPage:
    """Hits in their order; `further` is where the next page goes on, None at the end."""

    hits: tuple[Hit, ...]
    further: Place | None = None
