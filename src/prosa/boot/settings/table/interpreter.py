"""Code that models write, and where it runs."""

from pathlib import Path

from prosa.boot.settings.kinds import PATH, SWITCH, megabytes, number, whole
from prosa.boot.settings.rows import Row
from prosa.interpreter import InterpreterSettings

_DEFAULT = InterpreterSettings()

ENABLED = Row(
    "PROSA_INTERPRETER",
    "interpreter.enabled",
    SWITCH,
    True,
    "Whether models may run code, in a jail; `prosa doctor --install-interpreter` brings what it takes.",
)
DIR: Row[Path | None] = Row(
    "PROSA_INTERPRETER_DIR",
    "interpreter.dir",
    PATH,
    None,
    "Where the Python environment of that code lies. Unset: `interpreter` in the data folder.",
)
SECONDS = Row(
    "PROSA_INTERPRETER_SECONDS", "interpreter.seconds", number(1, 3600), _DEFAULT.seconds, "How long one piece of code may run."
)
IDLE = Row(
    "PROSA_INTERPRETER_IDLE_SECONDS",
    "interpreter.idle_seconds",
    number(1, 86_400),
    _DEFAULT.idle_seconds,
    "How long variables and files of a conversation's code are kept while nothing runs.",
)
MEMORY = Row(
    "PROSA_INTERPRETER_MEMORY_MB",
    "interpreter.memory",
    megabytes(1_048_576),
    _DEFAULT.memory,
    "Memory of one conversation's code.",
)
DISK = Row(
    "PROSA_INTERPRETER_DISK_MB",
    "interpreter.disk",
    megabytes(65_536),
    _DEFAULT.disk,
    "What its files may have together; they lie in memory, beside that of the code.",
)
KERNELS = Row(
    "PROSA_INTERPRETER_KERNELS",
    "interpreter.kernels",
    whole(1, 1000),
    _DEFAULT.kernels,
    "How many conversations' code a process keeps at once; who was idle longest makes room.",
)
