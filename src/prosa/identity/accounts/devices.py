"""By what a device is known again: the cookie that its first sign-in left, or its address."""

import hashlib
import re
from typing import Final, NamedTuple

from prosa.identity.addresses import bucket_of, is_loopback, parse_address
from prosa.identity.models import Device
from prosa.kit.ids import new_text

_COOKIE: Final = re.compile(r"[0-9A-Za-z]{43}")


class Traces(NamedTuple):
    """What a device shows of itself, as it is stored: digests, None where it shows nothing that tells it from others."""

    cookie: str | None
    address: str | None

    @property
    def all(self) -> tuple[str, ...]:
        """Those that are there, in an order that all writers keep."""
        return tuple(sorted(filter(None, self)))


def traces_of(device: Device) -> Traces:
    """The digests of the device's cookie and address. Loopback says nothing: a proxy may hide everybody there."""
    address: str | None = None
    if parse_address(device.address) is not None and not is_loopback(device.address):
        address = _digest("address", bucket_of(device.address))
    cookie = device.cookie
    good = cookie is not None and _COOKIE.fullmatch(cookie) is not None
    return Traces(_digest("cookie", cookie or "") if good else None, address)


def with_cookie(device: Device) -> tuple[str, Traces]:
    """The cookie that the device keeps or gets, and its traces with it. 256 random bits, so that it needs no signature."""
    traces = traces_of(device)
    cookie = device.cookie if traces.cookie is not None and device.cookie else new_text(43)
    return cookie, Traces(_digest("cookie", cookie), traces.address)


def _digest(kind: str, text: str) -> str:
    return hashlib.sha256(f"{kind}:{text}".encode()).hexdigest()
