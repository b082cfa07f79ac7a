"""A new password for who has lost theirs: by a link that works once, mailed or handed over by an admin (attack B12)."""

from typing import Final, NamedTuple

from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.errors import AccountNotFound
from prosa.identity.accounts.letters import RESET_PAGE, Letters
from prosa.identity.accounts.models import Account, AccountStatus
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.accounts.proof import Proof, about
from prosa.identity.accounts.texts import Letter
from prosa.identity.emails import find_email
from prosa.identity.models import OPERATOR, Device
from prosa.identity.one_time import OneTimeRefused, Purpose
from prosa.identity.passwords import check_new_password

RESET_SECONDS: Final = 3600
ADMIN_RESET_SECONDS: Final = 86_400
_ID: Final = 32  # digits of an account's id


class Link(NamedTuple):
    """A one-time token together with its account, which is known so before the token is used up."""

    account_id: str
    token: str

    @classmethod
    def parse(cls, text: str) -> "Link":
        """The parts of the text that a link carries. Raises OneTimeRefused."""
        account_id, token = text[:_ID], text[_ID:]
        if len(account_id) != _ID or not (text.isascii() and text.isalnum()):
            raise OneTimeRefused
        return cls(account_id, token)

    def __str__(self) -> str:
        return self.account_id + self.token


class Recovery:
    """Gives out reset links and takes them back for a new password."""

    def __init__(self, parts: AccountParts, proof: Proof, letters: Letters, bars: Bars) -> None:
        self._parts = parts
        self._proof = proof
        self._letters = letters
        self._bars = bars

    async def request(self, email: str, device: Device) -> None:
        """See AccountService."""
        self._bars.spend(self._bars.of_reset(device.address))
        address = find_email(email)
        if address is not None and self._letters.possible:
            self._letters.beside(lambda: self._mail(address.key))

    async def issue(self, account_id: str, seconds: int = ADMIN_RESET_SECONDS) -> str:
        """See AccountService."""
        async with self._parts.database.writing() as connection:
            if await self._parts.store.get(connection, OPERATOR, account_id) is None:
                raise AccountNotFound
            token = await self._parts.one_time.issue(connection, Purpose.RESET, account_id, seconds)
        return str(Link(account_id, token))

    async def reset(self, text: str, password: str, device: Device) -> Account:
        """See AccountService."""
        link = Link.parse(text)
        bars = self._bars.of_link(link.account_id, device.address)
        self._bars.require(bars)
        try:
            row = await self._proof.login_of(link.account_id)
        except AccountNotFound:
            raise OneTimeRefused from None
        check_new_password(password, about(row))
        hashed = await self._parts.passwords.hash(password)
        try:
            async with self._parts.rights.changing(link.account_id) as connection:
                redeemed = await self._parts.one_time.redeem(connection, Purpose.RESET, link.token)
                if redeemed.account_id != link.account_id:
                    raise OneTimeRefused
                await self._proof.set_password(connection, row, hashed)
        except OneTimeRefused:
            self._bars.count(bars)
            raise
        self._letters.password_changed(row.account)
        return row.account

    async def _mail(self, email_key: str) -> None:
        link = self._letters.link(RESET_PAGE, "")  # before a token is made that nobody could get
        async with self._parts.database.reading() as connection:
            account = await self._parts.store.by_email(connection, OPERATOR, email_key)
        if account is None or account.status is not AccountStatus.ACTIVE:
            return
        token = await self.issue(account.id, RESET_SECONDS)
        await self._letters.send(Letter.RESET, account, account.email, {"link": link + token})
