"""The narrow cookie of M's page: what shows who calls, at the few routes to which that page sends no token.

Its page knows nothing of it (contracts: multiuser, section 3). Only routes that say so look for it, and a token beside it wins.
"""

from typing import Final

import msgspec

from prosa.api.edge.asgi import Header
from prosa.api.edge.exchange import Exchange
from prosa.identity import OriginKind, Signs

PLACES: Final = ("/history", "/conversation")
_SECURE, _PLAIN = "__Secure-prosa-multiuser", "prosa_multiuser"
_OWN_SITE: Final = frozenset({b"same-origin", b"none"})  # none: typed by the person


def page_signs(exchange: Exchange) -> Signs:
    """What the request shows of its caller, this cookie too."""
    cookie = exchange.cookie(_name(exchange))
    return msgspec.structs.replace(exchange.signs, narrow=cookie, own_site=_from_own_site(exchange))


def page_cookies(exchange: Exchange, value: str, seconds: int) -> tuple[Header, ...]:
    """The header fields that give the browser the cookie for this long: one for each place, so that nobody else sees it."""
    secure = "; Secure" if exchange.secure else ""
    told = f"{_name(exchange)}={value}; Path={{}}; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}"
    return tuple((b"set-cookie", told.format(place).encode()) for place in PLACES)


def _name(exchange: Exchange) -> str:
    return _SECURE if exchange.secure else _PLAIN


def _from_own_site(exchange: Exchange) -> bool:
    """Whether no page of another origin sent this: one of this origin names the very host that it asks."""
    if exchange.fields.get(b"sec-fetch-site", b"same-origin") not in _OWN_SITE:
        return False
    page, host = exchange.origin, exchange.fields.get(b"host", b"")
    return page is None or exchange.origin_kind is OriginKind.OWN or page.partition(b"://")[2].lower() == host.lower()
