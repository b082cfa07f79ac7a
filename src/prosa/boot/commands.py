"""The command line with everything behind it."""

import os
import sys
from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING

from cyclopts import CoercionError, CycloptsError, UnusedCliTokensError

from prosa import cli
from prosa.boot.settings import Loaded, load

if TYPE_CHECKING:
    from prosa.administration import Administration
    from prosa.drivers.vault import Rotation
    from prosa.identity import IdentityParts


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

    def work(self) -> int:
        """See BootPort."""
        from prosa.boot.jobs_worker import begin

        return begin(_load({}).settings)

    def configuration(self, *, stored: bool = False) -> cli.Configuration:
        """See BootPort."""
        from prosa.boot.discovery import discover
        from prosa.boot.stocktaking import Stock, stock

        loaded = _load({})
        settings = discover(loaded.settings)
        known = stock(settings) if stored else Stock(settings.gateway)
        return cli.Configuration(
            lines=tuple(cli.ConfigLine(line.section, line.name, line.value, line.source, line.help) for line in loaded.lines),
            warnings=loaded.warnings,
            gateway=known.gateway,
            idle=known.idle,
            data_dir=settings.server.data_dir,
            database=settings.database,
            import_path=settings.import_path,
            interpreter=settings.interpreter,
            pgvector=settings.stores.pgvector,
            owners=tuple(key.name for key in settings.identity.keys),
            address=f"http://{settings.server.host}:{settings.server.port}",
        )

    def document(self) -> bytes:
        """See BootPort."""
        from prosa.api.document import openapi_document

        return openapi_document()

    def identity(self) -> "AbstractAsyncContextManager[IdentityParts]":
        """See BootPort."""
        from prosa.boot.desk import open_desk

        return open_desk(_load({}).settings)

    def workshop(self, *, aside: bool = False) -> "AbstractAsyncContextManager[cli.Workshop]":
        """See BootPort."""
        from prosa.boot.workshop import open_workshop, open_workshop_aside

        settings = _load({}).settings
        return open_workshop_aside(settings) if aside else open_workshop(settings)

    def administration(self) -> "AbstractAsyncContextManager[Administration]":
        """See BootPort."""
        from prosa.boot.discovery import discover
        from prosa.boot.office import open_office

        return open_office(discover(_load({}).settings))

    def site(self) -> str:
        """See BootPort."""
        from prosa.boot.banner import Banner
        from prosa.boot.locking import address_of

        settings = _load({}).settings
        told = settings.identity.public_url or address_of(settings.server.data_dir)
        return told or Banner(settings, settings.server.port, "console").address

    def storage(self) -> cli.Storage:
        """See BootPort."""
        from prosa.boot.people import ERASERS

        settings = _load({}).settings
        return cli.Storage(
            database=settings.database,
            data_dir=settings.server.data_dir,
            backups=settings.backups.folder,
            keep=settings.backups.keep,
            production=settings.server.production,
            secrets=settings.secrets,
            erasers=ERASERS,
            erasure_copy=settings.privacy.copy,
        )

    def migrate(self) -> int:
        """See BootPort."""
        from prosa.boot.migrate import migrate_here

        return migrate_here(_load({}).settings)

    def rotate(self) -> "Rotation":
        """See BootPort."""
        from prosa.boot.rotating import rotate_keys

        return rotate_keys(_load({}).settings)

    def alone(self) -> AbstractContextManager[None]:
        """See BootPort."""
        from prosa.boot.jobs_lock import alone

        return alone(_load({}).settings.server.data_dir)


def _load(arguments: dict[str, str]) -> Loaded:
    return load(os.environ, Path.cwd(), arguments)
