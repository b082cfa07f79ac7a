"""Files and vector stores come first: what is said of them later has to be there."""

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Final, TypeVar

from prosa.answers.adopting.folder import Folder
from prosa.answers.adopting.models import SavedGround, SavedReport
from prosa.answers.adopting.reading import SavedFile, file_of, member_of, store_of
from prosa.answers.adopting.stage_store import Stage, Staged
from prosa.answers.adopting.staging import FILE
from prosa.drivers.journal import Part
from prosa.files import Purpose, Wish, files_here
from prosa.kit.errors import ProsaError
from prosa.kit.ids import derived_id
from prosa.knowledge import STORE, Addition, Maker, brought_files, files_in, store_row, stores_here

TOGETHER: Final = 200  # rows that are looked for at once, files of one batch
_PIECE: Final = 256 * 1024
T = TypeVar("T")
_OTHERS: Final = "its id is somebody else's here: left out"


class Holding:
    """Brings files and stores of one import."""

    def __init__(self, ground: SavedGround, report: SavedReport, stage: Stage, salt: str) -> None:
        self._ground = ground
        self._report = report
        self._stage = stage
        self._salt = salt
        self.stores = set[str]()  # ids that are here now, or would be

    async def files(self, folder: Folder) -> None:
        """Every file whose content was saved. Raises DatabaseUnavailable, StorageUnavailable."""
        for some in portions(self._stage.things("files")):
            here = await files_here(self._ground.on.database, [each.key for each in some])
            for each in some:
                self._report.files.found += 1
                saved, there = file_of(each.key, each.body), here.get(each.key)
                if there is None:
                    await self._file(folder, saved)
                elif there[0] == self._ground.space:
                    self._report.files.present += 1
                    self._stage.put_here(saved.id, there[1])
                else:
                    self._refuse_file(saved, _OTHERS)

    async def _file(self, folder: Folder, saved: SavedFile) -> None:
        path = folder.content(FILE + saved.id, saved.name, saved.size)
        if path is None:
            self._refuse_file(saved, "its content wasn't saved: left out")
            return
        if not self._ground.dry_run:
            try:
                await self._keep(saved, path)
            except (ProsaError, OSError) as error:
                self._refuse_file(saved, f"left out: {error.message if isinstance(error, ProsaError) else 'it can not be read'}")
                return
        self._report.files.added += 1
        self._stage.put_here(saved.id, saved.name)

    async def _keep(self, saved: SavedFile, path: Path) -> None:
        wish = Wish(Purpose(saved.purpose), id=saved.id, created_at=saved.created_at)
        async with self._ground.files.upload(self._ground.space) as upload:
            await upload.receive(saved.name.replace("\n", " ").replace("\r", " "), None, _pieces(path))
            await upload.keep_as(wish)

    def _refuse_file(self, saved: SavedFile, why: str) -> None:
        self._report.files.refused += 1
        self._ground.tell(f"{FILE}{saved.id} ({saved.name}): {why}")

    async def all_stores(self) -> None:
        """Every store that was saved, or is named, with its files. Raises DatabaseUnavailable."""
        for some in portions(self._stage.things("vector_stores")):
            await self._stores(some)
        for more in portions(self._stage.unsaved("vector_stores")):
            await self._stores([Staged(id, b"{}") for id in more])

    async def _stores(self, some: Sequence[Staged]) -> None:
        here = await stores_here(self._ground.on.database, [each.key for each in some])
        for each in some:
            self._report.stores.found += 1
            space = here.get(each.key)
            if space is not None and space != self._ground.space:
                self._report.stores.refused += 1
                self._ground.tell(f"{STORE}{each.key}: {_OTHERS}")
                continue
            if space is None:
                self._report.stores.added += 1
                await self._write([self._row(each)])
            else:
                self._report.stores.present += 1
            self.stores.add(each.key)
            await self._members(each.key, is_new=space is None)

    def _row(self, each: Staged) -> Part:
        on = self._ground.on
        new, made_at = store_of(each.body, each.key)
        if each.body == b"{}":
            self._ground.tell(f"{STORE}{each.key}: it wasn't saved itself; it stands with what is known of it")
        if new.expires_days is not None:
            self._ground.tell(
                f"{STORE}{each.key} ({new.name}): it ends {new.expires_days} days after its last use, from today on"
            )
        return store_row(each.key, self._ground.space, new, on.model, on.now, made_at)

    async def _members(self, store: str, *, is_new: bool) -> None:
        read = before = 0
        for some in self._stage.members(store, TOGETHER):
            ids = [each.key for each in some]
            held = await files_in(self._ground.on.database, store, ids)
            names = self._stage.names(ids)
            additions = [Addition(each.key, *member_of(each.body)) for each in some if each.key in names and each.key not in held]
            self._count(store, some, held, names)
            read, before = read + len(additions), before + len(held)
            if additions:
                maker = Maker(self._ground.space, self._ground.account_id)
                batch = derived_id(self._salt, "batch", store, *(each.file_id for each in additions))
                await self._write(brought_files(maker, (store, batch), additions, names, self._ground.on.now))
        if is_new and not read and not before:
            self._ground.tell(f"{STORE}{store}: it stands empty, for none of its files was saved; put its documents in again")

    def _count(self, store: str, some: Sequence[Staged], held: set[str], names: dict[str, str]) -> None:
        tally = self._report.read
        for each in some:
            tally.found += 1
            if each.key in held:
                tally.present += 1
            elif each.key in names:
                tally.added += 1
            else:
                tally.refused += 1
                self._ground.tell(f"{STORE}{store}: {FILE}{each.key} isn't here, so that it isn't in it")

    async def _write(self, parts: Sequence[Part]) -> None:
        if not self._ground.dry_run:
            await self._ground.on.journal.append_all(tuple(parts))


def portions(things: Iterable[T]) -> Iterator[list[T]]:
    """So many of them at once as are looked for together."""
    some: list[T] = []
    for each in things:
        some.append(each)
        if len(some) == TOGETHER:
            yield some
            some = []
    if some:
        yield some


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_PIECE):
            yield piece
