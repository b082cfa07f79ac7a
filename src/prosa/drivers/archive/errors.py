"""What can go wrong with backups. Each message is one line for the person at the terminal."""

from prosa.kit.errors import ProsaError


class ArchiveError(ProsaError):
    """A backup can't be made, read or used; nothing was changed."""


class ArchiveDamaged(ArchiveError):
    """The file is cut short or was changed since it was made, or it never was a backup of prosa."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the file can't be used: {reason}")


class ArchiveNewer(ArchiveError):
    """The file, or the database, is of a prosa that knows more than this one."""

    def __init__(self, what: str) -> None:
        super().__init__(f"{what} is of a newer prosa than this one: use that version")


class ArchiveUnwritable(ArchiveError):
    """The file can't be made: it is there already, or the folder, the disk or the rights say no."""


class NoDatabase(ArchiveError):
    """There is nothing that could be saved."""

    def __init__(self) -> None:
        super().__init__("this is no database of prosa; a server makes one at its first start")


class ValueUnknown(ArchiveError):
    """A stored value is of a kind that backups don't hold."""

    def __init__(self, table: str, reason: str) -> None:
        super().__init__(f"table {table}: {reason}")


class TargetNotEmpty(ArchiveError):
    """The database that would be filled holds something already."""


class TargetForeign(ArchiveError):
    """The database that would be filled belongs to another program, or is in a state that prosa doesn't know."""


class CopyDiffers(ArchiveError):
    """What arrived is not what was sent; everything was rolled back."""

    def __init__(self, table: str) -> None:
        super().__init__(f"table {table} did not arrive as it was sent; the target was left as it was")
