"""`prosa reindex`: the search index, made anew from what is stored."""

from cyclopts import App

from prosa.cli.frame import KEEP, examples, run
from prosa.cli.port import BootPort


def reindexing(app: App, port: BootPort) -> None:
    """Put the command into the program."""

    @app.command(group=KEEP, help_epilogue=examples("reindex"))
    def reindex() -> int:
        """Make the search index anew, where `prosa verify` finds it wrong. The server may run, and finds less meanwhile."""
        from prosa.cli import reindex_work

        return run(reindex_work.make_anew(port.storage()))
