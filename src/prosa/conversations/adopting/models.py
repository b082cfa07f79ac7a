"""The nouns of an installation's import."""

from dataclasses import dataclass, field
from typing import Final, NamedTuple

NOBODY: Final = "nobody:"  # owns what is nobody's: no caller has this space, for it is neither an account's id nor a key's name


class Unreadable(ValueError):
    """A record that can't be read as part of a conversation; the text says why, without repeating it."""


def nobody_of(account_id: str) -> str:
    """The space of what somebody wrote where it didn't belong: shown to nobody, and erased with the one who wrote it."""
    return NOBODY + account_id


class Talk(NamedTuple):
    """A conversation as the other system had it. `key` is its id there, `owner` the person's; moments in microseconds."""

    key: str
    owner: str | None
    title: str | None
    created_at: int | None = None
    updated_at: int | None = None
    deleted: bool = False


class Word(NamedTuple):
    """A message as the other system had it. `author`: whose talk it was meant for, None where nothing says so."""

    key: str
    talk: str
    author: str | None
    role: str  # "user" or "assistant"
    text: str
    said_at: int | None = None
    updated_at: int | None = None
    deleted: bool = False


class Owner(NamedTuple):
    """What became of a person: `account_id` None where everything of theirs is left out."""

    account_id: str | None


@dataclass(slots=True)
class AdoptionReport:
    """What an import found and did. After a dry run `added` says what a real one would add."""

    dry_run: bool
    talks: int = 0
    talks_added: int = 0
    talks_present: int = 0
    talks_in_trash: int = 0
    talks_left_out: int = 0  # with the person whose they are
    words: int = 0
    words_added: int = 0
    words_present: int = 0
    words_hidden: int = 0  # deleted one by one
    words_empty: int = 0  # kept, and shown to nobody
    words_left_out: int = 0
    orphans: int = 0  # of no talk, of another one's, or of nobody: kept for nobody
    collisions: int = 0  # their id is something else's here
    remarks: list[str] = field(default_factory=list)  # the first of them

    def remark(self, text: str, most: int = 20) -> None:
        """Say it, if not too much was said."""
        if len(self.remarks) < most:
            self.remarks.append(text)
