"""`prosa import …`: taking over what an older installation has kept."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import KEEP, examples
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Import:
    """Options of `import serverless`."""

    owner: Annotated[
        str | None,
        Parameter(help="Whose the history becomes: a person's e-mail address, or a key's name, as `prosa config` shows it."),
    ] = None
    key: Annotated[str | None, Parameter(help="The key of the settings whose the history becomes, by its name.")] = None
    dry_run: Annotated[bool, Parameter(help="Only tell what would be imported.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Move:
    """Options of `import chatai` and `import multiuser`."""

    dry_run: Annotated[bool, Parameter(help="Only tell what would be imported.", negative="")] = False
    keep_admins: Annotated[bool, Parameter(help="Administrators there are administrators here.", negative="")] = False
    join: Annotated[
        bool,
        Parameter(
            help="Whose e-mail address an account here has: give that account what was theirs. Else they are left out.",
            negative="",
        ),
    ] = False


@dataclass(frozen=True, slots=True)
class MoveAssistants:
    """Options of `import assistant`."""

    dry_run: Annotated[bool, Parameter(help="Only tell what would be imported.", negative="")] = False
    keep_admins: Annotated[bool, Parameter(help="Administrators there are administrators here.", negative="")] = False
    join: Annotated[
        bool,
        Parameter(
            help="Whose e-mail address an account here has: give that account what was theirs. Else they are left out.",
            negative="",
        ),
    ] = False
    owner: Annotated[
        str | None,
        Parameter(help="Whose the assistants become, by e-mail address; by default the first administrator's."),
    ] = None


@dataclass(frozen=True, slots=True)
class MoveSaved:
    """Options of `import openai-assistants`."""

    dry_run: Annotated[bool, Parameter(help="Only tell what would be imported.", negative="")] = False
    owner: Annotated[
        str | None,
        Parameter(help="Whose everything becomes, by e-mail address; by default the first administrator's."),
    ] = None
    key: Annotated[str | None, Parameter(help="The key of the settings whose everything becomes, by its name.")] = None


def imports(app: App, port: BootPort) -> None:
    """Put `prosa import` into the program."""
    group = App(
        name="import",
        help="Take over what an older installation has kept. A second run adds nothing twice, and goes on where one was cut off.",
        help_epilogue=examples("import chatai user.json talk.json message.json --dry-run", "import multiuser chat_app.db"),
        group=KEEP,
    )
    app.command(group)
    _installations(group, port)
    _assistants(group, port)
    _exchanges(group, port)


def _installations(group: App, port: BootPort) -> None:
    @group.command(
        help_epilogue=examples(
            "import chatai user.json talk.json message.json --dry-run", "import chatai export/*.json --keep-admins"
        )
    )
    def chatai(*files: Path, options: Annotated[Move, Parameter(name="*")] = Move()) -> int:
        """Take over a ChatAI installation: people with their passwords, talks, messages, deleted ones too.

        Parameters
        ----------
        files
            The collections user, talk and message as mongoexport writes them, in any order; gzipped ones too.
        """
        return _moved(port, "chatai", files, options)

    @group.command(help_epilogue=examples("import multiuser chat_app.db --dry-run", "import multiuser chat_app.db"))
    def multiuser(file: Path, /, *, options: Annotated[Move, Parameter(name="*")] = Move()) -> int:
        """Take over a multi-user chat installation: people with their passwords, conversations, messages.

        Parameters
        ----------
        file
            Its database, chat_app.db.
        """
        return _moved(port, "multiuser", (file,), options)


def _assistants(group: App, port: BootPort) -> None:
    @group.command(
        help_epilogue=examples(
            "import assistant assistants.db --dry-run", "import assistant assistants.db --owner ana@example.com"
        )
    )
    def assistant(file: Path, /, *, options: Annotated[MoveAssistants, Parameter(name="*")] = MoveAssistants()) -> int:
        """Take over an assistants installation: people with their passwords, API keys, integration tokens, assistants, wallets.

        Parameters
        ----------
        file
            Its database, app/data/assistants.db.
        """
        from prosa.cli import assistant_work
        from prosa.identity import Arrivals

        how = Arrivals(options.keep_admins, options.join, options.dry_run)
        return assistant_work.begin(port, assistant_work.Moving(file, how, options.owner))

    @group.command(
        name="openai-assistants",
        help_epilogue=examples(
            "import openai-assistants saved --dry-run", "import openai-assistants saved --owner ana@example.com"
        ),
    )
    def openai_assistants(folder: Path, /, *, options: Annotated[MoveSaved, Parameter(name="*")] = MoveSaved()) -> int:
        """Take over what was saved of OpenAI's Assistants API: assistants, threads, messages, runs, files, vector stores.

        Parameters
        ----------
        folder
            Where it lies: assistants.jsonl, threads.jsonl, messages.jsonl, runs.jsonl, files.jsonl, files/<id>,
            vector_stores.jsonl, vector_store_files.jsonl, as far as they are there.
        """
        from prosa.cli import saved_work

        return saved_work.begin(port, saved_work.Moving(folder, options.owner, options.key, options.dry_run))


def _moved(port: BootPort, system: str, files: tuple[Path, ...], options: Move) -> int:
    from prosa.cli import installing
    from prosa.cli.terminal import complain
    from prosa.identity import Arrivals

    if not files:
        complain("say which files: those that mongoexport wrote of user, talk and message")
        return 2
    how = Arrivals(options.keep_admins, options.join, options.dry_run)
    return installing.begin(port, system, installing.Moving(files, how))


def _exchanges(group: App, port: BootPort) -> None:
    @group.command(help_epilogue=examples("import serverless chat_history.db --dry-run", "import serverless --key settings-1"))
    def serverless(file: Path | None = None, /, *, options: Annotated[Import, Parameter(name="*")] = Import()) -> int:
        """Take over the interactions of a serverless chat API: its SQLite file, or an export of its DynamoDB table.

        Parameters
        ----------
        file
            The file; by default the one at DATABASE_PATH.
        """
        from prosa.cli import importing

        wanted = importing.ImportOptions(file, options.owner, options.dry_run, key=options.key)
        return importing.begin(port, wanted)
