"""The nouns of an import."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class ImportReport:
    """What an import found and did. After a dry run `imported` says what a real one would add."""

    dry_run: bool
    found: int = 0  # rows of the file
    imported: int = 0
    present: int = 0  # their ids were there already, of an earlier import
    unfinished: int = 0  # taken over without an answer: the original's process died while it waited
    failed: int = 0  # taken over as failures
    refused: int = 0  # rows that can't be read as an exchange
    users: int = 0
    reasons: list[str] = field(default_factory=list)  # why rows were refused, the first twenty
