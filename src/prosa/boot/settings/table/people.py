"""Accounts, sessions and tokens."""

from prosa.boot.settings.kinds import REGISTRATION_MODES, SWITCH, TEXT, number, whole
from prosa.boot.settings.rows import Row, Secret

_YEAR = 31_536_000  # seconds

REGISTRATION: Row[tuple[str, frozenset[str]] | None] = Row(
    "PROSA_REGISTRATION",
    "people.registration",
    REGISTRATION_MODES,
    None,
    "Who may make an account: `open`, `invite`, `domain:site.example,other.example`, `closed`. "
    "Unset: `open` in development, `invite` in production.",
)
SETUP_CODE: Row[str | None] = Row(
    "PROSA_SETUP_CODE",
    "people.setup_code",
    TEXT,
    None,
    "The code with which the first administrator registers. Unset: the server prints one at its first start.",
    (),
    (),
    Secret.OWN,
)
SIGN_INS = Row(
    "PROSA_SIGNIN_PER_MINUTE",
    "people.signin_per_minute",
    whole(0, 1_000_000),
    5,
    "Failed sign-ins a minute of one account from one address; 0 means no limit.",
)
ACCESS = Row(
    "JWT_ACCESS_TOKEN_EXPIRES", "people.access_token_seconds", whole(1, _YEAR), 86_400, "Life of an access token in seconds."
)
ACCESS_HOURS: Row[float | None] = Row(
    "JWT_EXPIRES_IN_HOURS",
    "people.access_token_hours",
    number(0.001, 8760),
    None,
    "The same in hours; `JWT_ACCESS_TOKEN_EXPIRES` wins.",
)
REFRESH = Row(
    "JWT_REFRESH_TOKEN_EXPIRES",
    "people.refresh_token_seconds",
    whole(1, 10 * _YEAR),
    604_800,
    "How long after its sign-in a token can be refreshed, in seconds.",
)
MULTIUSER: Row[int | None] = Row(
    "MULTIUSER_TOKEN_MINUTES",
    "people.multiuser_token_minutes",
    whole(1, _YEAR // 60),
    None,
    "Life of the multi-user dialect's token and cookie in minutes. Unset: that of an access token.",
)
SESSION = Row("PROSA_SESSION_DAYS", "people.session_days", whole(1, 3650), 30, "Days after which a browser has to sign in again.")
INSECURE_COOKIES = Row(
    "PROSA_INSECURE_COOKIES",
    "people.insecure_cookies",
    SWITCH,
    False,
    "Let browsers of other machines sign in over plain HTTP, where everybody on the way can read along.",
)
SIGNING_SECRET: Row[str | None] = Row(
    "JWT_SECRET_KEY",
    "people.signing_secret",
    TEXT,
    None,
    "Signs tokens, from an older installation. Unset: a key derived from the server's secret, which is better.",
    (),
    (),
    Secret.OWN,
)
SECRET_KEY: Row[str | None] = Row(
    "SECRET_KEY",
    "people.secret_key",
    TEXT,
    None,
    "The same under another system's name; of several the first in this order signs, and all verify.",
    (),
    (),
    Secret.OWN,
)
FLASK_SECRET_KEY: Row[str | None] = Row(
    "FLASK_SECRET_KEY", "people.flask_secret_key", TEXT, None, "As `SECRET_KEY`.", (), (), Secret.OWN
)
SIGNING = (SIGNING_SECRET, SECRET_KEY, FLASK_SECRET_KEY)
