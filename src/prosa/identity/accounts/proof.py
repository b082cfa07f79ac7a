"""Showing the password again, and changing it."""

from prosa.drivers.sql import Connection
from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.errors import AccountNotFound, WrongPassword
from prosa.identity.accounts.letters import Letters
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.accounts.rows import LoginRow
from prosa.identity.accounts.sign_in import MOST_FAILURES
from prosa.identity.models import Reach
from prosa.identity.one_time import Purpose
from prosa.identity.passwords import Turn, check_new_password


class Proof:
    """Proves that who is signed in also knows the password; a stolen session alone changes nothing of weight (attack B19)."""

    def __init__(self, parts: AccountParts, letters: Letters, bars: Bars) -> None:
        self._parts = parts
        self._letters = letters
        self._bars = bars

    async def prove(self, account_id: str, password: str) -> LoginRow:
        """See AccountService."""
        row = await self.login_of(account_id)
        async with self._parts.passwords.turn() as turn:
            await self._require(turn, row, password)
        return row

    async def change_password(self, account_id: str, current: str, new: str, keep: str | None) -> None:
        """See AccountService."""
        row = await self.login_of(account_id)
        check_new_password(new, about(row))
        async with self._parts.passwords.turn() as turn:
            await self._require(turn, row, current)
            hashed = await turn.hash(new)
        async with self._parts.rights.changing(account_id) as connection:
            await self.set_password(connection, row, hashed, keep)
        self._letters.password_changed(row.account)

    async def set_password(self, connection: Connection, row: LoginRow, hashed: str, keep: str | None = None) -> None:
        """Put the hash in the place of the one that was read, and end what was signed in with the old one.

        Raises WrongPassword where somebody else changed it meanwhile.
        """
        from prosa.identity.ending_store import end_sessions

        reach, now = Reach(row.account.id), self._parts.now()
        values: dict[str, object] = {"password_hash": hashed, "password_at": now, "failures": 0, "updated_at": now}
        if not await self._parts.store.set_password(connection, reach, row, values):
            raise WrongPassword
        await end_sessions(connection, row.account.id, keep)
        await self._parts.one_time.void(connection, Purpose.RESET, row.account.id)

    async def login_of(self, account_id: str) -> LoginRow:
        """The account with its hash. Raises AccountNotFound."""
        async with self._parts.database.reading() as connection:
            row = await self._parts.store.login_of(connection, Reach(account_id), account_id)
        if row is None:
            raise AccountNotFound
        return row

    async def _require(self, turn: Turn, row: LoginRow, password: str) -> None:
        account_id = row.account.id
        bars = self._bars.of_person(account_id)
        self._bars.require(bars)
        verdict = await turn.verify(row.password_hash, password)
        if not verdict.good:
            self._bars.count(bars)
            await self._fail(account_id)
            raise WrongPassword
        async with self._parts.database.writing() as connection:
            await self._parts.store.set_password(connection, Reach(account_id), row, {"failures": 0})

    async def _fail(self, account_id: str) -> None:
        """Count it; after ever so many in a row, whoever sits at a session of this account has to sign in anew."""
        async with self._parts.database.writing() as connection:
            failures = await self._parts.store.count_failure(connection, Reach(account_id), account_id)
        if failures >= MOST_FAILURES:
            from prosa.identity.ending_store import end_sessions

            async with self._parts.rights.changing(account_id) as connection:
                await end_sessions(connection, account_id)


def about(row: LoginRow) -> tuple[str, ...]:
    """The words that this account's password may not be made of."""
    return (row.account.email, row.account.username or "", row.account.name)
