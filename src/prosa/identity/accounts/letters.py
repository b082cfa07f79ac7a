"""Mails to people, sent beside the request that causes them, so that its time tells nothing of whether one went out."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.errors import MailLinksImpossible
from prosa.identity.accounts.models import Account, AccountStatus
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.accounts.texts import Letter, written
from prosa.identity.emails import parse_email
from prosa.identity.models import OPERATOR
from prosa.kit.errors import ProsaError

if TYPE_CHECKING:
    from prosa.drivers.mail import Mailer

MOST: Final = 200  # mails under way; more are not begun, for somebody is flooding us
RESET_PAGE: Final = "/reset"
EMAIL_PAGE: Final = "/confirm-email"
REGISTER_PAGE: Final = "/register"
LONGEST_GREETED: Final = 60  # characters of a name
_LEADING: Final = re.compile(r"[/:@\\]|\w\.\w")  # an address of anything, or what mail programs make a link of

_logger = logging.getLogger("prosa.identity")


class Letters:
    """Writes to people. Without SMTP it does nothing; a link's host comes of PROSA_PUBLIC_URL alone (attack B12)."""

    def __init__(self, parts: AccountParts, bars: Bars) -> None:
        self._parts = parts
        self._bars = bars
        self._under_way: set[asyncio.Task[None]] = set()

    @property
    def possible(self) -> bool:
        """Whether mail can be sent at all."""
        return self._parts.mailer is not None

    @property
    def linking(self) -> bool:
        """Whether a mail can lead here."""
        return self.possible and self._parts.public_url is not None

    @property
    def place(self) -> str:
        """The address that people know this server by. Raises MailLinksImpossible."""
        if self._parts.public_url is None:
            raise MailLinksImpossible
        return self._parts.public_url.rstrip("/")

    def link(self, page: str, token: str, name: str = "token") -> str:
        """The address of a page with its token, behind a `#`: no server, log or Referer sees it. Raises MailLinksImpossible."""
        return f"{self.place}{page}#{name}={token}"

    def beside(self, work: Callable[[], Awaitable[None]]) -> None:
        """Do this beside the request; what fails is only logged."""
        if len(self._under_way) >= MOST:
            _logger.warning("more mails at once than are sent; one was left out")
            return
        task = asyncio.get_running_loop().create_task(_logged(work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def send(self, letter: Letter, account: Account, to: str, facts: dict[str, str] | None = None) -> None:
        """Send one mail now; at most one a minute goes to an address. Raises MailFailed."""
        await self._send(letter, to, account.language, {"name": called(account), **(facts or {})})

    async def hand_over(self, letter: Letter, to: str, language: str | None, facts: dict[str, str]) -> bool:
        """Send one mail for an admin, who learns whether the mail server has taken it."""
        try:
            return await self._send(letter, to, language, {"place": self.place, **facts})
        except ProsaError as error:
            _logger.warning("a mail was not sent: %s (%s)", error.message, error.code)
            return False

    async def _send(self, letter: Letter, to: str, language: str | None, facts: dict[str, str]) -> bool:
        mailer = self._parts.mailer
        if mailer is None or not self._bars.allows_mail(f"{letter}:{parse_email(to).key}"):
            return False
        text = written(letter, language, facts)
        await _deliver(mailer, to, text.subject, text.body)
        return True

    def already_registered(self, email: str) -> None:
        """Tell the owner of an address that somebody tried to register with it."""
        if self.possible:
            self.beside(lambda: self._tell_owner(email))

    def password_changed(self, account: Account) -> None:
        """Tell that the password is another one now."""
        if self.possible:
            self.beside(lambda: self.send(Letter.PASSWORD_CHANGED, account, account.email))

    def email_changed(self, account: Account, old: str) -> None:
        """Tell the old address that it is the account's no more."""
        if self.possible:
            self.beside(lambda: self.send(Letter.EMAIL_CHANGED, account, old, {"email": account.email}))

    async def settled(self) -> None:
        """Wait until nothing is under way any more."""
        while self._under_way:
            await asyncio.gather(*self._under_way, return_exceptions=True)

    async def aclose(self) -> None:
        """Give up what is under way."""
        for task in self._under_way:
            task.cancel()
        await self.settled()

    async def _tell_owner(self, email: str) -> None:
        async with self._parts.database.reading() as connection:
            account = await self._parts.store.by_email(connection, OPERATOR, parse_email(email).key)
        if account is not None and account.status is AccountStatus.ACTIVE:
            await self.send(Letter.REGISTERED, account, account.email)


def called(account: Account) -> str:
    """How a mail greets a person: by a name that is no message of its own. Anybody may register with a stranger's address and a
    name that leads elsewhere, and have this server mail it."""
    name = account.name
    return name if len(name) <= LONGEST_GREETED and not _LEADING.search(name) else account.email


async def _deliver(mailer: "Mailer", to: str, subject: str, text: str) -> None:
    from prosa.drivers.mail import Mail

    await mailer.send(Mail(to, subject, text))


async def _logged(work: Callable[[], Awaitable[None]]) -> None:
    try:
        await work()
    except ProsaError as error:
        _logger.warning("a mail was not sent: %s (%s)", error.message, error.code)
