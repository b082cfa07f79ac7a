"""Which pages may call: the configured origins and prosa's own.

An own origin is believed from the request's Host only where no stranger's DNS can point that name at this machine: an
address or a name of a private top-level domain. Otherwise any page could become "own" by rebinding its name (attacks.md G9).
"""

from collections.abc import Iterable
from functools import lru_cache
from urllib.parse import urlsplit

from prosa.identity.addresses import parse_address
from prosa.identity.models import OriginKind

_PRIVATE_DOMAINS = frozenset({"localhost", "internal", "local", "lan", "test"})  # nobody can register a name below these
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}


class Origins:
    """Judges an `Origin` header: exact matches only, no wildcard."""

    def __init__(self, configured: Iterable[str], public_url: str | None) -> None:
        self._configured = frozenset(_canonical(origin) for origin in configured)
        self._public = _canonical("://".join(urlsplit(public_url)[:2])) if public_url else None
        self._secure_host = (
            self._public.removeprefix("https://") if self._public and self._public.startswith("https://") else None
        )
        self.kind = lru_cache(maxsize=2048)(self._judge)
        self.knows_host = lru_cache(maxsize=2048)(self._judge_host)

    def is_secure_public(self, host: bytes | None) -> bool:
        """Whether this Host is the public URL's, and that is reached by HTTPS: whoever names it came through what serves it."""
        if self._secure_host is None or host is None:
            return False
        return _without_default_port(host.decode("latin-1").lower(), "https") == self._secure_host

    def _judge(self, origin: bytes | None, host: bytes | None) -> OriginKind:
        if origin is None:
            return OriginKind.NONE
        text = _canonical(origin.decode("latin-1"))
        scheme, separator, netloc = text.partition("://")
        if not separator or scheme not in _DEFAULT_PORTS or not netloc or "/" in netloc:
            return OriginKind.FOREIGN
        if text == self._public:
            return OriginKind.OWN
        if host is not None and self.knows_host(host) and netloc == _without_default_port(host.decode("latin-1").lower(), scheme):
            return OriginKind.OWN
        return OriginKind.ALLOWED if text in self._configured else OriginKind.FOREIGN

    def _judge_host(self, host: bytes | None) -> bool:
        """Whether Host is an address or a private name. None (HTTP/1.0) counts as one: no browser leaves it out.

        The public URL's name doesn't count: who uses it comes through a proxy, even one that adds no forwarding header.
        """
        if host is None:
            return True
        text = host.decode("latin-1").lower()
        name = text if text.startswith("[") else text.partition(":")[0]
        if parse_address(name) is not None:
            return True
        name = name.rstrip(".")
        return bool(name) and ("." not in name or name.rpartition(".")[2] in _PRIVATE_DOMAINS or name.endswith(".home.arpa"))


def _canonical(origin: str) -> str:
    """The origin (or the origin of a URL) in lower case, without a path, a slash at the end or the scheme's own port."""
    text = origin.strip().rstrip("/").lower()
    scheme, separator, rest = text.partition("://")
    if not separator:
        return text
    return f"{scheme}://{_without_default_port(rest, scheme)}"


def _without_default_port(netloc: str, scheme: str) -> str:
    return netloc.removesuffix(_DEFAULT_PORTS.get(scheme, "\0"))
