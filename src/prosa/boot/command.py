"""The program's entry: the command line with everything behind it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import CoercionError, CycloptsError, UnusedCliTokensError

from prosa import cli
from prosa.boot import streams
from prosa.boot.settings import Loaded, StartRefused, load

# What looks like a secret among the arguments: every user of the machine could read it there.
_SECRET_OPTIONS = ("key", "token", "secret", "password", "passwd")
_SECRET_VALUES = ("sk-", "nvapi-", "gsk_", "xai-", "AIza")
_ADVICE = (
    "a secret doesn't belong on the command line, where every user of this machine can read it; "
    "write it into .env, or the path of its file into <NAME>_FILE"
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
    app = cli.build(Boot(words))
    try:
        result = app(words)
    except StartRefused as error:
        return _refused(str(error))
    except CycloptsError as error:
        return _refused(_told(error) + " (see --help)")
    return result if isinstance(result, int) else 0


def _told(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return f"there is no use here for {' '.join(map(repr, error.unused_tokens))}"
    if isinstance(error, CoercionError) and error.token is not None and error.target_type is int:
        return f"{error.token.keyword} {error.token.value!r}: expected a whole number"
    return " ".join(str(error).split())


def _refused(line: str) -> int:
    sys.stderr.write(f"prosa: {line}\n")
    return 2


def _is_secret(word: str) -> bool:
    if word.startswith(_SECRET_VALUES):
        return True
    name, given, value = word.lstrip("-").partition("=")
    parts = name.lower().replace("-", "_").split("_")
    named = any(part in _SECRET_OPTIONS for part in parts) or parts[-1] in ("apikey",)
    return named and (word.startswith("--") or (bool(given) and bool(value)))


class Boot:
    """The commands' way to settings and server."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words

    def serve(self, options: cli.ServeOptions) -> int:
        """See BootPort."""
        from prosa.boot.http import serve

        given = {
            "PROSA_HOST": options.host,
            "PROSA_PORT": options.port,
            "PROSA_WORKERS": options.workers,
            "PROSA_RELOAD": None if options.reload is None else str(options.reload).lower(),
        }
        loaded = _load({name: str(value) for name, value in given.items() if value is not None})
        return serve(loaded, os.environ, self._words)

    def configuration(self) -> cli.Configuration:
        """See BootPort."""
        from prosa.boot.discovery import discover

        loaded = _load({})
        settings = discover(loaded.settings)
        return cli.Configuration(
            lines=tuple(cli.ConfigLine(line.section, line.name, line.value, line.source, line.help) for line in loaded.lines),
            warnings=loaded.warnings,
            gateway=settings.gateway,
            data_dir=settings.server.data_dir,
            database=settings.server.database_path,
            import_path=settings.import_path,
            owners=tuple(key.name for key in settings.identity.keys),
            address=f"http://{settings.server.host}:{settings.server.port}",
        )

    def document(self) -> bytes:
        """See BootPort."""
        from prosa.api.document import openapi_document

        return openapi_document()


def _load(arguments: dict[str, str]) -> Loaded:
    return load(os.environ, Path.cwd(), arguments)
