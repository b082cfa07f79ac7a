"""An account is a person: what they are called, what they may do, and the password by which they are known."""

from prosa.identity.accounts.bars import Bars
from prosa.identity.accounts.drafts import Drafting
from prosa.identity.accounts.email_change import EmailChanges
from prosa.identity.accounts.letters import REGISTER_PAGE, RESET_PAGE, Letters, called
from prosa.identity.accounts.models import (
    NOWHERE,
    Account,
    AccountChanges,
    AccountPage,
    AccountQuery,
    EmailChange,
    NewAccount,
    Registration,
    SignedIn,
    SignIn,
)
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.accounts.proof import Proof
from prosa.identity.accounts.recovery import Recovery
from prosa.identity.accounts.registration import Registrar
from prosa.identity.accounts.setup import SetUp
from prosa.identity.accounts.sign_in import SignInDesk
from prosa.identity.accounts.standing import Register, require_operator
from prosa.identity.accounts.texts import Letter
from prosa.identity.invites.models import Invite
from prosa.identity.models import Device, Reach
from prosa.identity.settings import PeopleSettings


class AccountService:
    """The verbs of accounts. What isn't the caller's raises AccountNotFound, as what isn't there does.

    All of them raise DatabaseUnavailable too.
    """

    def __init__(self, parts: AccountParts) -> None:
        bars = self._bars = Bars(parts.attempts, parts.settings.sign_in_per_minute)
        self._parts = parts
        self._letters = Letters(parts, bars)
        self._setup = SetUp(parts)
        drafting = Drafting(parts.keyring)
        self._registrar = Registrar(parts, drafting, self._letters, bars, self._setup)
        self._register = Register(parts, drafting, self._registrar, bars)
        self._desk = SignInDesk(parts, bars)
        self._proof = Proof(parts, self._letters, bars)
        self._recovery = Recovery(parts, self._proof, self._letters, bars)
        self._emails = EmailChanges(parts, self._proof, self._letters, bars)

    def adjust(self, settings: PeopleSettings) -> None:
        """Go on with these for whoever registers or signs in from now on."""
        self._parts.settings = settings
        self._bars.adjust(settings.sign_in_per_minute)

    async def setup_needed(self) -> bool:
        """Whether no admin was made here yet."""
        return await self._setup.needed()

    async def setup_code(self) -> str:
        """The code that makes the first admin, as long as `setup_needed`."""
        return await self._setup.code()

    async def register(self, told: Registration, device: Device = NOWHERE) -> Account:
        """An account for who asks for one: an admin with the set-up code, what an invitation says, else a user.

        Raises InvalidEmail, InvalidField, the errors of passwords, TooManySignIns, RegistrationClosed, SetupCodeInvalid,
        InviteInvalid, EmailTaken, UsernameTaken, CpfTaken; nothing is made then.
        """
        return await self._registrar.register(told, device)

    async def register_unseen(self, told: Registration, device: Device = NOWHERE) -> None:
        """The same for a dialect that must not tell which addresses and names exist: those that do end alike, in the same time.

        The owner of such an address is told by mail. Raises what else `register` raises.
        """
        await self._registrar.register_unseen(told, device)

    async def create(self, reach: Reach, new: NewAccount, *, demo: bool = False) -> Account:
        """An account that an operator makes; `demo` allows passwords that nobody should have. The first admin inherits too.

        Raises NotForYourself, InvalidEmail, InvalidField, the errors of passwords, EmailTaken, UsernameTaken, CpfTaken.
        """
        require_operator(reach)
        return await self._registrar.create(new, demo=demo)

    async def get(self, reach: Reach, account_id: str) -> Account:
        """One account, with its CPF where this server's secrets open it. Raises AccountNotFound."""
        return await self._register.get(reach, account_id)

    async def by_email(self, reach: Reach, email: str) -> Account | None:
        """The account with this address, None where there is none within reach."""
        return await self._register.by_email(reach, email)

    async def list(self, reach: Reach, query: AccountQuery | None = None) -> AccountPage:
        """A page of accounts, oldest first, without CPF."""
        return await self._register.list(reach, query or AccountQuery())

    async def change(self, reach: Reach, account_id: str, changes: AccountChanges, if_version: int | None = None) -> Account:
        """Change fields; a role only with an operator's reach, and then every session of the account ends.

        Raises AccountNotFound, EditConflict, InvalidField, UsernameTaken, CpfTaken, TooManySignIns, NotForYourself, LastAdmin.
        """
        return await self._register.change(reach, account_id, changes, if_version)

    async def suspend(self, reach: Reach, account_id: str) -> Account:
        """Shut a person out at once, everything kept. Raises NotForYourself, AccountNotFound, LastAdmin."""
        require_operator(reach)
        return await self._register.suspend(account_id)

    async def restore(self, reach: Reach, account_id: str) -> Account:
        """Let a suspended person in again, and forget failed sign-ins. Raises NotForYourself, AccountNotFound."""
        require_operator(reach)
        return await self._register.restore(account_id)

    async def delete(self, reach: Reach, account_id: str) -> None:
        """Delete a person with everything that is theirs, for good. Raises AccountNotFound, LastAdmin."""
        await self._register.delete(reach, account_id)

    async def prove(self, account_id: str, password: str) -> None:
        """Have a signed-in person show the password again, before something of weight. Raises WrongPassword, TooManySignIns."""
        await self._proof.prove(account_id, password)

    async def change_password(self, account_id: str, current: str, new: str, keep: str | None = None) -> None:
        """Another password; every session but `keep` ends. Raises WrongPassword, TooManySignIns, the errors of passwords."""
        await self._proof.change_password(account_id, current, new, keep)

    async def request_email_change(self, account_id: str, password: str, email: str) -> EmailChange:
        """Another address: mailed a link where SMTP is set (whether it is free, only its owner learns), else changed at once.

        Raises InvalidEmail, WrongPassword, TooManySignIns, MailLinksImpossible, EmailTaken.
        """
        return await self._emails.request(account_id, password, email)

    async def confirm_email(self, token: str) -> Account:
        """Take the address to which this link was mailed. Raises OneTimeRefused, EmailTaken."""
        return await self._emails.confirm(token)

    async def request_reset(self, email: str, device: Device = NOWHERE) -> None:
        """Mail a reset link, if there is such an account and mail can be sent; it never tells. Raises TooManySignIns."""
        await self._recovery.request(email, device)

    async def issue_reset(self, reach: Reach, account_id: str) -> str:
        """A reset link's token for an admin to hand over, good for a day. Raises NotForYourself, AccountNotFound."""
        require_operator(reach)
        return await self._recovery.issue(account_id)

    async def mail_reset(self, reach: Reach, account_id: str, token: str) -> bool:
        """Mail a link of `issue_reset` to its person; whether the mail server took it. Raises NotForYourself, AccountNotFound."""
        require_operator(reach)
        account = await self._register.get(reach, account_id)
        if not self._letters.linking:
            return False
        letter = Letter.NEW_PASSWORD if account.has_password else Letter.WELCOME
        facts = {"name": called(account), "email": account.email, "link": self._letters.link(RESET_PAGE, token)}
        return await self._letters.hand_over(letter, account.email, account.language, facts)

    async def mail_invite(self, invite: Invite, text: str) -> bool:
        """Mail an invitation to the address that it is for; whether there is one, and the mail server took it."""
        if invite.email is None or not self._letters.linking:
            return False
        facts = {"link": self._letters.link(REGISTER_PAGE, text, "invite"), "until": f"{invite.expires_at:%Y-%m-%d}"}
        return await self._letters.hand_over(Letter.INVITE, invite.email, None, facts)

    async def reset(self, token: str, password: str, device: Device = NOWHERE) -> Account:
        """A new password by a reset link; every session ends. Raises OneTimeRefused, TooManySignIns, the errors of passwords."""
        return await self._recovery.reset(token, password, device)

    async def sign_in(self, asked: SignIn) -> SignedIn:
        """Who shows their password. Raises SignInFailed, TooManySignIns, PasswordsBusy."""
        return await self._desk.sign_in(asked)

    async def settled(self) -> None:
        """Wait until every mail under way is sent or given up."""
        await self._letters.settled()

    async def aclose(self) -> None:
        """Give up mails under way and let the threads go."""
        await self._letters.aclose()
        await self._parts.passwords.aclose()
