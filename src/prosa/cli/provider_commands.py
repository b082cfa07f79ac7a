"""`prosa provider …`: model providers that are stored in the database, beside a running server."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import LOOK, examples, with_administration
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Add:
    """Options of `provider add`."""

    kind: Annotated[
        str | None, Parameter(help="What it is: openai, groq, openai_compatible, …; without it the name says so.")
    ] = None
    url: Annotated[str | None, Parameter(help="Its address, where it isn't the vendor's own.")] = None
    key_stdin: Annotated[bool, Parameter(help="Take the key that comes by standard input.", negative="")] = False
    model: Annotated[str | None, Parameter(help="Its default model.")] = None
    models: Annotated[str | None, Parameter(help="Models to list, with commas between.")] = None


@dataclass(frozen=True, slots=True)
class Listing:
    """Options of `provider list`."""

    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Test:
    """Options of `provider test`."""

    model: Annotated[str | None, Parameter(help="Ask this model; without it the provider's default.")] = None


def providing(app: App, port: BootPort) -> None:
    """Put `prosa provider` into the program."""
    provider = App(
        name="provider",
        help="List, add, try and remove model providers. The server may run meanwhile, and asks them within a second.",
        help_epilogue=examples("provider list", "provider add groq --key-stdin < key.txt", "provider test groq"),
        group=LOOK,
    )
    app.command(provider)
    _standing(provider, port)
    _making(provider, port)


def _standing(provider: App, port: BootPort) -> None:
    @provider.command(name="list", help_epilogue=examples("provider list", "provider list --json"))
    def listing(*, options: Annotated[Listing | None, Parameter(name="*")] = None) -> int:
        """List every provider: those of the settings, and those that are stored."""
        from prosa.cli import provider_work as work

        return with_administration(port, lambda administration: work.listing(administration, options or Listing()))

    @provider.command(help_epilogue=examples("provider test groq", "provider test lab --model qwen3-32b"))
    def test(name: str, /, *, options: Annotated[Test | None, Parameter(name="*")] = None) -> int:
        """Ask a provider for its list of models and one word.

        Parameters
        ----------
        name
            As `prosa provider list` shows it.
        """
        from prosa.cli import provider_work as work

        return with_administration(port, lambda administration: work.test(administration, name, (options or Test()).model))


def _making(provider: App, port: BootPort) -> None:
    @provider.command(
        help_epilogue=examples(
            "provider add groq --key-stdin < key.txt",
            "provider add lab --kind openai_compatible --url https://llm.example/v1 --models qwen3-32b --key-stdin < key.txt",
        )
    )
    def add(name: str, /, *, options: Annotated[Add | None, Parameter(name="*")] = None) -> int:
        """Store a provider. Its key is sealed, and never shown again.

        Parameters
        ----------
        name
            Begins the names of its models, as in `groq/llama-3.3-70b-versatile`.
        """
        from prosa.cli import provider_work as work

        return with_administration(port, lambda administration: work.add(administration, name, options or Add()))

    @provider.command(help_epilogue=examples("provider remove lab"))
    def remove(name: str, /) -> int:
        """Take a stored provider away, with its key.

        Parameters
        ----------
        name
            As `prosa provider list` shows it.
        """
        from prosa.cli import provider_work as work

        return with_administration(port, lambda administration: work.remove(administration, name))
