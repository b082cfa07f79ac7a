"""What a run that reads files tells in its log, for who watches."""

from typing import Final

import msgspec

from prosa.kit.clock import Clock
from prosa.knowledge.stores.models import FILE, Fault, FileStatus, StoredFile
from prosa.runs import Drive, Event

OFTEN: Final = 0.25  # seconds between two words of how far a file is
STORING: Final = "storing"
_encode: Final = msgspec.json.Encoder().encode


class _Told(msgspec.Struct):
    type: str
    file_id: str | None = None
    stage: str | None = None


_told: Final = msgspec.json.Decoder(_Told).decode


class Progress:
    """Pushes events; of several files that are read at once, each as it comes."""

    def __init__(self, drive: Drive, clock: Clock) -> None:
        self._drive = drive
        self._clock = clock
        self._last: tuple[str, str] = ("", "")
        self._at = 0.0

    def stage(self, file: StoredFile, stage: str, done: int = 0, of: int | None = None) -> None:
        """How far a file is: "extracting", "embedding" (`done` passages `of` so many) or "storing"."""
        now = self._clock.monotonic()
        if self._last == (file.file_id, stage) and now - self._at < OFTEN:
            return
        self._last, self._at = (file.file_id, stage), now
        self._push({"type": "ingestion.progress", "file_id": FILE + file.file_id, "stage": stage, "done": done, "of": of})

    def file(self, file: StoredFile, status: FileStatus, usage_bytes: int = 0, fault: Fault | None = None) -> None:
        """A file has been read, or can't be."""
        error = None if fault is None else {"code": fault.code, "message": fault.message}
        # Without the file's name: the log outlives the file.
        event = {"type": "ingestion.file", "file_id": FILE + file.file_id, "status": status}
        self._push(event | {"usage_bytes": usage_bytes, "last_error": error})

    def _push(self, event: dict[str, object]) -> None:
        self._drive.push(_encode({"type": event["type"], "sequence_number": self._drive.next_number, **event}))


def begun(log: tuple[Event, ...]) -> list[str]:
    """The files whose passages a driver was about to store, and of whose end it told nothing: by their stored ids."""
    found: dict[str, None] = {}
    for event in log:
        told = _told(event.data)
        if told.file_id is None:
            continue
        id = told.file_id.removeprefix(FILE)
        if told.type == "ingestion.file":
            found.pop(id, None)
        elif told.stage == STORING:
            found[id] = None
    return list(found)
