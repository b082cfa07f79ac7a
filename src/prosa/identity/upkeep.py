"""What people's rows need of who looks after the database: checks for `prosa verify`, and care around a restore."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from prosa.drivers.sql import Connection
from prosa.drivers.vault import Keyring

if TYPE_CHECKING:
    from prosa.drivers.archive import Finding, Restoration
    from prosa.drivers.vault import Register
    from prosa.identity.accounts.models import Eraser


def secret_columns() -> "Register":
    """The columns of people's tables that hang on the secrets: `prosa keys rotate` and `prosa verify` go through them."""
    from prosa.drivers.vault import BlindIndex, PepperedColumn, Register, SealedColumn

    return Register(
        sealed=(
            SealedColumn("accounts", "cpf", index=BlindIndex("cpf_key", "cpf-index"), owner="email"),
            SealedColumn("idempotency_keys", "answer", row="object_id"),
        ),
        peppered=(
            PepperedColumn("api_keys", "pepper", ended_at="revoked_at", ends_at="expires_at"),
            PepperedColumn("sign_in_links", "pepper", ended_at="revoked_at", ends_at="revoked_at"),
        ),
    )


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken from people in the database that goes away: ids of accounts, keys, links, invites; newer passwords, lower
    roles."""

    erased: frozenset[str] = frozenset()
    suspended: frozenset[str] = frozenset()
    revoked: frozenset[str] = frozenset()
    unlinked: frozenset[str] = frozenset()
    spent: frozenset[str] = frozenset()
    passwords: dict[str, tuple[str | None, int]] = field(default_factory=dict)  # account → hash, moment


class PeopleChecks:
    """Part of `verify`: accounts, API keys, sessions."""

    def __init__(self, keyring: Keyring | None) -> None:
        self._keyring = keyring

    async def look(self, connection: Connection) -> "list[Finding]":
        """See Check."""
        from prosa.identity import upkeep_store

        return await upkeep_store.findings(connection, None if self._keyring is None else self._keyring.kids)


class PeopleAftercare:
    """Part of a restore: nobody is signed in afterwards, and what was taken since the backup stays taken.

    `bring_back` leaves the second out: for who restores to undo just that. `erasers` erase what features keep of an account.
    `erased` are accounts of which a list beside the database says that they were deleted.
    """

    def __init__(
        self,
        keyring: Keyring,
        erasers: "Sequence[Eraser]" = (),
        *,
        bring_back: bool = False,
        erased: frozenset[str] = frozenset(),
    ) -> None:
        self._keyring = keyring
        self._erasers = erasers
        self._bring_back = bring_back
        self._erased = erased
        self._taken = Taken()

    async def before(self, connection: Connection) -> None:
        """See Aftercare."""
        from prosa.identity import restoring_store

        if not self._bring_back:
            self._taken = await restoring_store.taken(connection)

    async def after(self, connection: Connection, restoration: "Restoration") -> list[str]:
        """See Aftercare."""
        from prosa.identity import restoring_store

        care = restoring_store.Care(connection, restoration.moment, self._erasers)
        taken = replace(self._taken, erased=self._taken.erased | self._erased)
        notes = await care.take_again(taken)
        notes += await care.revoke_unusable(self._keyring.kids)
        await care.end_sign_ins()
        return notes
