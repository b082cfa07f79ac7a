"""People, API keys and integration tokens as A's tables hold them (contracts: assistant, §11): every text is stored as bytes."""

from collections.abc import Mapping
from typing import Final

from prosa.drivers.foreign import loose_moment, loose_number, loose_text
from prosa.identity.importing.documents import HIGHEST_NUMBER
from prosa.identity.importing.models import ForeignKey, ForeignLink, Newcomer, Unreadable
from prosa.identity.permissions import Role, Scope

Fields = Mapping[str, object]
NOWHERE: Final = "import.invalid"  # the domain of who has no address: none can ever be there (RFC 2606)
# A key of the original has one permission, and each includes those before it.
_SCOPES: Final = {
    "read": frozenset({Scope.READ}),
    "write": frozenset({Scope.READ, Scope.WRITE}),
    "admin": frozenset({Scope.READ, Scope.WRITE, Scope.ADMIN}),
}


def assistant_newcomer(row: Fields) -> Newcomer:
    """A row of `users`. Raises Unreadable."""
    number, username = loose_number(row.get("id")), (loose_text(row.get("username")) or "").strip()
    if number is None or not username:
        raise Unreadable("its id or user name is missing")
    email = (loose_text(row.get("email")) or "").strip()
    kind = (loose_text(row.get("tipo")) or "").strip().lower()
    is_admin = loose_number(row.get("is_admin")) == 1 or kind == "administrador"
    return Newcomer(
        key=f"assistant:{number}",
        email=email or f"user-{number}@{NOWHERE}",
        name=loose_text(row.get("full_name")) or username,
        username=username,
        sha256=(loose_text(row.get("password_hash")) or "").strip().lower(),
        number=number if 0 < number <= HIGHEST_NUMBER else None,
        role=Role.ADMIN if is_admin else Role.USER,
        suspended=loose_number(row.get("is_active")) == 0,
        created_at=loose_moment(row.get("created_at")),
        updated_at=loose_moment(row.get("last_update")),
    )


def foreign_key(row: Fields) -> ForeignKey:
    """A row of `api_keys`, whose clear text isn't among the columns that are read. Raises Unreadable."""
    digest = (loose_text(row.get("hashed_key")) or "").strip().lower()
    scopes = _SCOPES.get((loose_text(row.get("permissions")) or "read").strip().lower())
    owner = loose_number(row.get("created_by"))
    if scopes is None or not digest:
        raise Unreadable("its hash or its permission is missing")
    return ForeignKey(
        sha256=digest,
        owner=None if owner is None else f"assistant:{owner}",
        name=loose_text(row.get("key_name")) or "",
        scopes=scopes,
        active=loose_number(row.get("is_active")) != 0,
        created_at=loose_moment(row.get("created_at")),
        expires_at=loose_moment(row.get("expires_at")),
        last_used_at=loose_moment(row.get("last_used")),
    )


def foreign_link(row: Fields) -> ForeignLink:
    """A row of `user_integration_tokens`. Raises Unreadable."""
    token, owner = (loose_text(row.get("integration_token")) or "").strip(), loose_number(row.get("user_id"))
    if not token or owner is None:
        raise Unreadable("its token or its person is missing")
    words = (loose_text(row.get(name)) or "" for name in ("platform", "description"))
    return ForeignLink(
        owner=f"assistant:{owner}",
        token=token,
        label=": ".join(word.strip() for word in words if word.strip()),
        active=loose_number(row.get("is_active")) != 0,
        created_at=loose_moment(row.get("created_at")),
        last_used_at=loose_moment(row.get("last_used")),
    )
