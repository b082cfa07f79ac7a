"""What is asked of a person at a real terminal: passwords, which are not shown, and a yes."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.boot.process import environ

pytestmark = pytest.mark.slow
# The program on a terminal of its own, as its controlling one; what is piped in is typed there.
ON_A_TERMINAL = "import pty, sys; sys.exit(pty.spawn(sys.argv[1:]) >> 8)"
PASSWORD = "uma frase que só eu sei"


def converse(folder: Path, words: Sequence[str], talk: Sequence[tuple[str, str]]) -> tuple[int, str]:
    """Type each answer once its question is there; the exit status, and all that stood on the terminal."""
    command = [sys.executable, "-c", ON_A_TERMINAL, sys.executable, "-m", "prosa", *words]
    with subprocess.Popen(
        command, cwd=folder, env=environ(folder), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as running:
        assert running.stdin is not None and running.stdout is not None
        shown = b""
        for question, answer in talk:
            seen = len(shown)
            while question.encode() not in shown[seen:]:
                piece = running.stdout.read(1)
                assert piece, shown
                shown += piece
            running.stdin.write(answer.encode() + b"\n")
            running.stdin.flush()
        shown += running.stdout.read()
        return running.wait(30), shown.decode()


def test_a_password_is_asked_twice_and_not_shown_and_deleting_asks(tmp_path: Path) -> None:
    add = ("user", "add", "ana@exemplo.br")
    status, shown = converse(tmp_path, add, [("New password: ", PASSWORD), ("Once more: ", PASSWORD + "!")])
    assert status == 1 and "the two passwords differ" in shown and PASSWORD not in shown
    status, shown = converse(tmp_path, add, [("New password: ", PASSWORD), ("Once more: ", PASSWORD)])
    assert status == 0 and "is here now" in shown and PASSWORD not in shown
    status, shown = converse(tmp_path, ("user", "delete", "ana@exemplo.br"), [("[y/N] ", "n")])
    assert status == 1 and "nothing was changed" in shown
    status, shown = converse(tmp_path, ("user", "delete", "ana@exemplo.br"), [("[y/N] ", "sim")])
    assert status == 0 and "is gone" in shown
