"""Making accounts: by registering, by invitation, by the set-up code, or by an admin."""

from dataclasses import replace

from prosa.drivers.sql import Connection
from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.drafts import CONFLICTS, Draft, Drafting
from prosa.identity.accounts.errors import EmailTaken, RegistrationClosed, SetupCodeInvalid, UsernameTaken
from prosa.identity.accounts.letters import Letters
from prosa.identity.accounts.models import LOCAL, Account, AccountStatus, NewAccount, Registration
from prosa.identity.accounts.pace import Pace
from prosa.identity.accounts.parts import LOCK, AccountParts
from prosa.identity.accounts.setup import SetUp
from prosa.identity.invites import InviteInvalid
from prosa.identity.models import OPERATOR, Device
from prosa.identity.passwords import check_new_password, require_usable
from prosa.identity.permissions import Role
from prosa.identity.settings import RegistrationMode


class Registrar:
    """Makes accounts. All of them pass one lock, so that none of them is made twice."""

    def __init__(self, parts: AccountParts, drafting: Drafting, letters: Letters, bars: Bars, setup: SetUp) -> None:
        self._parts = parts
        self._drafting = drafting
        self._letters = letters
        self._bars = bars
        self._setup = setup

    async def register(self, told: Registration, device: Device) -> Account:
        """See AccountService."""
        return await self._register(told, device, Pace(self._parts.clock))

    async def _register(self, told: Registration, device: Device, pace: Pace) -> Account:
        self._bars.spend(self._bars.of_registration(device.address))
        draft = await self._drafting.new(told)
        check_new_password(told.password, draft.about)
        await self._require_admission(told, draft)
        async with pace.past(self._parts.passwords.turn()) as turn:
            draft = self._with_password(draft, await turn.hash(told.password))
        async with self._parts.rights.changing(draft.id, lock=LOCK) as connection:
            return await self._admit(connection, told, draft)

    async def register_unseen(self, told: Registration, device: Device) -> None:
        """See AccountService."""
        pace = Pace(self._parts.clock)
        try:
            await self._register(told, device, pace)
        except EmailTaken:
            self._letters.already_registered(told.email)
        except UsernameTaken:
            pass
        await pace.even_out()

    async def create(self, new: NewAccount, *, demo: bool) -> Account:
        """See AccountService."""
        draft = await self._drafting.new(new, new.id)
        if new.password_hash is not None:
            require_usable(new.password_hash)
            draft = self._with_password(draft, new.password_hash)
        elif new.password is not None:
            if not demo:
                check_new_password(new.password, draft.about)
            draft = self._with_password(draft, await self._parts.passwords.hash(new.password))
        async with self._parts.rights.changing(draft.id, lock=LOCK) as connection:
            return await self._add(connection, draft, new.role)

    async def crown(self, connection: Connection, account_id: str) -> None:
        """Note that there is an admin; the first one inherits what callers on this machine stored without an account."""
        if await self._parts.store.note_first_admin(connection, account_id):
            for heir in self._parts.heirs:
                await heir(connection, LOCAL, account_id)

    async def _require_admission(self, told: Registration, draft: Draft) -> None:
        """Turn away early who can't come in, before a password is hashed for it. What counts is judged again by `_admit`."""
        if told.code is not None:
            async with self._parts.database.writing(LOCK) as connection:
                if not await self._setup.accepts(connection, told.code):
                    raise SetupCodeInvalid
        elif not self._is_open_for(told, draft):
            raise RegistrationClosed

    def _is_open_for(self, told: Registration, draft: Draft) -> bool:
        settings = self._parts.settings
        match settings.registration:
            case RegistrationMode.CLOSED:
                return False
            case RegistrationMode.OPEN:
                return True
            case RegistrationMode.DOMAIN:
                return told.invite is not None or draft.email.domain in settings.domains
            case RegistrationMode.INVITE:
                return told.invite is not None

    async def _admit(self, connection: Connection, told: Registration, draft: Draft) -> Account:
        if told.code is not None:
            if not await self._setup.accepts(connection, told.code):
                raise SetupCodeInvalid
            return await self._add(connection, draft, Role.ADMIN)
        if told.invite is None:
            return await self._add(connection, draft, Role.USER)
        invite = await self._parts.invites.redeem(connection, told.invite, draft.email.shown)
        if invite.role is Role.ADMIN and not await self._parts.store.has_first_admin(connection):
            raise InviteInvalid  # the first one comes by the set-up code, or by the command line, alone
        account = await self._add(connection, draft, invite.role)
        await self._parts.invites.name_user(connection, invite, account.id)
        return account

    async def _add(self, connection: Connection, draft: Draft, role: Role) -> Account:
        taken = await self._parts.store.taken(connection, draft.unique)
        for column, conflict in CONFLICTS.items():
            if column in taken:
                raise conflict
        now = self._parts.now()
        standing = {"role": role.value, "status": AccountStatus.ACTIVE.value, "failures": 0, "version": 1}
        await self._parts.store.add(connection, draft.values | standing | {"created_at": now, "updated_at": now})
        if role is Role.ADMIN:
            await self.crown(connection, draft.id)
        account = await self._parts.store.get(connection, OPERATOR, draft.id)
        assert account is not None
        return account

    def _with_password(self, draft: Draft, hashed: str) -> Draft:
        return replace(draft, values=draft.values | {"password_hash": hashed, "password_at": self._parts.now()})
