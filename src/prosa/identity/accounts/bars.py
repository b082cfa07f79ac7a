"""How often somebody may try: bars of a minute, counted by account, by place, and by both (attacks B10, B11).

A login that no account has meets the same bars as one that exists.
"""

import hashlib
from typing import Final, NamedTuple

from prosa.identity.accounts.errors import TooManySignIns
from prosa.identity.accounts.parts import Attempts
from prosa.identity.addresses import bucket_of, is_loopback

WIDE: Final = 4  # times the number of one account from one address: for an address, and for an account from strange places
LOOPBACK: Final = 40  # … for all who seem to sit on this machine, because a proxy doesn't say who they are
_MINUTE: Final = 60.0


class Bar(NamedTuple):
    """One bucket and its number a minute."""

    bucket: str
    per_minute: int


class Bars:
    """The bars for sign-ins and registrations; `per_minute` 0 takes them away."""

    def __init__(self, attempts: Attempts, per_minute: int) -> None:
        self._attempts = attempts
        self._number = per_minute

    def adjust(self, per_minute: int) -> None:
        """Go on with another number."""
        self._number = per_minute

    def of_stranger(self, who: str, address: str) -> tuple[Bar, ...]:
        """For a sign-in from a place that the account wasn't used from yet."""
        return (*self.of_known_address(who, address), Bar(f"signin-at:{_short(who)}", self._number * WIDE))

    def of_known_address(self, who: str, address: str) -> tuple[Bar, ...]:
        """For a sign-in from an address that the account was used from: what strangers do elsewhere doesn't count."""
        return (Bar(f"signin:{_short(who)}:{bucket_of(address)}", self._number), self._of_address("signin-from", address))

    def of_known_device(self, who: str, digest: str) -> tuple[Bar, ...]:
        """For a sign-in from a browser that the account was used from: it has a bar of its own."""
        return (Bar(f"signin:{_short(who)}:{digest}", self._number),)

    def of_person(self, account_id: str) -> tuple[Bar, ...]:
        """For showing the password again while signed in."""
        return (Bar(f"prove:{account_id}", self._number),)

    def of_taken(self, account_id: str) -> tuple[Bar, ...]:
        """For names, addresses and CPFs that turn out to be somebody else's: nobody asks for one after the other (attack B8)."""
        return (Bar(f"taken:{account_id}", self._number),)

    def of_registration(self, address: str) -> tuple[Bar, ...]:
        """For making an account."""
        return (self._of_address("register", address),)

    def of_reset(self, address: str) -> tuple[Bar, ...]:
        """For asking for a reset link."""
        return (self._of_address("reset", address),)

    def of_link(self, account_id: str, address: str) -> tuple[Bar, ...]:
        """For trying reset links."""
        return (Bar(f"link:{account_id}", self._number * WIDE), self._of_address("link-from", address))

    def of_sign_in_link(self, address: str) -> tuple[Bar, ...]:
        """For trying lasting sign-in links."""
        return (self._of_address("sign-in-link-from", address),)

    def require(self, bars: tuple[Bar, ...]) -> None:
        """Raises TooManySignIns where one of the bars is used up; takes nothing."""
        for bucket, number in bars:
            if number <= 0:
                continue
            counted = self._attempts.take(bucket, number, 0.0)
            if counted.remaining < 1:
                raise TooManySignIns(max(0.0, counted.reset_seconds - _MINUTE * (number - 1) / number))

    def count(self, bars: tuple[Bar, ...]) -> None:
        """Count one failure."""
        for bucket, number in bars:
            self._attempts.take(bucket, number)

    def spend(self, bars: tuple[Bar, ...]) -> None:
        """Count one attempt, whatever becomes of it. Raises TooManySignIns."""
        for bucket, number in bars:
            counted = self._attempts.take(bucket, number)
            if not counted.allowed:
                raise TooManySignIns(counted.retry_after)

    def allows_mail(self, key: str) -> bool:
        """Whether one more mail may go to this address now: one a minute."""
        return self._attempts.take(f"mail:{_short(key)}", 1).allowed

    def _of_address(self, what: str, address: str) -> Bar:
        here = is_loopback(address) or not address
        return Bar(f"{what}:{bucket_of(address)}", self._number * (LOOPBACK if here else WIDE))


def _short(who: str) -> str:
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]
