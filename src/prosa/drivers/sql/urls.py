"""A database's address as an operator writes it (PROSA_DATABASE_URL), and what PostgreSQL's driver makes of it.

The forms are libpq's (PostgreSQL's manual, "Connection URIs"). No message repeats a part of the address: any may be a password.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, parse_qsl, unquote, urlencode, urlsplit

from prosa.drivers.sql.address import DatabaseAddress

NAME: Final = "prosa.db"
EXPECTED: Final = "expected postgresql://user:password@host:port/database, or sqlite:////folder/file.db"
CONNECT_SECONDS: Final = 10.0

_TLS: Final = frozenset(
    {"sslmode", "sslrootcert", "sslcert", "sslkey", "sslpassword", "sslcrl", "sslnegotiation"}
    | {"ssl_min_protocol_version", "ssl_max_protocol_version"}
)
_PLACE: Final = frozenset({"host", "port", "user", "password", "passfile", "dbname", "database"})
_SESSION: Final = frozenset(
    {"application_name", "options", "search_path", "statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"}
)
# What libpq knows, and the driver does in its own way or not at all: an address that names it is still good.
_WITHOUT_EFFECT: Final = frozenset(
    {"keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "client_encoding"}
    | {"fallback_application_name", "channel_binding", "gssencmode", "sslsni", "sslcompression"}
)
_OTHERS: Final = frozenset({"ssl", "connect_timeout", "target_session_attrs"})
_KNOWN: Final = _TLS | _PLACE | _SESSION | _WITHOUT_EFFECT | _OTHERS
_SSL_WORDS: Final = {"true": "require", "1": "require", "false": "disable", "0": "disable"}


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where a PostgreSQL server listens, in the driver's words.

    `place`: host, port, user, password, database, as far as they are named. `tls`: a `postgresql://?sslmode=…` for the driver
    to read, None for the system's own authorities and a full check. `settings`: of each session.
    """

    place: dict[str, str | int] = field(repr=False)
    tls: str | None = field(repr=False)
    settings: dict[str, str]
    connect_seconds: float
    session_attributes: str | None


def parse_database(url: str | None, data_dir: Path) -> DatabaseAddress:
    """The address that `url` writes, or `prosa.db` in the data folder for none. Raises ValueError with what was expected."""
    if not url:
        return DatabaseAddress(path=data_dir / NAME)
    kind = url.partition("://")[0].partition("+")[0].lower()
    if kind == "sqlite":
        return DatabaseAddress(path=_file(url))
    if kind in {"postgresql", "postgres"}:
        server_address(url)
        return DatabaseAddress(url=url)
    raise ValueError(EXPECTED)


def _file(url: str) -> Path:
    """Three slashes begin a path from the folder where prosa was started, four an absolute one."""
    rest = url.partition("://")[2]
    path = unquote(rest.removeprefix("/"))
    if not rest.startswith("/") or not path or path.startswith(":") or "?" in rest or "\0" in path:
        raise ValueError("expected a file: sqlite:////folder/file.db")
    return Path(path)


def server_address(url: str) -> ServerAddress:
    """What the driver is told of a PostgreSQL address. Raises ValueError with what was expected."""
    parts = _split(url)
    options = _options(parts.query)
    if any("," in options.get(name, "") for name in ("host", "port")) or "," in parts.netloc.rpartition("@")[2]:
        raise ValueError("expected one host: of servers that stand in for one another, name the address that is always right")
    timeout = options.get("connect_timeout", "")
    if timeout and not timeout.isdecimal():
        raise ValueError("connect_timeout: expected whole seconds")
    attributes = options.get("target_session_attrs")
    return ServerAddress(
        place=_place(parts, options),
        tls=_tls(options),
        settings={"application_name": "prosa"} | {name: options[name] for name in _SESSION if name in options},
        connect_seconds=float(timeout) if timeout.strip("0") else CONNECT_SECONDS,
        session_attributes=None if attributes == "any" else attributes,
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit("postgresql://" + url.partition("://")[2])
        _ = parts.port
    except ValueError:
        raise ValueError(f"{EXPECTED}; '/', '@', ':', '#' and '?' in a password are written %2F, %40, %3A, %23, %3F") from None
    if parts.fragment or parts.path.count("/") > 1:
        raise ValueError(f"{EXPECTED}; '/' and '#' in a password are written %2F and %23")
    if any(ord(letter) < 32 for letter in unquote(url)):
        raise ValueError("expected an address without control characters")
    return parts


def _options(query: str) -> dict[str, str]:
    try:
        found = dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}
    except ValueError:
        raise ValueError("expected name=value after '?', several joined by '&'") from None
    if not _KNOWN.issuperset(found):
        raise ValueError(f"an option after '?' isn't one of {', '.join(sorted(_KNOWN - _WITHOUT_EFFECT))}")
    if found.get("gssencmode") == "require":
        raise ValueError("gssencmode=require: GSSAPI isn't supported; use sslmode=require")
    ssl = found.pop("ssl", None)
    if ssl is not None:
        found.setdefault("sslmode", _SSL_WORDS.get(ssl.lower(), ssl))
    modes = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
    if found.get("sslmode", "prefer") not in modes:
        raise ValueError(f"sslmode: expected one of {', '.join(modes)}")
    return found


def _place(parts: SplitResult, options: dict[str, str]) -> dict[str, str | int]:
    """What the query says goes before what stands at the usual place."""
    port = options.get("port", str(parts.port) if parts.port else "")
    if port and not (port.isdecimal() and 0 < int(port) < 65536):
        raise ValueError("port: expected a number from 1 to 65535")
    named = {
        "host": options.get("host", unquote(parts.hostname or "")),
        "port": int(port) if port else "",
        "user": options.get("user", unquote(parts.username or "")),
        "password": options.get("password", unquote(parts.password or "")),
        "database": options.get("dbname", options.get("database", unquote(parts.path.lstrip("/")))),
        "passfile": options.get("passfile", ""),
    }
    return {name: value for name, value in named.items() if value}


def _tls(options: dict[str, str]) -> str | None:
    mode = options.get("sslmode")
    if options.get("sslrootcert") == "system":
        if mode not in {None, "verify-full"}:
            raise ValueError("sslrootcert=system: expected sslmode=verify-full beside it")
        return None
    return f"postgresql://?{urlencode({name: options[name] for name in sorted(_TLS) if name in options})}"
