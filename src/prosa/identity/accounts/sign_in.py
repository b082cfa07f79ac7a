"""Signing in: one way for everybody, which says and shows the same whoever fails (attacks B8 to B11, B18)."""

from typing import Final, NamedTuple

from prosa.drivers.sql import Connection
from prosa.identity.accounts.bars import Bar, Bars
from prosa.identity.accounts.devices import Traces, traces_of, with_cookie
from prosa.identity.accounts.errors import SignInFailed
from prosa.identity.accounts.fields import plain, username_key
from prosa.identity.accounts.models import AccountStatus, LoginKind, SignedIn, SignIn
from prosa.identity.accounts.pace import Pace
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.accounts.rows import LoginRow
from prosa.identity.emails import find_email
from prosa.identity.models import OPERATOR, Reach

MOST_FAILURES: Final = 100  # in a row, from strange places (NIST SP 800-63B-4, 3.2.2)
MOST_OF_DEVICE: Final = 10  # … from a known device, which is a stranger then
_LONGEST_LOGIN: Final = 400


class _Login(NamedTuple):
    """What somebody calls themselves: by which column to look for it, and the key of the bars it meets."""

    by: LoginKind
    text: str
    key: str

    @property
    def who(self) -> str:
        return f"{self.by}:{self.key}"


class _Visit(NamedTuple):
    """One attempt: who is meant (None: nobody), what the device shows, which of that is known, and the bars."""

    row: LoginRow | None
    traces: Traces
    known: str | None
    bars: tuple[Bar, ...]


class SignInDesk:
    """Lets people in."""

    def __init__(self, parts: AccountParts, bars: Bars) -> None:
        self._parts = parts
        self._bars = bars

    async def sign_in(self, asked: SignIn) -> SignedIn:
        """Raises SignInFailed, after a time that tells nothing; TooManySignIns, PasswordsBusy, DatabaseUnavailable at once."""
        pace = Pace(self._parts.clock)
        try:
            return await self._admit(asked, pace)
        except SignInFailed:
            await pace.even_out()
            raise

    async def _admit(self, asked: SignIn, pace: Pace) -> SignedIn:
        visit = await self._meet(asked)
        self._bars.require(visit.bars)
        async with pace.past(self._parts.passwords.turn()) as turn:
            self._bars.require(visit.bars)  # once more: of many who came at once, those before have failed by now
            row = await self._claimed(visit)
            verdict = await turn.verify(row.password_hash if row is not None else None, asked.password)
            if row is None or not verdict.good:
                self._bars.count(visit.bars)
                raise SignInFailed
            fresh = await turn.hash(asked.password) if verdict.upgrade else None
        return await self._let_in(row, asked, fresh)

    async def _meet(self, asked: SignIn) -> _Visit:
        login, traces = _read_login(asked), traces_of(asked.device)
        row, known = None, frozenset[str]()
        async with self._parts.database.reading() as connection:
            if login is not None:
                row = await self._parts.store.login(connection, OPERATOR, *login)
            if row is not None:
                reach = Reach(row.account.id)
                known = await self._parts.devices.known(connection, reach, traces.all, MOST_OF_DEVICE)
        who, address = (login.who if login is not None else f"?:{asked.login[:_LONGEST_LOGIN]}"), asked.device.address
        if traces.cookie in known:
            return _Visit(row, traces, traces.cookie, self._bars.of_known_device(who, str(traces.cookie)))
        if traces.address in known:
            return _Visit(row, traces, traces.address, self._bars.of_known_address(who, address))
        return _Visit(row, traces, None, self._bars.of_stranger(who, address))

    async def _claimed(self, visit: _Visit) -> LoginRow | None:
        """The account whose password is worth looking at; what may become a failure is counted as one before."""
        row = visit.row
        if row is None or row.account.status is not AccountStatus.ACTIVE or row.password_hash is None:
            return None
        reach = Reach(row.account.id)
        async with self._parts.database.writing() as connection:
            if visit.known is not None:
                claimed = await self._parts.devices.claim(connection, reach, visit.known, MOST_OF_DEVICE)
            else:
                claimed = await self._parts.store.claim(connection, reach, row.account.id, MOST_FAILURES)
        return row if claimed else None

    async def _let_in(self, row: LoginRow, asked: SignIn, fresh: str | None) -> SignedIn:
        """Remember the device and the better hash, if the account still is what it was when its password was checked."""
        cookie, traces = with_cookie(asked.device)
        async with self._parts.database.writing() as connection:
            await self._note(connection, row, traces, fresh)
            account = await self._parts.store.get(connection, Reach(row.account.id), row.account.id)
        if account is None or account.status is not AccountStatus.ACTIVE:
            raise SignInFailed
        return SignedIn(account, cookie, row.password_at)

    async def _note(self, connection: Connection, row: LoginRow, traces: Traces, fresh: str | None) -> None:
        reach = Reach(row.account.id)
        values: dict[str, object] = {"failures": 0}
        if fresh is not None:
            values["password_hash"] = fresh
        if not await self._parts.store.set_password(connection, reach, row, values):
            raise SignInFailed  # the password was changed while this one was checked
        await self._parts.devices.remember(connection, reach, traces.all, self._parts.now())


def _read_login(asked: SignIn) -> _Login | None:
    """None for what can't be anybody's."""
    email = find_email(asked.login) if asked.by is not LoginKind.USERNAME else None
    if email is not None:
        return _Login(LoginKind.EMAIL, email.shown, email.key)
    shown = plain(asked.login)
    if asked.by is LoginKind.EMAIL or not shown.isprintable():
        return None
    return _Login(asked.by, shown, username_key(shown))
