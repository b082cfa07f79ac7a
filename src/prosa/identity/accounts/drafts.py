"""An account before it is stored: every field judged, in the columns' form."""

import asyncio
from dataclasses import dataclass, field

from msgspec import UNSET

from prosa.drivers.vault import Keyring, Place, Unsealable
from prosa.identity.accounts.errors import CpfTaken, EmailTaken, UsernameTaken
from prosa.identity.accounts.fields import (
    Username,
    parse_age,
    parse_cpf,
    parse_language,
    parse_text,
    parse_time_zone,
    parse_username,
)
from prosa.identity.accounts.models import AccountChanges, NewAccount, Profile, ProfileChanges, Registration
from prosa.identity.emails import EmailAddress, parse_email
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id

# The columns that are unique among the living, and what is said of a second one.
CONFLICTS: dict[str, type[ProsaError]] = {"email_key": EmailTaken, "username_key": UsernameTaken, "cpf_key": CpfTaken}
_CPF_INDEX = "cpf-index"


@dataclass(frozen=True, slots=True)
class Draft:
    """The columns of an account to be, and by what it may collide with another."""

    id: str
    email: EmailAddress
    username: Username | None
    values: dict[str, object] = field(repr=False)
    unique: dict[str, list[str]] = field(repr=False)

    @property
    def about(self) -> tuple[str, ...]:
        """The words that its password may not be made of."""
        return (self.email.shown, self.username.shown if self.username else "", str(self.values["name"]))


class Drafting:
    """Judges what people tell of themselves. Raises InvalidEmail, InvalidField."""

    def __init__(self, keyring: Keyring) -> None:
        self._keyring = keyring

    async def new(self, told: Registration | NewAccount, account_id: str | None = None) -> Draft:
        """A new account; without a name it is called by its login."""
        account_id = account_id or new_object_id()
        email = parse_email(told.email)
        username = parse_username(told.username) if told.username is not None else None
        name = told.name if told.name.strip() else (username.shown if username else email.shown.partition("@")[0])
        values: dict[str, object] = {
            "id": account_id,
            "email": email.shown,
            "email_key": email.key,
            "username": username.shown if username else None,
            "username_key": username.key if username else None,
            "name": parse_text("name", name),
            "language": parse_language(told.language) if told.language else None,
            "time_zone": parse_time_zone(told.time_zone) if told.time_zone else None,
        }
        unique = {"email_key": [email.key]}
        if username is not None:
            unique["username_key"] = [username.key]
        profile, keys = await self.profile(_all_of(told.profile), account_id)
        return Draft(account_id, email, username, values | profile, unique | keys)

    async def changes(self, told: AccountChanges, account_id: str) -> tuple[dict[str, object], dict[str, list[str]]]:
        """The columns to change, and by what they may collide."""
        values, unique = await self.profile(told.profile, account_id)
        if told.name is not UNSET:
            values["name"] = parse_text("name", told.name)
        if told.language is not UNSET:
            values["language"] = parse_language(told.language) if told.language is not None else None
        if told.time_zone is not UNSET:
            values["time_zone"] = parse_time_zone(told.time_zone) if told.time_zone is not None else None
        if told.username is not UNSET:
            username = parse_username(told.username) if told.username is not None else None
            values |= {"username": username.shown if username else None, "username_key": username.key if username else None}
            unique |= {"username_key": [username.key]} if username else {}
        return values, unique

    async def profile(self, told: ProfileChanges, account_id: str) -> tuple[dict[str, object], dict[str, list[str]]]:
        """The same for the profile alone."""
        values: dict[str, object] = {}
        if told.age is not UNSET:
            values["age"] = parse_age(told.age) if told.age is not None else None
        for param in ("sector", "position"):
            text = getattr(told, param)
            if text is not UNSET:
                values[param] = parse_text(param, text, empty=True) or None if text is not None else None
        if told.cpf is UNSET:
            return values, {}
        if told.cpf is None:
            return values | {"cpf": None, "cpf_key": None}, {}
        digits = parse_cpf(told.cpf)
        # The cipher's library is heavy and loaded by the first use.
        sealed = await asyncio.to_thread(self._keyring.seal, digits, _place(account_id))
        keys = [self._keyring.mac(_CPF_INDEX, digits.encode(), kid) for kid in self._keyring.kids]
        return values | {"cpf": sealed, "cpf_key": keys[0]}, {"cpf_key": keys}

    async def open_cpf(self, sealed: str, account_id: str) -> str | None:
        """The CPF behind its seal; None where this server's secrets don't open it any more."""
        try:
            return await asyncio.to_thread(self._keyring.open, sealed, _place(account_id))
        except Unsealable:
            return None


def _all_of(profile: Profile) -> ProfileChanges:
    return ProfileChanges(profile.age, profile.sector, profile.position, profile.cpf)


def _place(account_id: str) -> Place:
    return Place("accounts", "cpf", account_id)
