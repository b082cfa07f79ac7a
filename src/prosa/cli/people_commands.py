"""`prosa user …`: people, added and changed beside a running server; what is changed counts everywhere within a second."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import PEOPLE, examples, with_identity
from prosa.cli.port import BootPort

FROM_INPUT = Parameter(help="Read the password from standard input; without it you are asked at the terminal.", negative="")


@dataclass(frozen=True, slots=True)
class Add:
    """Options of `user add`."""

    username: Annotated[str | None, Parameter(help="Name for signing in beside the e-mail address.")] = None
    name: Annotated[str | None, Parameter(help="The person's name; by default what stands before the @.")] = None
    role: Annotated[str, Parameter(help="user, analyst or admin.")] = "user"
    password_stdin: Annotated[bool, FROM_INPUT] = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Options of `user list`."""

    search: Annotated[str | None, Parameter(help="Only who has this in name, e-mail address or username.")] = None
    role: Annotated[str | None, Parameter(help="Only these: user, analyst or admin.")] = None
    status: Annotated[str | None, Parameter(help="Only these: active or suspended.")] = None
    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Options of `user reset`."""

    password_stdin: Annotated[bool, Parameter(help="Set the password that comes by standard input.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Delete:
    """Options of `user delete`."""

    yes: Annotated[bool, Parameter(help="Don't ask.", negative="")] = False


def people(app: App, port: BootPort) -> None:
    """Put `prosa user` into the program."""
    user = App(
        name="user",
        help="Add, list, suspend, restore and delete people, or let them set a new password. The server may run meanwhile.",
        help_epilogue=examples("user add ana@exemplo.br --role admin", "user list", "user suspend ana@exemplo.br"),
        group=PEOPLE,
    )
    app.command(user)
    _adding(user, port)
    _standing(user, port)
    _leaving(user, port)


def _adding(user: App, port: BootPort) -> None:
    @user.command(
        help_epilogue=examples(
            "user add ana@exemplo.br --role admin",
            "user add ana@exemplo.br --username ana --name 'Ana Lima' --password-stdin < password.txt",
        )
    )
    def add(email: str, /, *, options: Annotated[Add, Parameter(name="*")] = Add()) -> int:
        """Add a person.

        Parameters
        ----------
        email
            The e-mail address of the new account.
        """
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.add(identity, email, options))

    @user.command(name="list", help_epilogue=examples("user list", "user list --role admin", "user list --json"))
    def listing(*, options: Annotated[Listing, Parameter(name="*")] = Listing()) -> int:
        """List the people, newest last."""
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.listing(identity, options))


def _standing(user: App, port: BootPort) -> None:
    @user.command(help_epilogue=examples("user suspend ana@exemplo.br"))
    def suspend(email: str, /) -> int:
        """Shut a person out, with all keys and open sessions, until `prosa user restore`. Nothing of theirs is lost.

        Parameters
        ----------
        email
            The e-mail address of the account.
        """
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.suspend(identity, email))

    @user.command(help_epilogue=examples("user restore ana@exemplo.br"))
    def restore(email: str, /) -> int:
        """Let a suspended person in again.

        Parameters
        ----------
        email
            The e-mail address of the account.
        """
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.restore(identity, email))


def _leaving(user: App, port: BootPort) -> None:
    @user.command(
        help_epilogue=examples("user reset ana@exemplo.br", "user reset ana@exemplo.br --password-stdin < password.txt")
    )
    def reset(email: str, /, *, options: Annotated[Reset, Parameter(name="*")] = Reset()) -> int:
        """Print a link by which the person sets a new password, once; or set it here. Then all their sessions end.

        Parameters
        ----------
        email
            The e-mail address of the account.
        """
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.reset(identity, port, email, from_input=options.password_stdin))

    @user.command(help_epilogue=examples("user delete ana@exemplo.br", "user delete ana@exemplo.br --yes"))
    def delete(email: str, /, *, options: Annotated[Delete, Parameter(name="*")] = Delete()) -> int:
        """Delete a person with everything that is theirs. This can't be undone.

        Parameters
        ----------
        email
            The e-mail address of the account.
        """
        from prosa.cli import people_work as work

        return with_identity(port, lambda identity: work.delete(identity, email, asked=not options.yes))
