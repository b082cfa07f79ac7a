"""The program's entry: a start at once, every other command by the command line's own library."""

import gc
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from prosa.boot import streams
from prosa.boot.settings import StartRefused, load

# What looks like a secret among the arguments: every user of the machine could read it there.
_SECRET_OPTIONS = ("key", "token", "secret", "password", "passwd")
_SECRET_VALUES = ("sk-", "nvapi-", "gsk_", "xai-", "AIza", "prosa_sk_", "zng_")
# Options that only say where a secret comes from, or goes to: a value is never theirs.
_FLAGS = frozenset({"--password-stdin", "--key-stdin", "--with-secret"})
_ADVICE = (
    "a secret doesn't belong on the command line, where every user of this machine can read it; "
    "write it into .env, or the path of its file into <NAME>_FILE, and hand a password in with --password-stdin"
)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit status: 2 for what can't even start."""
    streams.mend()
    words = list(sys.argv[1:] if arguments is None else arguments)
    sys.exit(run(words))


def run(words: list[str]) -> int:
    """Run one command. Every refusal is one line on standard error, without a traceback."""
    if any(map(_is_secret, words)):
        return _refused(_ADVICE)
    try:
        if words == ["serve"]:
            # The usual start, without the command line's library: 80 ms and 10 MB that a server never needs again. Another
            # 80 ms: nothing of what is loaded can be collected, so the collector begins its work with the server's.
            gc.disable()
            from prosa.boot.http import serve

            return serve(load(os.environ, Path.cwd(), {}), os.environ, words)
        from prosa.boot.commands import dispatch

        return dispatch(words)
    except StartRefused as error:
        return _refused(str(error))


def _refused(line: str) -> int:
    sys.stderr.write(f"prosa: {line}\n")
    return 2


def _is_secret(word: str) -> bool:
    if word.startswith(_SECRET_VALUES):
        return True
    if word in _FLAGS:
        return False
    name, given, value = word.lstrip("-").partition("=")
    parts = name.lower().replace("-", "_").split("_")
    named = any(part in _SECRET_OPTIONS for part in parts) or parts[-1] in ("apikey",)
    return named and (word.startswith("--") or (bool(given) and bool(value)))
