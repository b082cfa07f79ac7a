"""`prosa person`: all that is kept of somebody is handed over, or is gone; and what is gone doesn't come back from a backup."""

import asyncio
import json
import zipfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from prosa.conversations import SearchIndexer, nobody_of
from prosa.drivers.blobs import blobs_of
from prosa.drivers.journal import Journal
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.files import FileService, FileSettings
from prosa.kit.clock import SystemClock
from prosa.privacy import REGISTRY
from tests.cli.terminal import Terminal
from tests.databases import KINDS, an_address, environment
from tests.privacy.canaries import CANARY, plant, rows_with, traces

ANA, BIA = f"{CANARY}@exemplo.br", "fica@exemplo.br"
KEPT = "quemficaqx"


class Home:
    """An installation with two people, of whom Ana leaves canaries everywhere."""

    def __init__(self, terminal: Terminal, address: DatabaseAddress) -> None:
        self.terminal = terminal
        self.env = dict(environment(address)) if address.url else {}
        self.data = terminal.folder / "data"
        self.database = Database(address)
        self.ids: dict[str, str] = {}

    def works(self, *words: str) -> str:
        done = self.terminal.type(*words, env=self.env)
        assert done.status == 0, done.err
        return done.out + done.err

    def fill(self) -> None:
        for email, name in ((ANA, CANARY), (BIA, KEPT)):
            done = self.terminal.type(
                *("user", "add", email, "--name", name, "--password-stdin"), stdin=b"correct horse battery", env=self.env
            )
            assert done.status == 0, done.err
            self.ids[email] = done.out.partition("user_")[2].partition(")")[0]
        asyncio.run(self._fill())

    async def _fill(self) -> None:
        for email, canary in ((ANA, CANARY), (BIA, KEPT)):
            await plant(self.database, self.ids[email], canary)
            await self._file(self.ids[email], f"{canary} no arquivo".encode())
        await self._orphan(self.ids[ANA])
        await self._indexed()
        await self.database.aclose()

    async def _file(self, space: str, content: bytes) -> None:
        clock = SystemClock()
        files = FileService(self.database, blobs_of(self.database, self.data, clock), FileSettings(), clock)
        async with files.upload(space) as upload:
            await upload.receive(f"{CANARY}.txt" if CANARY.encode() in content else "a.txt", None, _pieces(content))
            await upload.keep("user_data")

    async def _orphan(self, account_id: str) -> None:
        import sqlalchemy as sa

        async with self.database.writing() as connection:
            columns = ("id", "space", "created_at", "updated_at", "version", "title")
            table = sa.table("conversations", *map(sa.column, columns))
            row = ("f" * 32, nobody_of(account_id), 1, 1, 1, f"{CANARY} de ninguém")
            await connection.execute(sa.insert(table).values(dict(zip(columns, row, strict=True))))

    async def _indexed(self) -> None:
        journal = Journal(self.database)
        indexer = SearchIndexer(self.database, journal, SystemClock())
        assert await indexer.settle()
        await indexer.release()
        await journal.aclose()


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    yield content


@pytest.fixture(params=KINDS)
def home(request: pytest.FixtureRequest, terminal: Terminal) -> Iterator[Home]:
    """The installation, over each kind of database."""
    if request.param == "sqlite":
        yield Home(terminal, DatabaseAddress(path=terminal.folder / "data" / "prosa.db"))
        return
    with an_address("postgresql") as address:
        yield Home(terminal, address)


@pytest.mark.attack("N1")
@pytest.mark.attack("N4")
@pytest.mark.slow
def test_nothing_is_left_of_who_is_erased_and_no_backup_brings_it_back(home: Home) -> None:
    _filled(home)
    backup = home.terminal.folder / "before.tar.gz"
    home.works("backup", str(backup))
    home.works("person", "erase", ANA, "--yes")
    assert asyncio.run(_rows(home)) == []
    assert traces(home.data) == []
    assert home.ids[ANA] in (home.data / "erasures.jsonl").read_text()
    assert "no account" in home.terminal.type("person", "erase", ANA, "--yes", env=home.env).err
    _looks_whole(home)
    restored = home.works("restore", str(backup), "--force", "--bring-back")
    assert "deleted again" in restored and "NO LIST" not in restored
    assert asyncio.run(_rows(home)) == []
    assert traces(home.data) == []
    _looks_whole(home)
    assert asyncio.run(_rows(home, KEPT))  # nobody else lost anything


