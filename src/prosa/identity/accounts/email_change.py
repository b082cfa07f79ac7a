"""Another e-mail address for an account: with the password, and where mail can be sent only once the address has answered."""

from typing import Final

from prosa.drivers.sql import Connection
from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.errors import AccountNotFound, EditConflict, EmailTaken
from prosa.identity.accounts.letters import EMAIL_PAGE, Letters
from prosa.identity.accounts.models import Account, EmailChange
from prosa.identity.accounts.parts import LOCK, AccountParts
from prosa.identity.accounts.proof import Proof
from prosa.identity.accounts.recovery import Link
from prosa.identity.accounts.texts import Letter
from prosa.identity.emails import EmailAddress, parse_email
from prosa.identity.models import Reach
from prosa.identity.one_time import OneTimeRefused, Purpose

EMAIL_SECONDS: Final = 86_400


class EmailChanges:
    """Changes addresses."""

    def __init__(self, parts: AccountParts, proof: Proof, letters: Letters, bars: Bars) -> None:
        self._parts = parts
        self._proof = proof
        self._letters = letters
        self._bars = bars

    async def request(self, account_id: str, password: str, email: str) -> EmailChange:
        """See AccountService."""
        address = parse_email(email)
        if not self._letters.possible:
            await self._proof.prove(account_id, password)
            account = await self._apply(account_id, address)
            return EmailChange(account.email, confirmed=True)
        link = self._letters.link(EMAIL_PAGE, "")
        row = await self._proof.prove(account_id, password)
        self._letters.beside(lambda: self._mail(row.account, address, link))
        return EmailChange(address.shown, confirmed=False)

    async def confirm(self, text: str) -> Account:
        """See AccountService."""
        link = Link.parse(text)
        try:
            await self._proof.login_of(link.account_id)  # so that only who knows an account's id makes the database write
        except AccountNotFound:
            raise OneTimeRefused from None
        async with self._parts.database.writing(LOCK) as connection:
            redeemed = await self._parts.one_time.redeem(connection, Purpose.EMAIL, link.token)
            if redeemed.account_id != link.account_id or redeemed.detail is None:
                raise OneTimeRefused
            old, account = await self._move(connection, link.account_id, parse_email(redeemed.detail))
        self._letters.email_changed(account, old.email)
        return account

    async def _apply(self, account_id: str, address: EmailAddress) -> Account:
        bars = self._bars.of_taken(account_id)
        self._bars.require(bars)
        try:
            async with self._parts.database.writing(LOCK) as connection:
                _, account = await self._move(connection, account_id, address)
        except EmailTaken:
            self._bars.count(bars)
            raise
        return account

    async def _move(self, connection: Connection, account_id: str, address: EmailAddress) -> tuple[Account, Account]:
        reach = Reach(account_id)
        old = await self._parts.store.get(connection, reach, account_id)
        if old is None:
            raise AccountNotFound
        if await self._parts.store.taken(connection, {"email_key": [address.key]}, account_id):
            raise EmailTaken
        values = {"email": address.shown, "email_key": address.key, "updated_at": self._parts.now()}
        if not await self._parts.store.update(connection, reach, old, values):
            raise EditConflict
        for purpose in (Purpose.RESET, Purpose.EMAIL):  # what was mailed to the old address, or for another one, is worth nothing
            await self._parts.one_time.void(connection, purpose, account_id)
        account = await self._parts.store.get(connection, reach, account_id)
        assert account is not None
        return old, account

    async def _mail(self, account: Account, address: EmailAddress, link: str) -> None:
        """A token to the new address, unless it is somebody's already: that, only its owner may learn."""
        async with self._parts.database.writing() as connection:
            if await self._parts.store.taken(connection, {"email_key": [address.key]}, account.id):
                return
            detail = address.shown
            token = await self._parts.one_time.issue(connection, Purpose.EMAIL, account.id, EMAIL_SECONDS, detail)
        facts = {"email": address.shown, "link": link + str(Link(account.id, token))}
        await self._letters.send(Letter.EMAIL, account, address.shown, facts)
