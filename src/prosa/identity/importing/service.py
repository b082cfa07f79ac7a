"""Taking people over from another installation: ids, password hashes and numbers stay, and a second run adds nobody twice."""

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from typing import Final

from prosa.drivers.sql import Connection
from prosa.identity.accounts.drafts import Draft, Drafting
from prosa.identity.accounts.models import LOCAL, AccountStatus, NewAccount
from prosa.identity.accounts.noted_store import noted
from prosa.identity.accounts.parts import LOCK, AccountParts
from prosa.identity.emails import InvalidEmail
from prosa.identity.importing.judging import keeps_password, sound, without_cpf
from prosa.identity.importing.models import Arrival, Arrivals, Newcomer, Outcome
from prosa.identity.models import OPERATOR
from prosa.identity.permissions import Role
from prosa.kit.ids import derived_id, new_text

_SALT: Final = "import_salt"  # as the installation notes it
_DIGITS: Final = 43


@dataclass(slots=True)
class _Judged:
    newcomer: Newcomer
    wanted: NewAccount
    draft: Draft | None  # None: no account can be made of it
    notes: list[str]


class PeopleImport:
    """Makes accounts of newcomers, a batch in a transaction."""

    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts
        self._drafting = Drafting(parts.keyring)
        self._seen: set[str] = set()  # of a dry run, which writes nobody: who would be there already

    async def salt(self, *, dry_run: bool = False) -> str:
        """What ids are made of where the other system's don't fit: the same in every run, and nobody can guess it."""
        if dry_run:
            await self._parts.database.open()
            return await noted(self._parts.database, _SALT) or new_text(_DIGITS)
        async with self._parts.database.writing(LOCK) as connection:
            return await self._parts.store.noted(connection, _SALT, new_text(_DIGITS))

    async def take(self, newcomers: Sequence[Newcomer], salt: str, how: Arrivals) -> list[Outcome]:
        """What becomes of each. Raises DatabaseUnavailable; nobody of the batch came then."""
        judged = [await self._judge(newcomer, salt) for newcomer in newcomers]
        if not judged:
            return []
        if not how.dry_run:
            await self._wrap(judged)
        async with self._looking(judged, how) as connection:
            outcomes = [await self._arrive(connection, one, how) for one in judged]
            if not how.dry_run and any(newcomer.number is not None for newcomer in newcomers):
                from prosa.identity.importing import store

                await store.number_on(connection)
        return outcomes

    async def _wrap(self, judged: Sequence[_Judged]) -> None:
        """Put a slow hash around the quick ones of those who aren't here yet; before the transaction, for it takes its time."""
        from prosa.identity.importing import store

        for one in judged:
            digest = one.newcomer.sha256
            if digest is None or one.draft is None or not keeps_password(one.newcomer):
                continue
            async with self._parts.database.reading() as connection:
                if await store.standing(connection, one.draft.id) is not None:
                    continue
            async with self._parts.passwords.turn() as turn:
                one.wanted = replace(one.wanted, password_hash=await turn.wrap(digest))

    def _looking(self, judged: Sequence[_Judged], how: Arrivals) -> AbstractAsyncContextManager[Connection]:
        if how.dry_run:
            return self._parts.database.reading()
        first = next((one.draft.id for one in judged if one.draft is not None), None)
        return self._parts.rights.changing(first, lock=LOCK)

    async def _judge(self, newcomer: Newcomer, salt: str) -> _Judged:
        wanted, notes = sound(newcomer)
        account_id = newcomer.id or derived_id(salt, "account", newcomer.key, newcomer.username or "", newcomer.email)
        try:
            return _Judged(newcomer, wanted, await self._drafting.new(wanted, account_id), notes)
        except InvalidEmail:
            return _Judged(newcomer, wanted, None, ["the e-mail address can't be one here"])

    async def _arrive(self, connection: Connection, one: _Judged, how: Arrivals) -> Outcome:
        newcomer, draft = one.newcomer, one.draft
        if draft is None:
            return Outcome(newcomer.key, Arrival.REFUSED, None, tuple(one.notes))
        there = await self._there(connection, newcomer, draft, how)
        if there is not None:
            return there
        if "cpf_key" in await self._parts.store.taken(connection, draft.unique):
            one.notes.append("another account has this CPF: it was left out")
            draft = await self._drafting.new(without_cpf(one.wanted), draft.id)
        values = await self._values(connection, one, draft, how)
        if how.dry_run:
            self._seen |= {draft.email.key, f"@{draft.username.shown}" if draft.username is not None else draft.id}
        else:
            await self._add(connection, values)
        return Outcome(newcomer.key, Arrival.ADDED, draft.id, tuple(one.notes))

    async def _there(self, connection: Connection, newcomer: Newcomer, draft: Draft, how: Arrivals) -> Outcome | None:
        """What is said of who can't be added."""
        from prosa.identity.importing import store

        standing = await store.standing(connection, draft.id)
        if standing is AccountStatus.DELETED or draft.id in how.erased:
            return Outcome(newcomer.key, Arrival.ERASED, None, ("was deleted here, and stays so",))
        if standing is not None:
            return Outcome(newcomer.key, Arrival.PRESENT, draft.id)
        other = await self._parts.store.by_email(connection, OPERATOR, draft.email.key)
        if other is not None and how.join:
            return Outcome(newcomer.key, Arrival.JOINED, other.id, (f"is {other.email} here",))
        if other is not None or draft.email.key in self._seen:
            return Outcome(newcomer.key, Arrival.CONFLICT, None, ("an account here has the same e-mail address",))
        name = draft.username.shown if draft.username is not None else None
        taken = name is not None and await self._parts.store.taken(connection, {"username": [name]})
        if taken or f"@{name}" in self._seen:
            return Outcome(newcomer.key, Arrival.CONFLICT, None, ("another account here has the same user name",))
        return None

    async def _values(self, connection: Connection, one: _Judged, draft: Draft, how: Arrivals) -> dict[str, object]:
        """The whole row."""
        from prosa.identity.importing import store

        newcomer, now = one.newcomer, self._parts.now()
        created = newcomer.created_at if newcomer.created_at is not None else now
        values = draft.values | {"failures": 0, "version": 1, "created_at": created, "updated_at": newcomer.updated_at or created}
        if one.wanted.password_hash is not None:
            values |= {"password_hash": one.wanted.password_hash, "password_at": now}
        values |= {"role": self._role(one, how).value, "status": AccountStatus.ACTIVE.value}
        if newcomer.suspended:
            values["status"] = AccountStatus.SUSPENDED.value
            one.notes.append("was deleted there: suspended here")
        if newcomer.number is None:
            return values
        if await store.number_taken(connection, newcomer.number):
            one.notes.append(f"the number {newcomer.number} is taken here: who is signed in there has to sign in again")
            return values
        return values | {"number": newcomer.number}

    def _role(self, one: _Judged, how: Arrivals) -> Role:
        role = one.newcomer.role
        if role is not Role.ADMIN or (how.keep_admins and not one.newcomer.suspended):
            return role
        one.notes.append("was an administrator and is none here (--keep-admins keeps them)")
        return Role.USER

    async def _add(self, connection: Connection, values: dict[str, object]) -> None:
        await self._parts.store.add(connection, values)
        id = str(values["id"])
        if values["role"] == Role.ADMIN.value and await self._parts.store.note_first_admin(connection, id):
            for heir in self._parts.heirs:
                await heir(connection, LOCAL, id)
