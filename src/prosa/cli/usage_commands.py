"""`prosa usage`: what model calls took and cost."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import LOOK, examples, run
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Asked:
    """Options of `usage`."""

    by: Annotated[str, Parameter(help="By what it is told apart: day, model, provider, key, person or dialect.")] = "day"
    days: Annotated[int, Parameter(help="Of how many days, today's the last of them (UTC).")] = 30
    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


def metering(app: App, port: BootPort) -> None:
    """Put the command into the program."""

    @app.command(group=LOOK, help_epilogue=examples("usage", "usage --by model --days 7", "usage --by person --json"))
    def usage(*, options: Annotated[Asked, Parameter(name="*")] = Asked()) -> int:
        """Tell what everybody's model calls took and cost. The server may run meanwhile."""
        from prosa.cli import usage_work

        return run(usage_work.tell(port.storage(), options))
