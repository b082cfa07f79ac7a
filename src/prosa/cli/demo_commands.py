"""`prosa demo`: people to try the older web clients with, as their documents name them."""

from cyclopts import App

from prosa.cli.frame import PEOPLE, examples, with_identity
from prosa.cli.port import BootPort


def demonstrating(app: App, port: BootPort) -> None:
    """Put `prosa demo` into the program."""

    @app.command(group=PEOPLE, help_epilogue=examples("demo"))
    def demo() -> int:
        """Make the three demo users, whose passwords everybody knows. Never in production; a second run adds nothing."""
        from prosa.cli import demo_work as work

        refusal = work.refusal(port.configuration().gateway.production)
        return refusal if refusal else with_identity(port, work.create)
