"""Which file a path means now: a file that was removed or replaced keeps its readers and writers, and nobody else finds it."""

import os
from pathlib import Path

FileId = tuple[int, int]  # device and number


def file_id(path: Path) -> FileId | None:
    """The file at `path`, None where there is none, or an empty one."""
    try:
        state = os.stat(str(path))  # a string at once: this is asked before every read
    except OSError:
        return None
    return (state.st_dev, state.st_ino) if state.st_size else None
