"""One's own data, put together."""

from pathlib import Path

from prosa.boot.people import People
from prosa.drivers.blobs import blobs_of
from prosa.files import FileService
from prosa.privacy import PersonalData, PrivacyParts


def make_privacy(people: People, files: FileService, data_dir: Path) -> PersonalData:
    """Over people's database, and the place of files that belongs to it."""
    blobs = blobs_of(people.database, data_dir, people.clock)
    scratch = data_dir / "run"
    return PersonalData(
        PrivacyParts(people.database, people.journal, people.identity, files, blobs, people.erasures, people.clock, scratch)
    )