def _looks_whole(home: Home) -> None:
    told = home.works("user", "list")
    assert BIA in told and ANA not in told


def _filled(home: Home) -> None:
    home.fill()
    assert set(asyncio.run(_rows(home))) >= {"items", "memories", "shares", "opinions", "usage_calls", "idempotency_keys"}
    assert home.env or traces(home.data)


async def _rows(home: Home, canary: str = CANARY) -> list[str]:
    try:
        return await rows_with(home.database, canary)
    finally:
        await home.database.aclose()


@pytest.mark.attack("N2")
def test_an_archive_holds_every_table_and_file_and_nobody_elses(home: Home) -> None:
    _filled(home)
    file = home.terminal.folder / "ana.zip"
    assert "1 files" in home.works("person", "export", ANA, str(file)).replace("41 files", "1 files")
    assert home.terminal.type("person", "export", ANA, str(file), env=home.env).status == 1
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        everything = b"".join(archive.read(name) for name in archive.namelist())
        for personal in REGISTRY.personal:
            lines = archive.read(f"data/{personal.table}.jsonl").splitlines()
            assert len(lines) == manifest["tables"][personal.table] > 0, personal.table
            for line in lines:
                assert not personal.hidden - {"cpf"} & set(json.loads(line)), personal.table
    assert f"{CANARY} no arquivo".encode() in everything
    assert f"{CANARY} de ninguém".encode() in everything
    assert KEPT.encode() not in everything and home.ids[BIA].encode() not in everything


@pytest.mark.attack("N4")
def test_a_restore_says_loudly_where_nobody_knows_who_was_erased(terminal: Terminal, tmp_path: Path) -> None:
    for email in (ANA, BIA):
        terminal.works("user", "add", email, "--password-stdin", stdin=b"correct horse battery")
    terminal.works("backup", "b.tar.gz")
    terminal.works("person", "erase", ANA, "--yes")
    known = (terminal.folder / "data" / "erasures.jsonl").rename(tmp_path / "kept.jsonl")
    (terminal.folder / "data" / "prosa.db").unlink()
    lost = terminal.type("restore", "b.tar.gz")
    assert lost.status == 0 and "THERE IS NO LIST OF ERASURES HERE" in lost.err
    assert ANA in terminal.works("user", "list")
    found = terminal.type("restore", "b.tar.gz", "--force", "--erasures", str(known))
    assert found.status == 0 and "NO LIST" not in found.err and "1 accounts" in found.out
    assert ANA not in terminal.works("user", "list")
    copied = terminal.type("restore", "b.tar.gz", "--force", env={"PROSA_ERASURE_COPY": str(known)})
    assert copied.status == 0 and ANA not in terminal.works("user", "list")


@pytest.mark.attack("N4")
def test_who_was_deleted_by_mistake_can_be_brought_back_and_who_asked_to_go_cannot(terminal: Terminal) -> None:
    for email in ("erro@exemplo.br", "pedido@exemplo.br"):
        terminal.works("user", "add", email, "--password-stdin", stdin=b"correct horse battery")
    terminal.works("backup", "b.tar.gz")
    terminal.works("user", "delete", "erro@exemplo.br", "--yes")
    terminal.works("person", "erase", "pedido@exemplo.br", "--yes")
    terminal.works("restore", "b.tar.gz", "--force", "--bring-back")
    told = terminal.works("user", "list")
    assert "erro@exemplo.br" in told and "pedido@exemplo.br" not in told
    terminal.works("restore", "b.tar.gz", "--force")
    assert terminal.works("user", "list") == "nobody\n"


def test_nobody_is_erased_whose_erasure_cannot_be_noted(terminal: Terminal) -> None:
    terminal.works("user", "add", ANA, "--password-stdin", stdin=b"correct horse battery")
    (terminal.folder / "data" / "erasures.jsonl").unlink()
    (terminal.folder / "data" / "erasures.jsonl").mkdir()
    done = terminal.type("person", "erase", ANA, "--yes")
    assert done.status == 1 and "Nothing was erased" in done.err
    assert ANA in terminal.works("user", "list")
    assert terminal.type("person", "erase", ANA).status == 1  # nobody to ask
