"""The commands and their help. What a command does is imported when it runs, so that `prosa serve` starts quickly."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from cyclopts.completion import ShellDetectionError

import prosa
from prosa.cli.backup_commands import backups
from prosa.cli.demo_commands import demonstrating
from prosa.cli.frame import KEEP, LOOK, RUN, SHELL, examples, run
from prosa.cli.import_commands import imports
from prosa.cli.invites_commands import invites
from prosa.cli.keys_commands import keys
from prosa.cli.people_commands import people
from prosa.cli.person_commands import person
from prosa.cli.port import BootPort, ServeOptions
from prosa.cli.provider_commands import providing
from prosa.cli.reindex_commands import reindexing
from prosa.cli.rotation_commands import rotation
from prosa.cli.terminal import complain, say
from prosa.cli.usage_commands import metering
from prosa.cli.worker_command import working

HELP = (
    "One self-hosted server between people and language models.\n\n"
    "Start it with `prosa serve` and talk to it with any OpenAI client at http://127.0.0.1:3000/v1. Without a provider's key a "
    "mock model answers. Settings come from the environment, from .env and from prosa.toml; `prosa config` shows them."
)
EPILOGUE = "Every command has its own help, such as: prosa serve --help"


@dataclass(frozen=True, slots=True)
class Serve:
    """Options of `serve`."""

    host: Annotated[str | None, Parameter(help="Address to listen on (127.0.0.1); 0.0.0.0 is every address of this machine.")] = (
        None
    )
    port: Annotated[int | None, Parameter(help="Port to listen on (3000); 0 lets the system choose.")] = None
    workers: Annotated[int | None, Parameter(help="Processes that share the port (1).")] = None
    reload: Annotated[bool | None, Parameter(help="Start again when the sources change (development).", negative="")] = None


@dataclass(frozen=True, slots=True)
class Config:
    """Options of `config`."""

    section: Annotated[str | None, Parameter(help="Only this section: server, logs, access, limits, gateway, …")] = None
    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Models:
    """Options of `models list`."""

    ask: Annotated[bool, Parameter(help="Ask the providers for their lists first.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Explain:
    """Options of `models explain`."""

    embeddings: Annotated[bool, Parameter(help="Explain an embedding call, not a chat.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Mock:
    """Options of `mock`."""

    host: Annotated[str, Parameter(help="Address to listen on.")] = "127.0.0.1"
    port: Annotated[int, Parameter(help="Port to listen on; 0 lets the system choose.")] = 3999
    script: Annotated[Path | None, Parameter(help="File of rules: what is answered when (docs/guides/mock.md).")] = None


@dataclass(frozen=True, slots=True)
class Completion:
    """Options of `completion`."""

    shell: Annotated[str | None, Parameter(help="bash, zsh or fish; by default the shell that runs now.")] = None


def build(port: BootPort) -> App:
    """The program `prosa`; calling it with arguments runs one command and returns an exit status."""
    app = App(
        name="prosa",
        help=HELP,
        help_epilogue=EPILOGUE,
        help_format="plaintext",
        version=prosa.__version__,
        result_action="return_value",
        exit_on_error=False,
        print_error=False,
        default_parameter=Parameter(negative_iterable="", show_default=lambda value: str(value) if value else None),
    )
    _running(app, port)
    working(app, port)
    _looking(app, port)
    _models(app, port)
    people(app, port)
    person(app, port)
    keys(app, port)
    providing(app, port)
    invites(app, port)
    demonstrating(app, port)
    imports(app, port)
    _migrating(app, port)
    backups(app, port)
    reindexing(app, port)
    metering(app, port)
    rotation(app, port)
    _shell(app)
    return app


def _running(app: App, port: BootPort) -> None:
    @app.command(group=RUN, help_epilogue=examples("serve", "serve --port 3001", "serve --host 0.0.0.0 --workers 4"))
    def serve(*, options: Annotated[Serve, Parameter(name="*")] = Serve()) -> int:
        """Start the server. Ctrl+C stops it: open answers are finished first, a second Ctrl+C stops at once."""
        return port.serve(ServeOptions(options.host, options.port, options.workers, options.reload))

    @app.command(group=RUN, help_epilogue=examples("mock", "mock --port 4000 --script answers.toml"))
    def mock(*, options: Annotated[Mock, Parameter(name="*")] = Mock()) -> int:
        """Start only the mock provider: an OpenAI-compatible server with invented answers and faults, for tests."""
        from prosa.cli import mocking

        return run(mocking.run(mocking.MockOptions(options.host, options.port, options.script)))


def _looking(app: App, port: BootPort) -> None:
    @app.command(group=LOOK, help_epilogue=examples("config", "config --section limits", "config --json"))
    def config(*, options: Annotated[Config, Parameter(name="*")] = Config()) -> int:
        """Show the effective settings and where each came from. Secrets are masked."""
        from prosa.cli import settings_command

        return settings_command.show(port.configuration(), options.section, json=options.json)

    @app.command(group=LOOK, help_epilogue=examples("doctor", "doctor --install-interpreter"))
    def doctor(
        *,
        install_interpreter: Annotated[
            bool, Parameter(negative="", help="Install what code runs in that models write; then leave.")
        ] = False,
    ) -> int:
        """Examine this installation: versions and their known bugs, data folder, and whether each provider answers."""
        from prosa.cli import doctor as examination

        if install_interpreter:
            return run(examination.install_interpreter(port.configuration().interpreter))
        return run(examination.examine(port.configuration(stored=True)))

    @app.command(group=LOOK, help_epilogue=examples("openapi > openapi.json"))
    def openapi() -> int:
        """Print the API document (OpenAPI) as JSON."""
        say(port.document().decode().rstrip("\n"))
        return 0

    @app.command(group=LOOK, help_epilogue=examples("version"))
    def version() -> int:
        """Print the version."""
        say(prosa.__version__)
        return 0


def _models(app: App, port: BootPort) -> None:
    models = App(
        name="models",
        help="List the models that callers can name, or explain where a name goes.",
        help_epilogue=examples("models", "models --ask", "models explain gpt-4o-mini"),
        group=LOOK,
    )
    app.command(models)

    @models.default
    def default(*, options: Annotated[Models, Parameter(name="*")] = Models()) -> int:
        """List the models that callers can name, or explain where a name goes."""
        from prosa.cli import models_command

        return run(models_command.listing(port.configuration(stored=True).gateway, ask=options.ask))

    @models.command(name="list", help_epilogue=examples("models list", "models list --ask"))
    def listing(*, options: Annotated[Models, Parameter(name="*")] = Models()) -> int:
        """List every name, and the defaults."""
        return default(options=options)

    @models.command(help_epilogue=examples("models explain gpt-4o-mini", "models explain fast"))
    def explain(name: str | None = None, /, *, options: Annotated[Explain, Parameter(name="*")] = Explain()) -> int:
        """Tell which providers a model's name is tried at, in order, and why; without a name, the default's.

        Parameters
        ----------
        name
            The name as a caller would send it.
        """
        from prosa.cli import models_command

        return run(models_command.explain(port.configuration(stored=True).gateway, name, embeddings=options.embeddings))


def _migrating(app: App, port: BootPort) -> None:
    @app.command(group=KEEP, help_epilogue=examples("migrate"))
    def migrate() -> int:
        """Bring the database up to date and stop. A server does this by itself when it starts."""
        return port.migrate()


def _shell(app: App) -> None:
    @app.command(group=SHELL, help_epilogue=examples("completion", "completion --shell zsh"))
    def completion(*, options: Annotated[Completion, Parameter(name="*")] = Completion()) -> int:
        """Print the shell's completion script; `prosa --install-completion` puts it in place."""
        shells = {"bash": "bash", "zsh": "zsh", "fish": "fish"}
        if options.shell is not None and options.shell not in shells:
            complain(f"--shell {options.shell!r}: expected bash, zsh or fish")
            return 2
        try:
            script = app.generate_completion(shell=options.shell)  # type: ignore[arg-type]  # checked above
        except ShellDetectionError:
            complain("no shell that prosa knows runs here; say which: --shell bash, zsh or fish")
            return 2
        say(script)
        return 0

    app.register_install_completion_command(group=SHELL, help="Install completion for your shell.")
