"""What `prosa user …` does. Whoever can run it on this machine is the operator: it reaches every account."""

from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import msgspec

from prosa.cli.asking import agreed, password
from prosa.cli.port import BootPort
from prosa.cli.terminal import complain, say, table
from prosa.identity import OPERATOR, Account, AccountQuery, AccountStatus, IdentityParts, NewAccount, Role
from prosa.kit.errors import BadRequest, NotFound

if TYPE_CHECKING:
    from enum import StrEnum

    from prosa.cli.people_commands import Add, Listing

Choice = TypeVar("Choice", bound="StrEnum")
PAGE = 200


class UnknownChoice(BadRequest):
    """A word of an option is none of those that it knows."""


async def add(identity: IdentityParts, email: str, options: "Add") -> int:
    """Make the account and say under which id."""
    new = NewAccount(
        email=email,
        password=password(options.password_stdin),
        name=options.name or email.partition("@")[0],
        username=options.username,
        role=chosen(Role, "--role", options.role),
    )
    account = await identity.accounts.create(OPERATOR, new)
    say(f"{account.email} is here now, as {account.role} (user_{account.id})")
    return 0


async def listing(identity: IdentityParts, options: "Listing") -> int:
    """Print everybody that the options leave."""
    role = chosen(Role, "--role", options.role) if options.role else None
    status = chosen(AccountStatus, "--status", options.status) if options.status else None
    found = await _everybody(identity, AccountQuery(limit=PAGE, search=options.search, role=role, status=status))
    if options.json:
        say(msgspec.json.format(msgspec.json.encode([_shown(account) for account in found]), indent=2).decode())
    else:
        say(table([_row(account) for account in found], "") or "nobody")
    return 0


async def suspend(identity: IdentityParts, email: str) -> int:
    """Shut a person out."""
    account = await identity.accounts.suspend(OPERATOR, (await named(identity, email)).id)
    say(f"{account.email} is suspended; all that was open with this account is closed")
    return 0


async def restore(identity: IdentityParts, email: str) -> int:
    """Let a person in again."""
    account = await identity.accounts.restore(OPERATOR, (await named(identity, email)).id)
    say(f"{account.email} may sign in again")
    return 0


async def reset(identity: IdentityParts, port: BootPort, email: str, *, from_input: bool) -> int:
    """Print a link for a new password, or set the one that comes by standard input."""
    account = await named(identity, email)
    if not from_input:
        token = await identity.accounts.issue_reset(OPERATOR, account.id)
        say(f"{port.site()}/reset#token={token}")
        complain("hand this link to the person; it is good once, and everybody who has it can use it")
        return 0
    new = password(from_input)
    await identity.accounts.reset(await identity.accounts.issue_reset(OPERATOR, account.id), new)
    say(f"{account.email} has a new password; every session of this account has ended")
    return 0


async def delete(identity: IdentityParts, email: str, *, asked: bool) -> int:
    """Delete a person with everything that is theirs."""
    account = await named(identity, email)
    if asked and not agreed(f"Delete {account.email} ({account.name}) with everything that is theirs? It can't be undone."):
        say("nothing was changed")
        return 1
    await identity.accounts.delete(OPERATOR, account.id)
    say(f"{account.email} is gone")
    return 0


async def named(identity: IdentityParts, email: str) -> Account:
    """The account of this e-mail address. Raises NotFound, which tells the operator in so many words."""
    found = await identity.accounts.by_email(OPERATOR, email)
    if found is None:
        raise NotFound(f"there is no account with the e-mail address {email}; prosa user list shows them")
    return found


def chosen(kind: type[Choice], option: str, word: str) -> Choice:
    """The choice that an option's word names. Raises UnknownChoice."""
    try:
        return kind(word.strip().lower())
    except ValueError:
        raise UnknownChoice(f"{option} {word!r}: expected {', '.join(kind)}") from None


async def _everybody(identity: IdentityParts, query: AccountQuery) -> list[Account]:
    found: list[Account] = []
    while True:
        page = await identity.accounts.list(OPERATOR, query)
        found += page.items
        if page.next is None:
            return found
        query = replace(query, after=page.next)


def _row(account: Account) -> tuple[str, ...]:
    return (account.email, account.username or "-", account.role, account.status, account.name)


def _shown(account: Account) -> dict[str, object]:
    return {
        "id": f"user_{account.id}",
        "email": account.email,
        "username": account.username,
        "name": account.name,
        "role": account.role,
        "status": account.status,
        "created_at": account.created_at,
    }
