"""What a setting is: one row of the table from which the loader, `prosa config` and the guide work."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from prosa.boot.settings.kinds import Kind

T_co = TypeVar("T_co", covariant=True)


class Secret(StrEnum):
    """Whether a value is hidden, and what it opens: nothing, this server, or somebody else's."""

    NO = "no"
    OWN = "own"  # grants access here: a weak one is refused in production
    FOREIGN = "foreign"  # a vendor's key: its strength is the vendor's matter


@dataclass(frozen=True, slots=True)
class Row(Generic[T_co]):
    """One setting. `key` is section and name in prosa.toml; `older` names count like `name`, `file_only` ones in .env alone."""

    name: str
    key: str
    kind: Kind[T_co]
    default: T_co
    help: str
    older: tuple[str, ...] = ()
    file_only: tuple[str, ...] = ()
    secret: Secret = Secret.NO

    @property
    def section(self) -> str:
        """The section of prosa.toml."""
        return self.key.partition(".")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All names, best first."""
        return (self.name, *self.older, *self.file_only)
