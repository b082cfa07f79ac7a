"""Where a program of the older dialects signs in from, and whether what it sent calls itself JSON."""

from prosa.api.edge import Exchange
from prosa.identity import Device

_LONGEST_AGENT = 200


def program_of(exchange: Exchange) -> Device:
    """The client's address and the name that its program gives itself; these dialects know no cookie of a known device."""
    agent = (exchange.header(b"user-agent") or b"").decode("latin-1")
    printable = "".join(character for character in agent if character.isprintable())
    return Device(exchange.client, printable[:_LONGEST_AGENT])


def says_json(exchange: Exchange) -> bool:
    """Whether the body calls itself JSON. Another site's form can't: the browser would ask us first, by a preflight."""
    kind = (exchange.header(b"content-type") or b"").partition(b";")[0].strip().lower()
    return kind == b"application/json" or (kind.startswith(b"application/") and kind.endswith(b"+json"))
