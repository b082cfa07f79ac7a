"""What the interpreter is told at start."""

from dataclasses import dataclass
from pathlib import Path

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class InterpreterSettings:
    """Bounds of one kernel, and of all in this process. Bytes, seconds; `folder` holds the environment that `prosa doctor
    --install-interpreter` makes."""

    folder: Path = Path("interpreter")
    enabled: bool = True
    memory: int = 1536 * MB  # of address space
    disk: int = 256 * MB  # of the working folder, which lies in memory
    threads: int = 64
    seconds: float = 60.0  # for one cell
    starting_seconds: float = 30.0
    idle_seconds: float = 1200.0  # after which a kernel nobody uses ends, with all its state
    kernels: int = 8  # in this process
    space_kernels: int = 3  # of one space, in this process
    text_bytes: int = 256 * 1024  # that one cell may print
    picture_bytes: int = 16 * MB  # that one cell may show, in base64
    file_bytes: int = 64 * MB  # of files that one cell may leave
    files: int = 50  # that one cell may leave
