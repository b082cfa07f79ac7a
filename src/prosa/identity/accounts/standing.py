"""What an account is and may: its fields, its role, its suspension, its end."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from msgspec import UNSET

from prosa.drivers.sql import Connection
from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.drafts import CONFLICTS, Drafting
from prosa.identity.accounts.errors import AccountNotFound, EditConflict, LastAdmin, NotForYourself
from prosa.identity.accounts.models import Account, AccountChanges, AccountPage, AccountQuery, AccountStatus
from prosa.identity.accounts.parts import LOCK, AccountParts
from prosa.identity.accounts.registration import Registrar
from prosa.identity.emails import find_email
from prosa.identity.models import OPERATOR, Reach
from prosa.identity.permissions import Role

Unique = Mapping[str, Sequence[str]]  # columns that are unique among the living, and the keys of what they shall hold


def require_operator(reach: Reach) -> None:
    """Raises NotForYourself for a reach that is one account's."""
    if reach != OPERATOR:
        raise NotForYourself


class Register:
    """Reads accounts, changes them and takes them away."""

    def __init__(self, parts: AccountParts, drafting: Drafting, registrar: Registrar, bars: Bars) -> None:
        self._parts = parts
        self._drafting = drafting
        self._registrar = registrar
        self._bars = bars

    async def get(self, reach: Reach, account_id: str) -> Account:
        """See AccountService."""
        async with self._parts.database.reading() as connection:
            account = await self._found(connection, reach, account_id)
            sealed = await self._parts.store.sealed_cpf(connection, reach, account_id)
        if sealed is None:
            return account
        return replace(account, profile=replace(account.profile, cpf=await self._drafting.open_cpf(sealed, account_id)))

    async def by_email(self, reach: Reach, email: str) -> Account | None:
        """See AccountService."""
        address = find_email(email)
        if address is None:
            return None
        async with self._parts.database.reading() as connection:
            return await self._parts.store.by_email(connection, reach, address.key)

    async def list(self, reach: Reach, query: AccountQuery) -> AccountPage:
        """See AccountService."""
        async with self._parts.database.reading() as connection:
            found = await self._parts.store.page(connection, reach, replace(query, limit=query.limit + 1))
        items = tuple(found[: query.limit])
        return AccountPage(items, items[-1].number if len(found) > query.limit else None)

    async def change(self, reach: Reach, account_id: str, changes: AccountChanges, if_version: int | None) -> Account:
        """See AccountService."""
        if changes.role is not UNSET:
            require_operator(reach)
        values, unique = await self._drafting.changes(changes, account_id)
        changing = (
            self._parts.database.writing(LOCK) if changes.role is UNSET else self._parts.rights.changing(account_id, lock=LOCK)
        )
        async with changing as connection:
            account = await self._found(connection, reach, account_id)
            if if_version is not None and if_version != account.version:
                raise EditConflict
            await self._require_free(connection, reach, account_id, unique)
            if changes.role is not UNSET and changes.role is not account.role:
                values["role"] = changes.role.value
                await self._change_role(connection, account, changes.role)
            return await self._update(connection, reach, account, values)

    async def _require_free(self, connection: Connection, reach: Reach, account_id: str, unique: Unique) -> None:
        """Raises what tells that somebody else has it; to a person only ever so often, for that says who is here."""
        bars = self._bars.of_taken(account_id) if unique and reach != OPERATOR else ()
        self._bars.require(bars)
        taken = await self._parts.store.taken(connection, unique, account_id)
        for column, conflict in CONFLICTS.items():
            if column in taken:
                self._bars.count(bars)
                raise conflict

    async def suspend(self, account_id: str) -> Account:
        """See AccountService."""
        from prosa.identity.ending_store import end_sessions

        async with self._parts.rights.changing(account_id, lock=LOCK) as connection:
            account = await self._found(connection, OPERATOR, account_id)
            if account.status is AccountStatus.SUSPENDED:
                return account
            await self._require_other_admin(connection, account)
            suspended = await self._update(connection, OPERATOR, account, {"status": AccountStatus.SUSPENDED.value})
            await end_sessions(connection, account_id)
            return suspended

    async def restore(self, account_id: str) -> Account:
        """See AccountService."""
        async with self._parts.rights.changing(account_id, lock=LOCK) as connection:
            account = await self._found(connection, OPERATOR, account_id)
            if account.status is AccountStatus.ACTIVE:
                return account
            return await self._update(connection, OPERATOR, account, {"status": AccountStatus.ACTIVE.value, "failures": 0})

    async def delete(self, reach: Reach, account_id: str) -> None:
        """See AccountService."""
        from prosa.identity.ending_store import end_sessions, revoke_keys

        async with self._parts.rights.changing(account_id, lock=LOCK) as connection:
            account = await self._found(connection, reach, account_id)
            await self._require_other_admin(connection, account)
            # The account's row first, as a sign-in has it: two who take the same rows in turn never wait for each other.
            await self._parts.store.erase(connection, reach, account_id, self._parts.now())
            await end_sessions(connection, account_id)
            await revoke_keys(connection, account_id)
            await self._parts.devices.forget(connection, Reach(account_id))
            await self._parts.invites.forget(connection, account_id)
            for eraser in self._parts.erasers:
                await eraser(connection, account.space)

    async def _change_role(self, connection: Connection, account: Account, role: Role) -> None:
        from prosa.identity.ending_store import end_sessions

        if role is Role.ADMIN:
            await self._registrar.crown(connection, account.id)
        else:
            await self._require_other_admin(connection, account)
        await end_sessions(connection, account.id)

    async def _require_other_admin(self, connection: Connection, account: Account) -> None:
        is_active_admin = account.role is Role.ADMIN and account.status is AccountStatus.ACTIVE
        if is_active_admin and await self._parts.store.active_admins(connection, but=account.id) == 0:
            raise LastAdmin

    async def _found(self, connection: Connection, reach: Reach, account_id: str) -> Account:
        account = await self._parts.store.get(connection, reach, account_id)
        if account is None:
            raise AccountNotFound
        return account

    async def _update(self, connection: Connection, reach: Reach, account: Account, values: dict[str, object]) -> Account:
        if values and not await self._parts.store.update(connection, reach, account, values | {"updated_at": self._parts.now()}):
            raise EditConflict
        return await self._found(connection, reach, account.id)
