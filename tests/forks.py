"""What the two kinds of forks share, commands (commanding.py) and services (boot/forking.py): how one becomes the program."""

import atexit
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence

# The end of a process's text: a fork whose streams are set does what `wish` says.
BECOMING = """
sys.stdin = sys.__stdin__ = open(0, closefd=False)
os.chdir(wish["folder"])
os.environ.clear()
os.environ.update(wish["env"])
sys.path[0] = wish["folder"]
sys.argv = ["prosa", *wish["words"]]
status = 1
try:
    prosa.boot.command.main()
except SystemExit as end:
    status = end.code or 0
except BaseException:
    sys.excepthook(*sys.exc_info())
threading._shutdown()
atexit._run_exitfuncs()
sys.stdout.flush()
os._exit(status)  # to take all apart that was loaded would take longer than a command
"""


def waiting(text: str, options: Sequence[str] = (), more: Mapping[str, str] | None = None) -> "subprocess.Popen[bytes]":
    """A process that runs this text and waits for wishes; it ends when this one does, because its standard input ends then."""
    env = {"PATH": os.environ["PATH"], **(more or {})}
    begun = subprocess.Popen([sys.executable, *options, "-c", text], env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    atexit.register(_end, begun)
    return begun


def _end(process: "subprocess.Popen[bytes]") -> None:
    assert process.stdin is not None and process.stdout is not None
    process.stdin.close()
    process.wait(10)
    process.stdout.close()
