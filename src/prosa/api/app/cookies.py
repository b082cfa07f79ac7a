"""The two cookies: a browser's session, and that it signed in here before (attacks.md B20).

Over HTTPS both have the prefix `__Host-`, which browsers accept only for this very host, over HTTPS and for every path. On a
page that the browser itself loads from its own machine they go without it, for there is no network in between. `Exchange.session`
reads the one that belongs to the way in which the browser came.
"""

from enum import Enum
from typing import Final

from fastapi import Response

from prosa.api.app.errors import InsecureConnection
from prosa.api.edge import Exchange
from prosa.identity import Device, ForeignOrigin, OriginKind, parse_address

DEVICE_SECONDS: Final = 365 * 86_400
_LONGEST_AGENT: Final = 1000  # bytes; the feature makes it printable and short


class Way(Enum):
    """How the browser came here; the value is the names of its session's and its device's cookie."""

    HTTPS = ("__Host-prosa", "__Host-prosa-device")
    PLAIN = ("prosa_session", "prosa_device")  # on its own machine, or where the operator allows it

    @property
    def session(self) -> str:
        """The session cookie's name."""
        return self.value[0]

    @property
    def device(self) -> str:
        """The device cookie's name."""
        return self.value[1]


def way_in(exchange: Exchange) -> Way:
    """How a browser that wants cookies came; judged before anything else is.

    Raises ForeignOrigin for another site's page, which must not sign anybody in, InsecureConnection for plain HTTP from
    elsewhere.
    """
    if not _ours(exchange):
        raise ForeignOrigin
    return way_of_link(exchange)


def way_of_link(exchange: Exchange) -> Way:
    """The same for who follows a link, which another site's page may well show. Raises InsecureConnection."""
    if exchange.secure:
        return Way.HTTPS
    if (exchange.origin or b"").startswith(b"https://"):
        raise InsecureConnection  # behind a proxy that nobody told us of: the cookie would go without its protection
    if _stays_on_machine(exchange) or exchange.parts.authenticator.settings.people.insecure_cookies:
        return Way.PLAIN
    raise InsecureConnection


def device_of(exchange: Exchange) -> Device:
    """Where a sign-in comes from."""
    agent = (exchange.header(b"user-agent") or b"")[:_LONGEST_AGENT].decode("utf-8", "replace")
    return Device(exchange.client, agent, exchange.cookie(_way(exchange).device))


def set_session(response: Response, exchange: Exchange, token: str) -> None:
    """Give the browser its session; it forgets it when the server does."""
    way = _way(exchange)
    _set(response, way, way.session, token, exchange.parts.authenticator.settings.people.session_seconds)


def set_device(response: Response, exchange: Exchange, value: str) -> None:
    """Have the browser remember that somebody signed in with it."""
    way = _way(exchange)
    _set(response, way, way.device, value, DEVICE_SECONDS)


def drop_session(response: Response, exchange: Exchange) -> None:
    """Have the browser forget its session."""
    way = _way(exchange)
    _set(response, way, way.session, "", 0)


def _way(exchange: Exchange) -> Way:
    return Way.HTTPS if exchange.secure else Way.PLAIN


def _set(response: Response, way: Way, name: str, value: str, seconds: int) -> None:
    secure = "; Secure" if way is Way.HTTPS else ""
    response.headers.append("set-cookie", f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}")


def _ours(exchange: Exchange) -> bool:
    """Whether no other site's page made the browser send this; programs, which say nothing of the kind, pass."""
    site = exchange.header(b"sec-fetch-site")
    if site is not None:
        return site in (b"same-origin", b"none")
    return exchange.origin_kind in (OriginKind.NONE, OriginKind.OWN)


def _stays_on_machine(exchange: Exchange) -> bool:
    """Whether the page's own address is one of the browser's machine: what goes there crosses no network."""
    page = exchange.origin.partition(b"://")[2] if exchange.origin is not None else exchange.header(b"host")
    name = (page or b"").decode("latin-1").lower()
    name = name if name.startswith("[") else name.partition(":")[0]
    address = parse_address(name)
    if address is not None:
        return address.is_loopback
    return name == "localhost" or name.endswith(".localhost")
