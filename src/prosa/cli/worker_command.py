"""`prosa worker`: background work in a process of its own."""

from cyclopts import App

from prosa.cli.frame import RUN, examples
from prosa.cli.port import BootPort
from prosa.cli.terminal import complain
from prosa.kit.errors import ProsaError


def working(app: App, port: BootPort) -> None:
    """Put the command into the program."""

    @app.command(group=RUN, help_epilogue=examples("worker"))
    def worker() -> int:
        """Do background work until Ctrl+C: purges, sums, scheduled backups. A server does it by itself unless PROSA_JOBS=worker.

        On SQLite one process does it at a time; on PostgreSQL any number, on any host.
        """
        try:
            return port.work()
        except ProsaError as error:
            complain(error.message)
            return 1
