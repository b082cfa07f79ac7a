"""E-mail addresses: what is one, how it is shown, and the key under which two of them are the same."""

import re
import unicodedata
from typing import NamedTuple

from prosa.kit.errors import BadRequest

_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")  # RFC 5321's Dot-string
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST_LOCAL, _LONGEST = 64, 254


class InvalidEmail(BadRequest):
    """Not an e-mail address, or one whose part before the @ isn't plain ASCII."""

    code = "invalid_email"

    def __init__(self) -> None:
        super().__init__("This is no e-mail address that can be used here.", param="email")


class EmailAddress(NamedTuple):
    """`shown` keeps the local part as it was written; `key` is equal for addresses that may belong to one person."""

    shown: str
    key: str
    domain: str


def parse_email(text: str) -> EmailAddress:
    """The address in `text`. Raises InvalidEmail.

    The domain becomes lower-case ASCII (IDNA); a local part beyond ASCII is refused, for letters of other scripts look alike.
    The key is lower case and without what follows a `+`.
    """
    if len(text) > 4 * _LONGEST:
        raise InvalidEmail
    local, at, domain = unicodedata.normalize("NFKC", text).strip().rpartition("@")
    if not at or len(local) > _LONGEST_LOCAL or not local.isascii() or _LOCAL.fullmatch(local) is None:
        raise InvalidEmail
    if len(domain) > _LONGEST:  # in ASCII it is longer still, and finding that out would take long
        raise InvalidEmail
    domain = _ascii_domain(domain)
    mailbox = local.lower().partition("+")[0] or local.lower()
    if len(local) + 1 + len(domain) > _LONGEST:
        raise InvalidEmail
    return EmailAddress(f"{local}@{domain}", f"{mailbox}@{domain}", domain)


def find_email(text: str) -> EmailAddress | None:
    """The same; None for what is no address."""
    try:
        return parse_email(text)
    except InvalidEmail:
        return None


def _ascii_domain(domain: str) -> str:
    try:
        found = domain.lower().encode("idna").decode("ascii")
    except UnicodeError as error:
        raise InvalidEmail from error
    labels = found.split(".")
    if len(labels) < 2 or labels[-1].isdigit() or not all(_LABEL.fullmatch(label) for label in labels):
        raise InvalidEmail
    return found
