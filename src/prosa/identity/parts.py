"""All of identity put together, over the parts that it stands on."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.drivers.vault import Keyring
from prosa.identity.accounts import AccountParts, AccountService, Attempts
from prosa.identity.accounts.models import Eraser, Heir
from prosa.identity.api_keys import ApiKeyService
from prosa.identity.authenticator import Authenticator
from prosa.identity.credential_store import CredentialStore
from prosa.identity.importing import CredentialImport, PeopleImport
from prosa.identity.invites import InviteService
from prosa.identity.last_use import LastUse
from prosa.identity.links import LinkParts, LinkService
from prosa.identity.one_time import OneTime, TicketService
from prosa.identity.passwords import Passwords
from prosa.identity.rights import Rights
from prosa.identity.sessions import SessionService
from prosa.identity.settings import IdentitySettings, PeopleSettings
from prosa.identity.stored import StoredCredentials
from prosa.identity.tokens import TokenService
from prosa.kit.clock import Clock

if TYPE_CHECKING:
    from prosa.drivers.mail import Mailer
    from prosa.events import Signals


@dataclass(frozen=True, slots=True)
class Foundation:
    """What identity stands on; one of each in a process. `attempts` is the limiter that sign-ins are counted by."""

    database: Database
    signals: "Signals"
    journal: Journal
    keyring: Keyring
    attempts: Attempts
    clock: Clock
    mailer: "Mailer | None" = None
    heirs: Sequence[Heir] = field(default=())
    erasers: Sequence[Eraser] = field(default=())


@dataclass(slots=True)
class IdentityParts:
    """The services by which people and their credentials are managed, and the authenticator that knows them."""

    settings: IdentitySettings
    keyring: Keyring
    rights: Rights
    accounts: AccountService
    invites: InviteService
    sessions: SessionService
    keys: ApiKeyService
    tokens: TokenService
    tickets: TicketService
    stored: StoredCredentials
    authenticator: Authenticator
    passwords: Passwords
    arrivals: PeopleImport
    brought: CredentialImport
    links: LinkService
    mailing: bool = False  # whether mail can be sent

    def adjust(self, people: PeopleSettings) -> None:
        """Go on with these of accounts; the lives of sessions and tokens stay as they were at the start."""
        self.settings = replace(self.settings, people=people)
        self.accounts.adjust(people)
        self.links.adjust(people)

    async def aclose(self) -> None:
        """Give up mails under way, let the hashing threads go."""
        await self.accounts.aclose()


def make_identity(settings: IdentitySettings, on: Foundation) -> IdentityParts:
    """The parts of one process. Nothing is read and no library loaded until the first use."""
    people, clock, database, keyring = settings.people, on.clock, on.database, on.keyring
    rights = Rights(database, on.signals, clock)
    accounts = _account_parts(settings, on, rights)
    tickets = TicketService(database, accounts.one_time)
    tokens = TokenService(database, rights, keyring, people, clock)
    last_use = LastUse(on.journal, keyring, clock)
    stored = StoredCredentials(CredentialStore(database), keyring, tokens, tickets, clock, last_use, people.idle_seconds)
    sessions = SessionService(database, rights, keyring, people, clock)
    return IdentityParts(
        settings=settings,
        keyring=keyring,
        rights=rights,
        accounts=AccountService(accounts),
        invites=accounts.invites,
        sessions=sessions,
        keys=ApiKeyService(database, rights, keyring, clock),
        tokens=tokens,
        tickets=tickets,
        stored=stored,
        authenticator=Authenticator(settings, stored, rights, last_use),
        passwords=accounts.passwords,
        arrivals=PeopleImport(accounts),
        brought=CredentialImport(accounts),
        links=LinkService(LinkParts(database, keyring, sessions, on.attempts, clock), people.sign_in_per_minute),
        mailing=on.mailer is not None,
    )


def _account_parts(settings: IdentitySettings, on: Foundation, rights: Rights) -> AccountParts:
    return AccountParts(
        database=on.database,
        rights=rights,
        keyring=on.keyring,
        passwords=Passwords(),
        one_time=OneTime(on.keyring, on.clock),
        invites=InviteService(on.database, on.clock),
        attempts=on.attempts,
        clock=on.clock,
        settings=settings.people,
        mailer=on.mailer,
        public_url=settings.public_url,
        heirs=on.heirs,
        erasers=on.erasers,
    )
