"""What the authenticator, accounts and credentials are told at start."""

from dataclasses import dataclass, field
from enum import StrEnum


class RegistrationMode(StrEnum):
    """Who may make an account of their own."""

    OPEN = "open"
    INVITE = "invite"
    DOMAIN = "domain"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class ConfiguredKey:
    """A key of the settings; each has a service principal (`name`) that owns what is stored with it."""

    name: str  # "settings-1", …: safe to log
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class PeopleSettings:
    """Accounts, sessions and tokens. Times in seconds."""

    registration: RegistrationMode = RegistrationMode.OPEN  # PROSA_REGISTRATION
    domains: frozenset[str] = frozenset()  # of `domain:…`, lower case, IDNA
    setup_code: str | None = field(default=None, repr=False)  # PROSA_SETUP_CODE
    sign_in_per_minute: int = 5  # PROSA_SIGNIN_PER_MINUTE: failed sign-ins of one account from one address; 0: no limit
    access_seconds: int = 86_400  # JWT_ACCESS_TOKEN_EXPIRES
    refresh_seconds: int = 604_800  # JWT_REFRESH_TOKEN_EXPIRES
    multiuser_seconds: int = 86_400  # MULTIUSER_TOKEN_MINUTES
    session_seconds: int = 30 * 86_400  # PROSA_SESSION_DAYS: a session ends this long after its sign-in
    idle_seconds: int = 14 * 86_400  # … or this long after its last use
    insecure_cookies: bool = False  # PROSA_INSECURE_COOKIES: cookies over plain HTTP from other machines too
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)  # JWT_SECRET_KEY, SECRET_KEY, FLASK_SECRET_KEY as set
    production: bool = False


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Keys, who may come without one, and which pages may call."""

    keys: tuple[ConfiguredKey, ...] = ()
    anonymous: frozenset[str] = frozenset()  # dialects open off loopback: "bitaca", "serverless"
    serverless_requires_key: bool = False  # REQUIRE_API_KEY
    origins: frozenset[str] = frozenset()  # ALLOWED_ORIGINS and CORS_ORIGINS, exact, no slash at the end
    public_url: str | None = None  # prosa's own origin, beside the one that a request's Host shows
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks, "cloudflare" for its published ranges
    people: PeopleSettings = field(default_factory=PeopleSettings)
