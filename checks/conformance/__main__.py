"""`python -m checks.conformance [SUITE…]`: run the public suites against a prosa of its own; exit code 1 when a case fails.

Suites: `chat` and `responses` (llm-comply), `langchain` (langchain-tests), `openresponses` (the checkout named by
OPENRESPONSES_DIR, run by bun; nothing of it is kept here). What isn't there is said, not passed over.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from checks.conformance.serving import Prosa, serving
from checks.conformance.suites import installed

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
MODEL = "conform"


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a suite went; `passed` is None where it couldn't be run, and `why` says so."""

    name: str
    passed: bool | None
    why: str = ""


def main(wanted: Sequence[str]) -> int:
    """Run the suites that are wanted, or all."""
    unknown = [name for name in wanted if name not in SUITES]
    if unknown:
        print(f"conformance: no suite is named {unknown[0]!r}; there are {', '.join(SUITES)}", file=sys.stderr)
        return 2
    python = installed(ROOT)
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder), HERE) as prosa:
        outcomes = [SUITES[name](prosa, python) for name in wanted or SUITES]
    print()
    for outcome in outcomes:
        word = {True: "all green", False: "FAILED", None: "not run"}[outcome.passed]
        print(f"conformance: {outcome.name:14} {word}{f': {outcome.why}' if outcome.why else ''}")
    return 1 if any(outcome.passed is False for outcome in outcomes) else 0


def chat(prosa: Prosa, python: Path) -> Outcome:
    """llm-comply for Chat Completions."""
    return _comply("chat", "openai-chat", prosa, python)


def responses(prosa: Prosa, python: Path) -> Outcome:
    """llm-comply for Open Responses."""
    return _comply("responses", "open-responses", prosa, python)


def langchain(prosa: Prosa, python: Path) -> Outcome:
    """LangChain's standard tests, over both APIs; its own pytest, which knows nothing of this project's settings."""
    environ = os.environ | {"CONFORMANCE_BASE": prosa.base, "CONFORMANCE_KEY": prosa.key}
    settings = ("-c", HERE / "pytest.ini", "--rootdir", HERE, "-p", "no:cacheprovider")
    command = (python, "-m", "pytest", "-q", "--tb=short", *settings, HERE / "langchain_cases.py")
    return Outcome("langchain", _run(command, environ))


def openresponses(prosa: Prosa, _python: Path) -> Outcome:
    """The suite of the specification's own repository."""
    named = os.environ.get("OPENRESPONSES_DIR")
    if not named:
        why = "OPENRESPONSES_DIR names no checkout of openresponses/openresponses (and `bun install` in it)"
        return Outcome("openresponses", None, why)
    program = Path(named) / "bin" / "compliance-test.ts"
    bun = shutil.which("bun")
    if not program.exists():
        return Outcome("openresponses", None, f"there is no {program}: OPENRESPONSES_DIR is not a checkout of it")
    if bun is None:
        return Outcome("openresponses", None, "it is run by bun, which is not there (https://bun.sh)")
    command = (bun, "run", program, "--base-url", prosa.base, "--api-key", prosa.key, "--model", MODEL)
    return Outcome("openresponses", _run(command, dict(os.environ), Path(named)))


def _comply(name: str, form: str, prosa: Prosa, python: Path) -> Outcome:
    program = "import sys; from llm_comply.cli import main; sys.exit(main(sys.argv[1:]))"
    passed = True
    for model in (MODEL, f"gpt-5-{MODEL}"):
        command = (python, "-c", program, "--base-url", prosa.base, "-k", prosa.key, "-m", model, "--format", form)
        passed = _run(command, dict(os.environ)) and passed
    return Outcome(name, passed)


def _run(command: Sequence[str | Path], environ: dict[str, str], folder: Path = ROOT) -> bool:
    print(flush=True)
    return subprocess.run([str(word) for word in command], cwd=folder, env=environ, check=False).returncode == 0


SUITES: dict[str, Callable[[Prosa, Path], Outcome]] = {
    "chat": chat,
    "responses": responses,
    "langchain": langchain,
    "openresponses": openresponses,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
