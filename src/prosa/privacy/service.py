"""A person's own data, whole: shown to them, and erased for them (LGPD, article 18)."""

import asyncio
import hmac
import logging
import tempfile
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final, cast

from prosa.drivers.blobs import Blobs, of_system
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database
from prosa.files import FileService
from prosa.identity import OPERATOR, IdentityParts, Reach
from prosa.jobs import asking
from prosa.kit import moments
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_object_id
from prosa.privacy.archive import owners_of, write_archive
from prosa.privacy.erasures import ErasureList, line_of
from prosa.privacy.models import ArchiveReport, ExportUnderWay, ProofInvalid
from prosa.privacy.registry import REGISTRY

_logger = logging.getLogger("prosa.privacy")
GOOD_FOR: Final = 300  # seconds that the address of an archive is good
_PURPOSE: Final = "data"  # the keyring's label
_DIGITS: Final = 43
_PIECE: Final = 256 * 1024
_TRACES: Final = "traces"  # the job that leaves nothing of what was deleted in the database's files


@dataclass(frozen=True, slots=True)
class PrivacyParts:
    """What one's own data stands on."""

    database: Database
    journal: Journal
    identity: IdentityParts
    files: FileService
    blobs: Blobs
    erasures: ErasureList
    clock: Clock
    scratch: Path  # where an archive lies while it is given out, under no name


class PersonalData:
    """The verbs of one's own data."""

    def __init__(self, parts: PrivacyParts) -> None:
        self._parts = parts
        self._database = parts.database
        self._identity = parts.identity
        self._clock = parts.clock
        self._making = False

    async def archive(self, account_id: str, target: IO[bytes]) -> ArchiveReport:
        """Write all that is kept of a person, as a ZIP. One at a time. Raises AccountNotFound, ExportUnderWay."""
        account = await self._identity.accounts.get(Reach(account_id), account_id)
        if self._making:
            raise ExportUnderWay
        self._making = True
        try:
            extra = {"id": account.id, "cpf": account.profile.cpf}
            return await write_archive(self._database, self._parts.blobs, extra, target, moments.stored(self._clock.now()))
        finally:
            self._making = False

    async def made(self, account_id: str) -> tuple[int, AsyncIterator[bytes]]:
        """The archive's size, and the archive in pieces; the file behind it has no name, and is gone with its last piece.

        Raises as `archive`, StorageFull, StorageUnavailable.
        """
        try:
            file = await asyncio.to_thread(_nameless, self._parts.scratch)
        except OSError as error:
            raise of_system(error) from error
        try:
            await self.archive(account_id, file)
            size = await asyncio.to_thread(file.seek, 0, 2)
            return size, _pieces(file)
        except OSError as error:
            file.close()
            raise of_system(error) from error
        except BaseException:
            file.close()
            raise

    def prove(self, account_id: str) -> str:
        """What the address of this person's archive ends in, for a while; given to who has just shown the password."""
        until = int(self._clock.now()) + GOOD_FOR
        return f"{until}-{self._code(account_id, until, self._identity.keyring.kid)}"

    def check(self, account_id: str, proof: str) -> None:
        """Raises ProofInvalid for a proof that is too old, or was never given to this person."""
        head, _, code = proof.partition("-")
        if not (head.isascii() and head.isdigit() and len(head) <= 12) or int(head) < self._clock.now() or not code.isascii():
            raise ProofInvalid
        good = (self._code(account_id, int(head), kid) for kid in self._identity.keyring.kids)
        if not any(hmac.compare_digest(code, each) for each in good):
            raise ProofInvalid

    def _code(self, account_id: str, until: int, kid: str) -> str:
        return self._identity.keyring.mac(_PURPOSE, f"archive\n{account_id}\n{until}".encode(), kid)[:_DIGITS]

    async def erase(self, account_id: str, reach: Reach = OPERATOR, *, asked: bool = True) -> None:
        """Erase a person with everything that is theirs, for good; what the files of the database still hold of it goes by a job.

        `asked`: by the person, or in their name; what an admin deleted otherwise, `prosa restore --bring-back` brings back.
        Raises AccountNotFound, LastAdmin, ErasuresUnwritable: nothing is erased then.
        """
        parts, now = self._parts, self._clock.now()
        await self._identity.accounts.delete(reach, account_id)
        line = line_of(account_id, moments.stored(now), asked=asked)
        try:
            await asyncio.to_thread(parts.erasures.add, (line,))
            await parts.journal.append(*asking(f"{_TRACES}:{new_object_id()}", _TRACES, now))
            await parts.files.clear()
        except ProsaError as error:  # it is erased all the same, and noted; the daily job does the rest
            _logger.warning("an erasure could not be finished at once: %s %s", error.code, getattr(error, "reason", ""))
        if parts.erasures.copy_failed:
            _logger.warning("the copy of the list of erasures can't be written; the next erasure completes it")

    async def left_of(self, account_id: str) -> dict[str, int]:
        """How many rows of a person there are in the tables that should hold none after an erasure."""
        from prosa.privacy import store

        owners, found = owners_of(account_id), {}
        async with self._database.reading() as connection:
            for entry in REGISTRY.erased:
                count = await store.count_of(connection, entry, owners)
                if count:
                    found[entry.table] = count
        return found


def _nameless(folder: Path) -> IO[bytes]:
    folder.mkdir(parents=True, mode=0o700, exist_ok=True)
    return cast("IO[bytes]", tempfile.TemporaryFile(dir=folder))


async def _pieces(file: IO[bytes]) -> AsyncIterator[bytes]:
    with file:
        await asyncio.to_thread(file.seek, 0)
        while piece := await asyncio.to_thread(file.read, _PIECE):
            yield piece


async def complete(erasures: ErasureList, database: Database) -> None:
    """Have the list hold every account that the database knows as deleted: other hosts may have deleted some.

    Raises DatabaseUnavailable, ErasuresUnwritable.
    """
    from prosa.privacy import store

    await database.open()
    async with database.reading() as connection:
        known = await store.deleted_accounts(connection)
    await asyncio.to_thread(erasures.add, [line_of(id, moment) for id, moment in known])


def list_of(data_dir: Path, copy: Path | None) -> ErasureList:
    """The list of an installation."""
    from prosa.privacy.erasures import FILE

    return ErasureList(data_dir / FILE, copy)
