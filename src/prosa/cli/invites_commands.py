"""`prosa invite …`: invitations to register, for `PROSA_REGISTRATION=invite`."""

from dataclasses import dataclass
from typing import Annotated

from cyclopts import App, Parameter

from prosa.cli.frame import PEOPLE, examples, with_identity
from prosa.cli.port import BootPort


@dataclass(frozen=True, slots=True)
class Create:
    """Options of `invite create`."""

    email: Annotated[str | None, Parameter(help="The only e-mail address that may use it; without it anybody's.")] = None
    role: Annotated[str, Parameter(help="What the invited becomes: user, analyst or admin.")] = "user"
    days: Annotated[int, Parameter(help="How long it is good for, in days.")] = 7
    quiet: Annotated[bool, Parameter(help="Print the link and nothing else.", negative="")] = False


@dataclass(frozen=True, slots=True)
class Listing:
    """Options of `invite list`."""

    json: Annotated[bool, Parameter(help="As JSON, for programs.", negative="")] = False


def invites(app: App, port: BootPort) -> None:
    """Put `prosa invite` into the program."""
    invite = App(
        name="invite",
        help="Create, list and revoke invitations to register. The server may run meanwhile.",
        help_epilogue=examples("invite create --email ana@exemplo.br", "invite list"),
        group=PEOPLE,
    )
    app.command(invite)

    @invite.command(help_epilogue=examples("invite create", "invite create --email ana@exemplo.br --role analyst --days 3"))
    def create(*, options: Annotated[Create, Parameter(name="*")] = Create()) -> int:
        """Make an invitation, good once, and show its link. It is shown this once."""
        from prosa.cli import invites_work as work

        return with_identity(port, lambda identity: work.create(identity, port, options))

    @invite.command(name="list", help_epilogue=examples("invite list", "invite list --json"))
    def listing(*, options: Annotated[Listing, Parameter(name="*")] = Listing()) -> int:
        """List the invitations and what became of each."""
        from prosa.cli import invites_work as work

        return with_identity(port, lambda identity: work.listing(identity, json=options.json))

    @invite.command(help_epilogue=examples("invite revoke inv_7b6821146d1743da97c764a12dd4ed93"))
    def revoke(invite_id: str, /) -> int:
        """Take an invitation back that nobody used yet.

        Parameters
        ----------
        invite_id
            Its id, as `prosa invite list` shows it.
        """
        from prosa.cli import invites_work as work

        return with_identity(port, lambda identity: work.revoke(identity, invite_id))
