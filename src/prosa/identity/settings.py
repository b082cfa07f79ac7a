"""What the authenticator is told at start."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ConfiguredKey:
    """A key of the settings; each has a service principal (`name`) that owns what is stored with it."""

    name: str  # "settings-1", …: safe to log
    secret: str = field(repr=False)
    scopes: frozenset[str] = frozenset({"read", "write"})


@dataclass(frozen=True, slots=True)
class IdentitySettings:
    """Keys, who may come without one, and which pages may call."""

    keys: tuple[ConfiguredKey, ...] = ()
    anonymous: frozenset[str] = frozenset()  # dialects open off loopback: "bitaca", "serverless"
    serverless_requires_key: bool = False  # REQUIRE_API_KEY
    origins: frozenset[str] = frozenset()  # ALLOWED_ORIGINS and CORS_ORIGINS, exact, no slash at the end
    public_url: str | None = None  # prosa's own origin, beside the one that a request's Host shows
    trusted_proxies: tuple[str, ...] = ()  # addresses and networks, "cloudflare" for its published ranges
