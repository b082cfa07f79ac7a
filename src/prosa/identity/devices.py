"""What a sign-in says of where it comes from, in a form that may be stored and shown."""

import unicodedata
from dataclasses import replace
from typing import Final

from prosa.identity.addresses import canonical_address
from prosa.identity.models import Device

LONGEST_AGENT: Final = 200  # characters
_READ: Final = 1000  # characters that are looked at; a header may be far longer
_HIDDEN: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})  # control, direction, lone halves, line ends


def clean_device(device: Device) -> Device:
    """The device with a canonical address ("" for what is none) and a bounded, printable agent on one line."""
    return replace(device, address=canonical_address(device.address), agent=clean_agent(device.agent))


def clean_agent(text: str) -> str:
    """A program's name as it was sent, without what could disturb a terminal, a log or a page; at most 200 characters."""
    shown = "".join(" " if unicodedata.category(sign) in _HIDDEN else sign for sign in text[:_READ])
    return " ".join(shown.split())[:LONGEST_AGENT].rstrip()
