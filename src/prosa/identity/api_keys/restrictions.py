"""What is written on a key, checked and brought into one form. All raise BadRequest that names the field."""

import ipaddress
import unicodedata
from datetime import datetime
from typing import Final

from prosa.identity.addresses import Network
from prosa.identity.permissions import Scope
from prosa.kit.errors import BadRequest

LONGEST_NAME: Final = 64
LONGEST_MODEL: Final = 200
MOST: Final = 100  # entries of a list
_MAPPED: Final = ipaddress.IPv6Network("::ffff:0:0/96")


def checked_name(name: str) -> str:
    """A name on one line, without spaces around it."""
    name = unicodedata.normalize("NFC", name).strip()
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise BadRequest(f"Expected a name of 1 to {LONGEST_NAME} printable characters.", param="name")
    return name


def checked_scopes(scopes: frozenset[Scope]) -> frozenset[Scope]:
    """At least one scope: a key that may do nothing is a mistake."""
    if not scopes:
        raise BadRequest(f"Expected one or more of {', '.join(Scope)}.", param="scopes")
    return scopes


def checked_models(models: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The only models that the key may name. An empty list could mean all or none, so it is refused."""
    if models is None:
        return None
    names = tuple(dict.fromkeys(model.strip() for model in models))
    good = all(name and len(name) <= LONGEST_MODEL and name.isprintable() for name in names)
    if not names or len(names) > MOST or not good:
        raise BadRequest(f"Expected 1 to {MOST} names of models, or none at all for every model.", param="models")
    return names


def checked_addresses(addresses: tuple[str, ...] | None) -> tuple[str, ...] | None:
    """The only networks that the key is good from, as CIDR. An IPv4 address in IPv6 form becomes what callers are known by."""
    if addresses is None:
        return None
    if not addresses or len(addresses) > MOST:
        raise BadRequest(f"Expected 1 to {MOST} addresses or networks, or none at all for every address.", param="addresses")
    return tuple(dict.fromkeys(str(_network(text)) for text in addresses))


def checked_expiry(expires_at: datetime | None, now: datetime) -> datetime | None:
    """A moment to come, with its zone."""
    if expires_at is None:
        return None
    if expires_at.tzinfo is None or expires_at <= now:
        raise BadRequest("Expected a moment in the future, with its time zone.", param="expires_at")
    return expires_at


def _network(text: str) -> Network:
    try:
        network = _parsed(text.strip())
    except ValueError as error:
        raise BadRequest(
            "Expected addresses or networks such as 192.0.2.7, 192.0.2.0/24 or 2001:db8::/32.", param="addresses"
        ) from error
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        inner = int(network.network_address) & 0xFFFFFFFF
        return ipaddress.IPv4Network((inner, network.prefixlen - 96))
    return network


def _parsed(text: str) -> Network:
    if "%" in text:  # a zone names an interface of one machine; callers are known without it
        raise ValueError(text)
    return ipaddress.ip_network(text, strict=False)
