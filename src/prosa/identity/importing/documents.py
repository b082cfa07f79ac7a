"""People as C's collection `user` and M's table `users` hold them (contracts: chatai §6, multiuser §4)."""

from collections.abc import Mapping
from typing import Final

from prosa.drivers.foreign import moment_of, number_of, object_id, plain_id, text_of
from prosa.identity.accounts.models import Profile
from prosa.identity.importing.models import Newcomer, Unreadable
from prosa.identity.permissions import Role
from prosa.kit.ids import padded

Fields = Mapping[str, object]
HIGHEST_NUMBER: Final = 1_000_000_000  # of an account: what comes later still has to find room behind it


def chatai_newcomer(fields: Fields) -> Newcomer:
    """A document of `user`. Its role is what the web page makes of `cargo`. Raises Unreadable."""
    key, email = plain_id(fields.get("_id")), text_of(fields.get("email"))
    if key is None or not email:
        raise Unreadable("it has no _id or no e-mail address")
    digits = object_id(fields.get("_id"))
    position = text_of(fields.get("cargo"))
    return Newcomer(
        key=key,
        email=email,
        name=text_of(fields.get("name")) or "",
        password_hash=text_of(fields.get("password")),
        id=None if digits is None else padded(digits),
        role=_role(position or ""),
        suspended=fields.get("is_deleted") is True,
        profile=Profile(number_of(fields.get("idade")), text_of(fields.get("setor")), position, text_of(fields.get("cpf"))),
        created_at=moment_of(fields.get("create_at")),
        updated_at=moment_of(fields.get("update_at")),
    )


def _role(position: str) -> Role:
    words = position.lower()
    if "administrador" in words:
        return Role.ADMIN
    return Role.ANALYST if "analista" in words else Role.USER


def multiuser_newcomer(row: Fields) -> Newcomer:
    """A row of `users`. Raises Unreadable."""
    number, username, email = row.get("id"), row.get("username"), row.get("email")
    if not isinstance(number, int) or not isinstance(username, str) or not isinstance(email, str) or not username:
        raise Unreadable("its id, name or e-mail address is missing")
    return Newcomer(
        key=str(number),
        email=email,
        name=username,
        username=username,
        password_hash=text_of(row.get("hashed_password")),
        number=number if 0 < number <= HIGHEST_NUMBER else None,
    )
