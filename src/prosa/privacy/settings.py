"""Where the list of erasures lies."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class PrivacySettings:
    """`copy`: a second place for the list, best on another machine; None: there is none."""

    copy: Path | None = None
