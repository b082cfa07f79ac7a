"""API keys and sign-in links of another installation: none of their texts is known afterwards, and all go on working."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import TYPE_CHECKING, Final

from prosa.drivers.sql import Connection
from prosa.identity.accounts.models import Account
from prosa.identity.accounts.parts import AccountParts
from prosa.identity.api_keys.brought import BroughtDigest
from prosa.identity.api_keys.models import ApiKey, Digest
from prosa.identity.api_keys.restrictions import LONGEST_NAME
from prosa.identity.api_keys.service import MOST
from prosa.identity.importing.models import CredentialReport, ForeignKey, ForeignLink
from prosa.identity.links.text import is_token, link_digest
from prosa.identity.models import OPERATOR, Reach
from prosa.identity.permissions import OF_ROLE, OF_SCOPE, Scope
from prosa.kit import moments
from prosa.kit.ids import derived_id

if TYPE_CHECKING:
    from prosa.identity.api_keys.store import KeyStore

Owners = Mapping[str, str | None]
"""The accounts of people by their keys there; None: they were left out."""
_REMARKS: Final = 50
_UNNAMED: Final = "zng"
_LONGEST_LABEL: Final = 200


class CredentialImport:
    """Takes them over one by one; a second run finds what is here, revoked or not, and lets it be."""

    def __init__(self, parts: AccountParts) -> None:
        self._parts = parts

    async def keys(self, foreign: Sequence[ForeignKey], owners: Owners, salt: str, *, dry_run: bool) -> CredentialReport:
        """API keys, each with its owner. Raises DatabaseUnavailable."""
        from prosa.identity.api_keys.store import KeyStore

        report, store = CredentialReport(len(foreign)), KeyStore()
        for key in foreign:
            digest, owner = BroughtDigest.parse(key.sha256), owners.get(key.owner or "")
            if digest is None:
                report.odd += 1
            elif not key.active or (key.expires_at is not None and key.expires_at <= self._parts.now()):
                report.ended += 1
            elif owner is None:
                report.ownerless += 1
                _remark(report, f"API key {key.name[:LONGEST_NAME]!r}: of nobody who came; left out")
            else:
                id = derived_id(salt, "key", key.sha256)
                async with self._place(owner, id, dry_run=dry_run) as connection:
                    if await store.get(connection, OPERATOR, id) is not None:
                        report.present += 1
                    elif dry_run or await self._add_key(connection, store, report, (id, owner, key, digest)):
                        report.added += 1
        return report

    async def links(self, foreign: Sequence[ForeignLink], owners: Owners, salt: str, *, dry_run: bool) -> CredentialReport:
        """Sign-in links, likewise."""
        from prosa.identity.links import store

        report, keyring = CredentialReport(len(foreign)), self._parts.keyring
        for link in foreign:
            owner = owners.get(link.owner)
            if not is_token(link.token):
                report.odd += 1
            elif not link.active:
                report.ended += 1
            elif owner is None:
                report.ownerless += 1
            else:
                id = derived_id(salt, "link", link.token)
                digests = [link_digest(keyring, link.token, kid) for kid in keyring.kids]
                async with self._place(owner, id, dry_run=dry_run) as connection:
                    if await store.present(connection, id, digests):
                        report.present += 1
                        continue
                    if not dry_run:
                        await store.add(connection, self._row(id, owner, link, digests[0]))
                    report.added += 1
        return report

    def _place(self, owner: str, id: str, *, dry_run: bool) -> AbstractAsyncContextManager[Connection]:
        if dry_run:
            return self._parts.database.reading()
        return self._parts.rights.changing(owner, id, lock=f"api-keys:{owner}")

    async def _add_key(
        self, connection: Connection, store: "KeyStore", report: CredentialReport, new: tuple[str, str, ForeignKey, BroughtDigest]
    ) -> bool:
        id, owner, key, digest = new
        account, reach = await self._parts.store.get(connection, OPERATOR, owner), Reach(owner)
        if account is None or await store.count(connection, reach) >= MOST:
            report.ownerless += 1
            return False
        made = ApiKey(
            id=id,
            account_id=owner,
            lookup=digest.lookup,
            name=await self._free_name(connection, store, owner, key.name),
            scopes=_allowed(key, account, report),
            models=None,
            addresses=None,
            created_at=moments.shown(key.created_at if key.created_at is not None else self._parts.now()),
            expires_at=moments.shown_if(key.expires_at),
        )
        await store.add(connection, reach, made, Digest(digest.digest(self._parts.keyring), self._parts.keyring.kid))
        return True

    async def _free_name(self, connection: Connection, store: "KeyStore", owner: str, told: str) -> str:
        for name in _names(told):
            if await store.by_name(connection, Reach(owner), owner, name) is None:
                return name
        raise AssertionError("there are more names than keys")

    def _row(self, id: str, owner: str, link: ForeignLink, digest: str) -> dict[str, object]:
        return {
            "id": id,
            "account_id": owner,
            "digest": digest,
            "pepper": self._parts.keyring.kid,
            "label": _line(link.label, _LONGEST_LABEL) or _UNNAMED,
            "created_at": link.created_at if link.created_at is not None else self._parts.now(),
            "last_used_at": link.last_used_at,
            "address": "",
        }


def _allowed(key: ForeignKey, account: Account, report: CredentialReport) -> frozenset[Scope]:
    """The key's scopes that don't go beyond what its owner may do here."""
    kept = frozenset(scope for scope in key.scopes if OF_ROLE[account.role] >= OF_SCOPE[scope])
    if kept != key.scopes:
        _remark(report, f"API key {key.name[:LONGEST_NAME]!r} of {account.email} is none of an administrator any more")
    return kept


def _names(told: str) -> Iterator[str]:
    name = _line(told, LONGEST_NAME) or _UNNAMED
    yield name
    for number in range(2, MOST + 3):
        tail = f" ({number})"
        yield name[: LONGEST_NAME - len(tail)] + tail


def _line(text: str, longest: int) -> str:
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text[: 4 * longest]).split())[:longest].strip()


def _remark(report: CredentialReport, text: str) -> None:
    if len(report.remarks) < _REMARKS:
        report.remarks.append(text)
