"""Who may come in."""

from prosa.boot.settings.kinds import KEYS, ORIGINS, PROXIES, SWITCH, TEXT, choices, whole
from prosa.boot.settings.rows import Row, Secret

DEVELOPMENT_ORIGINS = tuple(f"http://localhost:{port}" for port in (3000, 5173, 5174, 8000))

API_KEY = Row(
    "API_KEY",
    "access.api_key",
    KEYS,
    (),
    "A key that callers send (Bearer, `x-api-key`); several are parted by commas.",
    (),
    (),
    Secret.OWN,
)
API_KEYS = Row(
    "API_KEYS",
    "access.api_keys",
    KEYS,
    (),
    "More keys, parted by commas; valid together with `API_KEY`.",
    ("PROSA_API_KEYS",),
    (),
    Secret.OWN,
)
ANONYMOUS = Row(
    "PROSA_ANONYMOUS",
    "access.anonymous",
    choices("bitaca", "serverless"),
    frozenset[str](),
    "Dialects that callers from other machines may use without a key: `bitaca` (also needs `ALLOWED_ORIGINS`), `serverless`.",
)
REQUIRE_API_KEY = Row(
    "REQUIRE_API_KEY", "access.require_api_key", SWITCH, False, "`POST /v1/chat` needs a key, from this machine too."
)
ALLOWED_ORIGINS = Row(
    "ALLOWED_ORIGINS",
    "access.allowed_origins",
    ORIGINS,
    (),
    "Web pages that may call, united with `CORS_ORIGINS`. Unset, in development: localhost on 3000, 5173, 5174 and 8000.",
)
CORS_ORIGINS = Row("CORS_ORIGINS", "access.cors_origins", ORIGINS, (), "The same under another system's name.")
TRUSTED_PROXIES = Row(
    "PROSA_TRUSTED_PROXIES",
    "access.trusted_proxies",
    PROXIES,
    (),
    "Proxies whose word on the caller's address is believed: addresses, networks, `cloudflare`.",
)
SHARING = Row(
    "PROSA_SHARING", "access.sharing", SWITCH, True, "Whether people can share conversations by link with whoever has it."
)
SHARING_DAYS: Row[int | None] = Row(
    "PROSA_SHARING_DAYS",
    "access.sharing_days",
    whole(1, 3650),
    None,
    "Days after which every new link ends by itself. Unset: when its owner revokes it, or said.",
)
METRICS = Row("PROSA_METRICS", "access.metrics", SWITCH, True, "Whether `/metrics` exists.", ("ENABLE_METRICS",))
METRICS_TOKEN: Row[str | None] = Row(
    "PROSA_METRICS_TOKEN",
    "access.metrics_token",
    TEXT,
    None,
    "Opens `/metrics` for scrapers that are neither on this machine nor a trusted address.",
    (),
    (),
    Secret.OWN,
)
