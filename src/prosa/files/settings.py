"""How large files may be, and how many."""

from dataclasses import dataclass

_MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class FileSettings:
    """Sizes in bytes; a space is what one owner holds."""

    file_bytes: int = 512 * _MB  # PROSA_MAX_FILE_MB: the largest file (OpenAI's own bound)
    space_files: int = 10_000  # PROSA_MAX_FILES
    space_bytes: int = 10_240 * _MB  # PROSA_MAX_FILES_MB: all files of a space together
    input_bytes: int = 50 * _MB  # files within one call of a model, together (OpenAI's own bound)
    space_carried_bytes: int = 100 * _MB  # files within all calls of a space that are under way in a process
    carried_bytes: int = 200 * _MB  # and within those of everybody
