"""A whole installation of system A: its people first, then what they sign in with, then its assistants."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from prosa.assistants.adopting.models import AdoptingGround, Brought, Guest, MovingReport, NoOwner, Owner, Unreadable
from prosa.assistants.adopting.reading import COLUMNS, brought_assistant, is_deleted, wallets
from prosa.assistants.adopting.service import AssistantAdoption
from prosa.drivers.foreign import ForeignRow, ForeignTables, loose_number, opened_tables
from prosa.identity import (
    OPERATOR,
    Account,
    AccountNotFound,
    AccountQuery,
    AccountStatus,
    Arrivals,
    ForeignKey,
    ForeignLink,
    Newcomer,
    Role,
    UnreadablePerson,
    assistant_newcomer,
    foreign_key,
    foreign_link,
)

TOGETHER: Final = 50  # people of one transaction: their hashes take their time before it
REMARKS: Final = 50
_USERS: Final = ("id", "username", "password_hash")
_OF_USERS: Final = ("email", "full_name", "is_admin", "is_active", "created_at", "tipo", "carteira", "last_update")
# Its `api_key` is the key in clear text: it is never read.
_KEYS: Final = ("hashed_key",)
_OF_KEYS: Final = ("key_name", "is_active", "permissions", "created_at", "created_by", "last_used", "expires_at")
_LINKS: Final = ("user_id", "integration_token")
_OF_LINKS: Final = ("platform", "created_at", "last_used", "is_active", "description")
_NOBODY: Final = "there is no administrator here yet; say whose the assistants become: --owner E-MAIL"

T = TypeVar("T")


@dataclass(slots=True)
class _Read:
    """What the file holds."""

    people: list[Newcomer] = field(default_factory=list)
    wallet_of: dict[str, int] = field(default_factory=dict)  # a person's key → the wallet
    wallets: dict[int, list[str]] = field(default_factory=dict)
    keys: list[ForeignKey] = field(default_factory=list)
    links: list[ForeignLink] = field(default_factory=list)
    assistants: list[Brought] = field(default_factory=list)


class AssistantInstallation:
    """One import. What was written when it is cut off stays, and the next run goes on."""

    def __init__(self, on: AdoptingGround, how: Arrivals, owner: str | None = None) -> None:
        """`owner`: the e-mail address of who gets the assistants; None: the first administrator."""
        self._on = on
        self._how = how
        self._wanted = owner
        self.report = MovingReport(how.dry_run)

    async def take(self, file: Path) -> MovingReport:
        """Everything in A's database. Raises ForeignFile, NoOwner, DatabaseUnavailable."""
        with opened_tables(file) as tables:
            read = self._read(tables)
        await self._require_owner(read.people)
        identity, how = self._on.identity, self._how
        salt = await identity.arrivals.salt(dry_run=how.dry_run)
        accounts = await self._arrive(read.people, salt)
        owner = await self._owner(read.people, accounts)
        self.report.owner = owner.email
        self.report.keys = await identity.brought.keys(read.keys, accounts, salt, dry_run=how.dry_run)
        self.report.links = await identity.brought.links(read.links, accounts, salt, dry_run=how.dry_run)
        guests = await self._guests(read, accounts)
        await AssistantAdoption(self._on, owner, salt, self.report).take(read.assistants, guests)
        return self.report

    def _read(self, tables: ForeignTables) -> _Read:
        users = tables.columns("users", _USERS, _OF_USERS)
        assistants = tables.columns("assistants", ("id",), COLUMNS[1:])
        read = _Read(wallets=wallets(tables))
        for row in tables.rows("users", users):
            for newcomer in self._made("user", assistant_newcomer, row):
                read.people.append(newcomer)
                wallet = loose_number(row.get("carteira"))
                if wallet:
                    read.wallet_of[newcomer.key] = wallet
        for row in _rows(tables, "api_keys", _KEYS, _OF_KEYS):
            read.keys.extend(self._made("API key", foreign_key, row))
        for row in _rows(tables, "user_integration_tokens", _LINKS, _OF_LINKS):
            read.links.extend(self._made("integration token", foreign_link, row))
        for row in tables.rows("assistants", assistants):
            if is_deleted(row):
                self.report.deleted += 1
            else:
                read.assistants.extend(self._made("assistant", brought_assistant, row))
        return read

    def _made(self, what: str, make: Callable[[ForeignRow], T], row: ForeignRow) -> Iterator[T]:
        try:
            yield make(row)
        except (Unreadable, UnreadablePerson) as error:
            self.report.unreadable += 1
            if len(self.report.reasons) < REMARKS:
                self.report.reasons.append(f"{what}: {error}")

    async def _arrive(self, people: Sequence[Newcomer], salt: str) -> dict[str, str | None]:
        accounts: dict[str, str | None] = {}
        for start in range(0, len(people), TOGETHER):
            some = people[start : start + TOGETHER]
            outcomes = await self._on.identity.arrivals.take(some, salt, self._how)
            for newcomer, outcome in zip(some, outcomes, strict=True):
                accounts[outcome.key] = outcome.account_id
                self.report.people[outcome.arrival] += 1
                self.report.changed += [f"{newcomer.username} ({newcomer.email}): {note}" for note in outcome.notes]
        return accounts

    async def _require_owner(self, people: Sequence[Newcomer]) -> None:
        """Before anything is written. Raises NoOwner."""
        if await self._account() is None and self._among(people) is None:
            raise NoOwner(_NOBODY if self._wanted is None else _unknown(self._wanted))

    async def _owner(self, people: Sequence[Newcomer], accounts: Mapping[str, str | None]) -> Owner:
        account = await self._account()
        if account is not None:
            return Owner(account.space, account.email)
        newcomer = self._among(people)
        if newcomer is None or not self._how.dry_run or accounts.get(newcomer.key) is None:
            raise NoOwner(_NOBODY if self._wanted is None else _unknown(self._wanted))
        return Owner("", newcomer.email)

    async def _account(self) -> Account | None:
        """Who is here already to own them."""
        accounts = self._on.identity.accounts
        if self._wanted is not None:
            return await accounts.by_email(OPERATOR, self._wanted)
        query = AccountQuery(limit=1, role=Role.ADMIN, status=AccountStatus.ACTIVE)
        return next(iter((await accounts.list(OPERATOR, query)).items), None)

    def _among(self, people: Sequence[Newcomer]) -> Newcomer | None:
        """Who comes and would own them."""
        if self._wanted is not None:
            return next((one for one in people if one.email.lower() == self._wanted.strip().lower()), None)
        admins = (one for one in people if one.role is Role.ADMIN and not one.suspended)
        return next(admins, None) if self._how.keep_admins else None

    async def _guests(self, read: _Read, accounts: Mapping[str, str | None]) -> dict[str, list[Guest]]:
        """Who may use which assistant, by its id there."""
        guests: dict[str, list[Guest]] = {}
        for newcomer in read.people:
            account_id, wallet = accounts.get(newcomer.key), read.wallet_of.get(newcomer.key)
            if account_id is None or wallet is None:
                continue
            guest = Guest(account_id, await self._email(account_id) or newcomer.email)
            for id in dict.fromkeys(read.wallets.get(wallet, ())):
                if guest not in (those := guests.setdefault(id, [])):
                    those.append(guest)
        return guests

    async def _email(self, account_id: str) -> str | None:
        try:
            return (await self._on.identity.accounts.get(OPERATOR, account_id)).email
        except AccountNotFound:
            return None  # in a dry run: they aren't here yet


def _rows(tables: ForeignTables, table: str, needed: tuple[str, ...], optional: tuple[str, ...]) -> Iterator[ForeignRow]:
    """The rows of a table that older installations don't have."""
    if tables.has(table):
        yield from tables.rows(table, tables.columns(table, needed, optional))


def _unknown(email: str) -> str:
    return f"--owner {email!r}: nobody has this address, here or in the file; prosa user list shows who is here"
