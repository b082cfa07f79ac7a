"""What a command asks of the person at the terminal, and passwords, which never stand among the arguments."""

import sys
from getpass import getpass

from prosa.kit.errors import BadRequest

_LONGEST = 64 * 1024  # bytes of standard input that are looked at; what is longer than a password may be is refused later


class NothingToRead(BadRequest):
    """A command needs a password, or a yes, and nobody is there to give it."""


def password(from_input: bool) -> str:
    """A new password: all of standard input without its last line break, or typed twice at a terminal. Raises NothingToRead."""
    if from_input:
        return _piped()
    if not sys.stdin.isatty():
        raise NothingToRead("no terminal to ask for the password at; hand it in by standard input with --password-stdin")
    first = getpass("New password: ")
    if getpass("Once more: ") != first:
        raise NothingToRead("the two passwords differ; nothing was changed")
    return first


def _piped() -> str:
    try:
        text = sys.stdin.buffer.read(_LONGEST).decode()
    except UnicodeDecodeError as error:
        raise NothingToRead("standard input: expected a password in UTF-8") from error
    text = text.removesuffix("\n").removesuffix("\r")
    if not text:
        raise NothingToRead("--password-stdin: nothing came by standard input")
    return text


def agreed(question: str) -> bool:
    """Whether the person at the terminal says yes. Raises NothingToRead where nobody can be asked."""
    if not sys.stdin.isatty():
        raise NothingToRead("no terminal to ask at; say it with --yes")
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in {"y", "yes", "s", "sim"}
