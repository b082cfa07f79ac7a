"""What is read from a file, and what is told of it."""

from typing import Final, Literal

import msgspec

IMPORT: Final = "import"
"""The kind of run."""
KEPT_SECONDS: Final = 86_400
"""How long an uploaded file waits for its run."""

MOST_BYTES: Final = 32 << 20  # of one conversation, as JSON
MOST_CONVERSATIONS: Final = 100_000  # of a file, as of the two below
MOST_ITEMS: Final = 1_000_000
MOST_FILES: Final = 10_000
MOST_ITEMS_EACH: Final = 100_000  # of a conversation
MOST_TOLD: Final = 50  # problems that a report tells by their places

Source = Literal["prosa", "chatgpt", "claude", "librechat", "openwebui"]


class DraftItem(msgspec.Struct, array_like=True):
    """An item under the ids of its file; `at` in microseconds since 1970, 0 where nothing is told."""

    id: str
    parent: str | None
    body: bytes
    at: int = 0


class Draft(msgspec.Struct, array_like=True, tag="draft"):
    """A conversation as a file tells it. `place`: where; moments as with items; `notes` counts what is left out, by reason."""

    place: str
    source: Source
    id: str
    title: str = ""
    title_by: str = "person"
    created_at: int = 0
    updated_at: int = 0
    model: str | None = None
    instructions: str | None = None
    metadata: dict[str, str] = {}
    folder: str | None = None
    tags: tuple[str, ...] = ()
    pinned_at: int = 0
    archived_at: int = 0
    head: str | None = None
    items: list[DraftItem] = []
    notes: dict[str, int] = {}

    def note(self, reason: str, count: int = 1) -> None:
        """Something is left out, or not as it was."""
        if count:
            self.notes[reason] = self.notes.get(reason, 0) + count


class Fault(msgspec.Struct, array_like=True, tag="fault"):
    """A conversation that can't be imported."""

    place: str
    reason: str


class Refusal(msgspec.Struct, array_like=True, tag="refusal"):
    """The whole file can't be."""

    reason: str
    too_large: bool = False


Frame = Draft | Fault | Refusal
"""What the process that reads a file tells, one by one."""


class Problem(msgspec.Struct, frozen=True):
    """Where something is wrong, and what."""

    place: str
    reason: str


class ImportReport(msgspec.Struct, kw_only=True):
    """What a file holds and what came of it. `written`: conversations that are new; `already_there`: of an earlier run.

    `left_out` counts what isn't taken over, by reason; `problems` are the first conversations that can't be.
    """

    object: Literal["import"] = "import"
    dry_run: bool
    source: Source | None = None
    filename: str = ""
    conversations: int = 0
    items: int = 0
    files: int = 0
    written: int = 0
    already_there: int = 0
    left_out: dict[str, int] = {}
    problem_count: int = 0
    problems: list[Problem] = []
    error: dict[str, str] | None = None

    def see(self, draft: Draft) -> None:
        """Count a conversation."""
        self.source = self.source or draft.source
        self.conversations += 1
        self.items += len(draft.items)
        for reason, count in draft.notes.items():
            self.leave_out(reason, count)

    def leave_out(self, reason: str, count: int = 1) -> None:
        """Count what isn't taken over."""
        self.left_out[reason] = self.left_out.get(reason, 0) + count

    def fault(self, fault: Fault) -> None:
        """Count a conversation that can't be imported."""
        self.problem_count += 1
        if len(self.problems) < MOST_TOLD:
            self.problems.append(Problem(fault.place, fault.reason))


class ImportOrder(msgspec.Struct, frozen=True):
    """What a run is asked: an uploaded file by its stored id, and whether to write anything."""

    file_id: str
    dry_run: bool
