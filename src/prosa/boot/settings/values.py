"""Texts become values, row by row, and each leaves a line for `prosa config`."""

from dataclasses import dataclass, field
from typing import TypeVar

from prosa.boot.settings.errors import SettingRefused, shown
from prosa.boot.settings.models import Line
from prosa.boot.settings.rows import Row, Secret
from prosa.boot.settings.sources import Found, Sources
from prosa.boot.settings.strength import is_example, weakness

T = TypeVar("T")
MASK = "********"


@dataclass(slots=True)
class Values:
    """Reads rows from the sources. In production a weak secret stops the start; in development an example's counts as not set."""

    sources: Sources
    production: bool = False
    lines: list[Line] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def take(self, row: Row[T], default: T | None = None) -> T:
        """The row's value, and a line that tells it. `default`: one that depends on other settings. Raises SettingRefused."""
        value, found = self.look(row)
        if found is None and default is not None:
            value = default
        self.lines.append(self._line(row, value, found))
        return value

    def look(self, row: Row[T]) -> tuple[T, Found | None]:
        """The row's value and where it was found, without a line. Raises SettingRefused."""
        found = self.sources.find(row)
        if found is None:
            return row.default, None
        if row.secret is not Secret.NO and self._left_out(row, found):
            return row.default, None
        try:
            return row.kind.parse(found.value), found
        except ValueError as error:
            text = shown(found.value, secret=row.secret is not Secret.NO)
            raise SettingRefused(f"{found.name}={text} ({found.source}): expected {row.kind.expected}") from error

    def _left_out(self, row: Row[T], found: Found) -> bool:
        """Whether the secret is an example's; weak ones raise in production."""
        if self.production:
            complaint = weakness(found.value, own=row.secret is Secret.OWN)
            if complaint:
                raise SettingRefused(f"{found.name} ({found.source}; value not shown): {complaint}")
            return False
        if is_example(found.value):
            self.warnings.append(f"{found.name} ({found.source}) is an example's value and counts as not set")
            return True
        return False

    def _line(self, row: Row[T], value: T, found: Found | None) -> Line:
        if found is None:
            source = "default"
        elif found.name in (row.name, row.key):
            source = found.source
        else:
            source = f"{found.source}, as {found.name}"
        text = MASK if row.secret is not Secret.NO and found is not None else row.kind.show(value)
        return Line(row.section, row.name, text, source, row.help)
