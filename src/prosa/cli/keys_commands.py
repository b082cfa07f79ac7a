"""`prosa key …`: API keys of people, made and revoked beside a running server."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import PEOPLE, examples, with_identity
from prosa.cli.port import BootPort

WHOSE = Parameter(help="E-mail address of the key's owner.")


@dataclass(frozen=True, slots=True)
class Create:
    """Options of `key create`."""

    user: Annotated[str, WHOSE]
    name: Annotated[str, Parameter(help="What the key is called; one of its owner's keys has this name at a time.")]
    scopes: Annotated[str, Parameter(help="What it is good for, of read, write, admin, with commas between.")] = "read,write"
    models: Annotated[str | None, Parameter(help="The only models that it may name, with commas between.")] = None
    expires: Annotated[
        str | None, Parameter(help="When it ends: 12h, 30d, or a date such as 2027-01-31, whose end (UTC) is meant.")
    ] = None
    addresses: Annotated[str | None, Parameter(help="The only addresses and networks that it may come from.")] = None
    quiet: Annotated[bool, Parameter(help="Print the key and nothing else.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Options of `key list`."""

    user: Annotated[str, WHOSE]
    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Revoke:
    """Options of `key revoke`."""

    user: Annotated[str, WHOSE]


def keys(app: App, port: BootPort) -> None:
    """Put `prosa key` into the program."""
    key = App(
        name="key",
        help="Create, list and revoke people's API keys. The server may run meanwhile.",
        help_epilogue=examples("key create --user ana@exemplo.br --name laptop", "key list --user ana@exemplo.br"),
        group=PEOPLE,
    )
    app.command(key)
    _making(key, port)
    _standing(key, port)


def _making(key: App, port: BootPort) -> None:
    @key.command(
        help_epilogue=examples(
            "key create --user ana@exemplo.br --name laptop",
            "key create --user ana@exemplo.br --name report --scopes read --expires 30d --addresses 10.0.0.0/8",
            "key create --user ana@exemplo.br --name ci --models gpt-4o-mini --quiet > key.txt",
        )
    )
    def create(*, options: Annotated[Create, Parameter(name="*")]) -> int:
        """Make a key and show it. It is shown this once; prosa keeps only what recognises it."""
        from prosa.cli import keys_work as work

        return with_identity(port, lambda identity: work.create(identity, options))


def _standing(key: App, port: BootPort) -> None:
    @key.command(name="list", help_epilogue=examples("key list --user ana@exemplo.br", "key list --user ana@exemplo.br --json"))
    def listing(*, options: Annotated[Listing, Parameter(name="*")]) -> int:
        """List a person's keys and when each was used last."""
        from prosa.cli import keys_work as work

        return with_identity(port, lambda identity: work.listing(identity, options))

    @key.command(help_epilogue=examples("key revoke laptop --user ana@exemplo.br"))
    def revoke(name: str, /, *, options: Annotated[Revoke, Parameter(name="*")]) -> int:
        """End a key. Whatever is open with it is closed within a second.

        Parameters
        ----------
        name
            The key's name, as `prosa key list` shows it.
        """
        from prosa.cli import keys_work as work

        return with_identity(port, lambda identity: work.revoke(identity, options.user, name))
