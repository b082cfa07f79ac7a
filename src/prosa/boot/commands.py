"""The command line with everything behind it."""

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from cyclopts import CoercionError, CycloptsError, UnusedCliTokensError

from prosa import cli
from prosa.boot.settings import Loaded, load


def dispatch(words: list[str]) -> int:
    """Run one command. Raises StartRefused; words that make no command are one line on standard error and status 2."""
    try:
        result = cli.build(Boot(words))(words)
    except CycloptsError as error:
        sys.stderr.write(f"prosa: {_told(error)} (see --help)\n")
        return 2
    return result if isinstance(result, int) else 0


def _told(error: CycloptsError) -> str:
    if isinstance(error, UnusedCliTokensError) and error.unused_tokens:
        return f"there is no use here for {' '.join(map(repr, error.unused_tokens))}"
    if isinstance(error, CoercionError) and error.token is not None and error.target_type is int:
        return f"{error.token.keyword} {error.token.value!r}: expected a whole number"
    return " ".join(str(error).split())


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
