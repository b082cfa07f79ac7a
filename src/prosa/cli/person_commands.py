"""`prosa person …`: what the law gives a person over their data (LGPD, article 18), done by the operator."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import PEOPLE, examples
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Export:
    """Options of `person export`."""

    force: Annotated[bool, Parameter(help="Replace a file that is there already.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Erase:
    """Options of `person erase`."""

    yes: Annotated[bool, Parameter(help="Don't ask.", negative="")] = False
    compact: Annotated[
        bool, Parameter(help="Write SQLite's file anew also where it is large; writers wait meanwhile.", negative="")
    ] = False


def person(app: App, port: BootPort) -> None:
    """Put `prosa person` into the program."""
    group = App(
        name="person",
        help="Hand a person all that is kept of them, or erase it. The server may run meanwhile.",
        help_epilogue=examples("person export ana@exemplo.br", "person erase ana@exemplo.br"),
        group=PEOPLE,
    )
    app.command(group)

    @group.command(help_epilogue=examples("person export ana@exemplo.br", "person export ana@exemplo.br ana.zip"))
    def export(email: str, file: Path | None = None, /, *, options: Annotated[Export, Parameter(name="*")] = Export()) -> int:
        """Write all that is kept of a person into one archive: JSON lines for every table, and their files.

        Parameters
        ----------
        email
            The e-mail address of the account.
        file
            The archive; by default a new one in this folder.
        """
        from prosa.cli import person_work as work

        return work.export(port, email, work.Target(file, options.force))

    @group.command(help_epilogue=examples("person erase ana@exemplo.br", "person erase ana@exemplo.br --yes"))
    def erase(email: str, /, *, options: Annotated[Erase, Parameter(name="*")] = Erase()) -> int:
        """Erase a person with everything that is theirs, so that nothing is left in database, index, files or logs of prosa.

        Parameters
        ----------
        email
            The e-mail address of the account.
        """
        from prosa.cli import person_work as work

        return work.erase(port, email, options)
