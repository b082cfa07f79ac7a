"""Getting what an address holds that a caller gave: every hop is checked like the first, and nothing is without bound."""

import re
from dataclasses import dataclass
from time import monotonic
from urllib.parse import urljoin

from prosa.drivers.outbound.errors import BadAnswer, TotalTimeout
from prosa.drivers.outbound.models import OutboundRequest, Reply, Target, Timeouts, Transport
from prosa.drivers.outbound.urls import parse_url, refused

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_LOCATION = re.compile(r"[!-\[\]-~]{1,8192}")
# What another host may see of the first one's headers. All the rest may hold credentials.
_HARMLESS = frozenset({"accept", "accept-language", "user-agent"})


_PATIENCE = Timeouts(connect=5.0, first_byte=15.0, silence=10.0, total=30.0)


@dataclass(frozen=True, slots=True)
class FetchTerms:
    """What goes along with a fetch: header lines, and time-outs, of which `total` spans all hops."""

    headers: tuple[tuple[str, str], ...] = ()
    timeouts: Timeouts = _PATIENCE


@dataclass(frozen=True, slots=True)
class Fetched:
    """The last hop's answer, whatever its status, with the address that gave it."""

    status: int
    headers: dict[str, str]
    body: bytes
    url: str


_USUAL = FetchTerms()


async def fetch(
    client: Transport, url: str, *, most: int, hops: int = 3, private: bool = False, terms: FetchTerms = _USUAL
) -> Fetched:
    """GET an address; follows up to `hops` redirects and returns at most `most` bytes.

    `private` is the operator's word for the host and port of `url` alone: a redirect elsewhere is checked as a stranger's.
    Other hosts get no header that may hold credentials, and https never becomes http. Raises AddressRefused, BadAnswer
    (too many hops, a compressed body), AnswerTooLarge, and what `Transport.open` and `Reply.read` raise.
    """
    first, path = parse_url(url, private=private)
    target, headers = first, terms.headers
    end = None if terms.timeouts.total is None else monotonic() + terms.timeouts.total
    for _ in range(hops + 1):
        reply = await client.open(target, OutboundRequest("GET", path, headers), _remaining(terms.timeouts, end))
        try:
            location = reply.headers.get("location")
            if reply.status not in _REDIRECTS or location is None:
                return Fetched(reply.status, reply.headers, await _plain_body(reply, most), _written(target, path))
        finally:
            reply.close()
        previous = target
        target, path = _next_hop(target, path, location, first)
        if _place(target) != _place(previous):
            headers = tuple(line for line in headers if line[0].lower() in _HARMLESS)
    raise BadAnswer("The address redirects too often.")


def _next_hop(target: Target, path: str, location: str, first: Target) -> tuple[Target, str]:
    if not _LOCATION.fullmatch(location):
        raise refused()
    try:
        url = urljoin(_written(target, path), location)
    except ValueError:
        raise refused() from None
    # Whether the first place's privilege holds is only known once the address is read; it is read as private for that
    # comparison alone.
    found = parse_url(url, private=True)
    if not (first.private and _place(found[0]) == _place(first)):
        found = parse_url(url, private=False)
    if target.scheme == "https" and found[0].scheme == "http":
        raise refused()
    return found


async def _plain_body(reply: Reply, most: int) -> bytes:
    # Even a decoder with bounds would be work on a stranger's behalf; prosa asked for no compression.
    if reply.headers.get("content-encoding", "identity").strip().lower() not in ("", "identity"):
        raise BadAnswer("The answer is compressed, which was not asked for.")
    return await reply.body(most)


def _remaining(timeouts: Timeouts, end: float | None) -> Timeouts:
    if end is None:
        return timeouts
    left = end - monotonic()
    if left <= 0:
        raise TotalTimeout("The answer took too long.")
    return Timeouts(timeouts.connect, timeouts.first_byte, timeouts.silence, left)


def _place(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port


def _written(target: Target, path: str) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    return f"{target.scheme}://{host}:{target.port}{path}"
