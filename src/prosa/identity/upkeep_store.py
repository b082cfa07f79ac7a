"""What must be true of people's rows, as `prosa verify` asks; loads SQLAlchemy."""

from collections.abc import Sequence
from typing import Any, Final

import msgspec
import sqlalchemy as sa

from prosa.drivers.archive import Finding, listed
from prosa.drivers.sql import Connection
from prosa.identity.accounts.models import AccountStatus
from prosa.identity.accounts.store import TABLE as ACCOUNTS
from prosa.identity.api_keys.store import TABLE as KEYS
from prosa.identity.emails import find_email
from prosa.identity.one_time.store import TABLE as ONE_TIME
from prosa.identity.permissions import Role, Scope
from prosa.identity.sessions.store import TABLE as SESSIONS
from prosa.identity.tokens.store import TABLE as FAMILIES

_A, _K = ACCOUNTS.c, KEYS.c
_PERSONAL: Final = (
    *(_A.email, _A.email_key, _A.username, _A.username_key, _A.password_hash, _A.password_at),
    *(_A.language, _A.time_zone, _A.age, _A.sector, _A.position, _A.cpf, _A.cpf_key),
)
_DELETED: Final = _A.status == AccountStatus.DELETED
_SCOPES: Final = frozenset(Scope)


async def findings(connection: Connection, kids: Sequence[str] | None) -> list[Finding]:
    """All of it. `kids`: the secrets that this server has, None when they aren't known."""
    return [
        *await _accounts(connection),
        *await _emails(connection),
        *await _keys(connection, kids),
        *await _sign_ins(connection),
    ]


async def _accounts(connection: Connection) -> list[Finding]:
    questions: tuple[tuple[sa.ColumnElement[bool], str], ...] = (
        (_A.role.not_in(list(Role)), "have a role that there isn't"),
        (_A.status.not_in(list(AccountStatus)), "have a status that there isn't"),
        (
            _DELETED & sa.or_(_A.name != "", *(column.is_not(None) for column in _PERSONAL)),
            "are deleted and still hold personal data",
        ),
        (_A.deleted_at.is_not(None) != _DELETED, "are deleted without a moment, or have one without being deleted"),
        (~_DELETED & sa.or_(_A.email.is_(None), _A.email_key.is_(None)), "have no e-mail address"),
        (~_DELETED & (_A.username.is_(None) != _A.username_key.is_(None)), "have half a user name"),
        (~_DELETED & (_A.cpf.is_(None) != _A.cpf_key.is_(None)), "have half a CPF"),
    )
    found = []
    for which, text in questions:
        ids = list((await connection.execute(sa.select(_A.id).where(which).order_by(_A.number))).scalars())
        if ids:
            found.append(Finding("accounts", f"{len(ids)} accounts {text}: {listed(ids)}"))
    return found + await _admins(connection)


async def _admins(connection: Connection) -> list[Finding]:
    living = sa.select(sa.func.count()).where(~_DELETED)
    admins = living.where(_A.role == Role.ADMIN, _A.status == AccountStatus.ACTIVE)
    if await connection.scalar(living) and not await connection.scalar(admins):
        advice = "there are accounts and no active admin: prosa user add EMAIL --role admin makes one"
        return [Finding("accounts", advice, warning=True)]
    return []


async def _emails(connection: Connection) -> list[Finding]:
    """Addresses that are none, or whose key is not the one that another spelling would be compared with."""
    odd: list[str] = []
    query = sa.select(_A.id, _A.email, _A.email_key).where(~_DELETED, _A.email.is_not(None)).order_by(_A.number)
    async for row in await connection.stream(query, execution_options={"yield_per": 500}):
        address = find_email(row.email)
        if address is None or address.key != row.email_key:
            odd.append(row.id)
    return [Finding("accounts", f"{len(odd)} accounts have an e-mail address that isn't canonical: {listed(odd)}")] if odd else []


async def _keys(connection: Connection, kids: Sequence[str] | None) -> list[Finding]:
    found = []
    lost = sa.select(_K.id).join(ACCOUNTS, _A.id == _K.account_id).where(_DELETED, _K.revoked_at.is_(None)).order_by(_K.id)
    ids = list((await connection.execute(lost)).scalars())
    if ids:
        found.append(Finding("api_keys", f"{len(ids)} API keys of deleted accounts aren't revoked: {listed(ids)}"))
    odd: list[str] = []
    async for row in await connection.stream(sa.select(KEYS).order_by(_K.id), execution_options={"yield_per": 500}):
        if not _reads(row):
            odd.append(row.id)
    if odd:
        found.append(
            Finding("api_keys", f"{len(odd)} API keys have scopes, models or addresses that can't be read: {listed(odd)}")
        )
    if kids is not None:
        dead = sa.select(sa.func.count()).where(_K.revoked_at.is_(None), _K.pepper.not_in(kids))
        count = await connection.scalar(dead)
        if count:
            text = f"{count} API keys were made with a secret that this server doesn't have: they can't be used"
            found.append(Finding("api_keys", text, warning=True))
    return found


def _reads(row: sa.Row[Any]) -> bool:
    try:
        scopes = msgspec.json.decode(row.scopes, type=list[str])
        for restriction in (row.models, row.addresses):
            if restriction is not None:
                msgspec.json.decode(restriction, type=list[str])
    except msgspec.MsgspecError:
        return False
    return _SCOPES.issuperset(scopes)


async def _sign_ins(connection: Connection) -> list[Finding]:
    found = []
    for table, name in ((SESSIONS, "sessions"), (FAMILIES, "signed-in programs"), (ONE_TIME, "one-time tokens")):
        gone = sa.select(sa.func.count()).select_from(table.join(ACCOUNTS, _A.id == table.c.account_id))
        living = gone.where(_A.status != AccountStatus.ACTIVE)
        if table is FAMILIES:
            living = living.where(FAMILIES.c.revoked_at.is_(None))
        count = await connection.scalar(living)
        if count:
            found.append(Finding("sessions", f"{count} {name} are of accounts that are suspended or deleted"))
    return found
