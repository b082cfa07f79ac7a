"""A person at a terminal whose commands run in this process: the same entry as the program's, without its start."""

import io
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from prosa.boot.command import run
from tests.databases import migrated_file


@dataclass(frozen=True, slots=True)
class Done:
    """How a command ended and what it said."""

    status: int
    out: str
    err: str


class Terminal:
    """Runs commands in a folder with a fresh database."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._patch = patch
        self._capture = capture
        (folder / "data").mkdir(mode=0o700)
        shutil.copy(migrated_file(), folder / "data" / "prosa.db")

    def type(self, *words: str, stdin: bytes = b"", env: Mapping[str, str] | None = None) -> Done:
        """Run one command; `stdin` is piped in."""
        given = {"PROSA_DATA_DIR": str(self.folder / "data"), "PROSA_OLLAMA_DISCOVERY": "false", **(env or {})}
        with self._patch.context() as patch:
            patch.chdir(self.folder)
            patch.setattr(os, "environ", given)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            self._capture.readouterr()
            status = run(list(words))
        said = self._capture.readouterr()
        return Done(status, said.out, said.err)

    def works(self, *words: str, stdin: bytes = b"") -> str:
        """Run one command that has to end well; its standard output."""
        done = self.type(*words, stdin=stdin)
        assert done.status == 0, done.err
        return done.out
