"""Who calls: accounts and their credentials, the one authenticator, the client's address, the origins of pages."""

from prosa.identity.accounts import (
    Account,
    AccountChanges,
    AccountNotFound,
    AccountPage,
    AccountQuery,
    AccountService,
    AccountStatus,
    Attempts,
    EditConflict,
    EmailTaken,
    InvalidField,
    LastAdmin,
    LoginKind,
    NewAccount,
    Profile,
    ProfileChanges,
    Registration,
    RegistrationClosed,
    SetupCodeInvalid,
    SignedIn,
    SignIn,
    SignInFailed,
    TooManySignIns,
    UsernameTaken,
    WrongPassword,
    name_database,
)
from prosa.identity.accounts.models import LANGUAGES
from prosa.identity.addresses import FORWARDING, TrustedProxies, bucket_of, is_loopback, parse_address
from prosa.identity.api_keys import ApiKey, ApiKeyService, KeyChanges, KeyQuery, KeyStatus, NewKey
from prosa.identity.authenticator import Authenticator
from prosa.identity.emails import InvalidEmail
from prosa.identity.errors import (
    CredentialEnded,
    ForeignOrigin,
    ForgedRequest,
    MissingKey,
    PermissionDenied,
    TwoCredentials,
    UnknownKey,
    UnknownKeyForbidden,
)
from prosa.identity.invites import Invite, InviteNotFound, InviteQuery, InviteService, InviteStatus, NewInvite
from prosa.identity.models import OPERATOR, Caller, CallerKind, Device, Door, OriginKind, Reach, Signs
from prosa.identity.one_time import TicketService
from prosa.identity.one_time.tickets import SECONDS as TICKET_SECONDS
from prosa.identity.origins import Origins
from prosa.identity.parts import Foundation, IdentityParts, make_identity
from prosa.identity.passwords import LONGEST as LONGEST_PASSWORD
from prosa.identity.passwords import RECOMMENDED as RECOMMENDED_PASSWORD
from prosa.identity.passwords import SHORTEST as SHORTEST_PASSWORD
from prosa.identity.permissions import OF_ROLE, Permission, Role, Scope
from prosa.identity.rights import TOPIC as RIGHTS_TOPIC
from prosa.identity.rights import Rights
from prosa.identity.sessions import Session, SessionQuery, SessionService
from prosa.identity.settings import ConfiguredKey, IdentitySettings, PeopleSettings, RegistrationMode
from prosa.identity.tokens import Dialect as TokenDialect
from prosa.identity.tokens import TokenExpired, TokenInvalid, TokenPair
from prosa.identity.upkeep import PeopleAftercare, PeopleChecks, secret_columns

__all__ = [
    "FORWARDING",
    "LANGUAGES",
    "LONGEST_PASSWORD",
    "OF_ROLE",
    "OPERATOR",
    "RECOMMENDED_PASSWORD",
    "RIGHTS_TOPIC",
    "SHORTEST_PASSWORD",
    "TICKET_SECONDS",
    "Account",
    "AccountChanges",
    "AccountNotFound",
    "AccountPage",
    "AccountQuery",
    "AccountService",
    "AccountStatus",
    "ApiKey",
    "ApiKeyService",
    "Attempts",
    "Authenticator",
    "Caller",
    "CallerKind",
    "ConfiguredKey",
    "CredentialEnded",
    "Device",
    "Door",
    "EditConflict",
    "EmailTaken",
    "ForeignOrigin",
    "ForgedRequest",
    "Foundation",
    "IdentityParts",
    "IdentitySettings",
    "InvalidEmail",
    "InvalidField",
    "Invite",
    "InviteNotFound",
    "InviteQuery",
    "InviteService",
    "InviteStatus",
    "KeyChanges",
    "KeyQuery",
    "KeyStatus",
    "LastAdmin",
    "LoginKind",
    "MissingKey",
    "NewAccount",
    "NewInvite",
    "NewKey",
    "OriginKind",
    "Origins",
    "PeopleAftercare",
    "PeopleChecks",
    "PeopleSettings",
    "Permission",
    "PermissionDenied",
    "Profile",
    "ProfileChanges",
    "Reach",
    "Registration",
    "RegistrationClosed",
    "RegistrationMode",
    "Rights",
    "Role",
    "Scope",
    "Session",
    "SessionQuery",
    "SessionService",
    "SetupCodeInvalid",
    "SignIn",
    "SignInFailed",
    "SignedIn",
    "Signs",
    "TicketService",
    "TokenDialect",
    "TokenExpired",
    "TokenInvalid",
    "TokenPair",
    "TooManySignIns",
    "TrustedProxies",
    "TwoCredentials",
    "UnknownKey",
    "UnknownKeyForbidden",
    "UsernameTaken",
    "WrongPassword",
    "bucket_of",
    "is_loopback",
    "make_identity",
    "name_database",
    "parse_address",
    "secret_columns",
]
