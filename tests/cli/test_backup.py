"""`prosa backup`, `restore`, `migrate-to`, `verify`, each in a process of its own."""

import fcntl
import json
import os
import shutil
import sqlite3
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosa.drivers.blobs import blobs_of
from prosa.drivers.sql import Database, DatabaseAddress
from prosa.drivers.vault import Keyring, load_secrets
from prosa.files import FileService, FileSettings
from prosa.kit.clock import SystemClock
from tests.commanding import command
from tests.databases import KINDS, an_address, environment, migrated_file
from tests.drivers.archive.filling import fill
from tests.files.filing import pieces
from tests.samples import PDF

pytestmark = pytest.mark.slow  # each command is a process of its own

SECRET = "a-secret-of-the-settings-that-is-long-enough-for-anybody"


@pytest.fixture(params=KINDS)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[DatabaseAddress]:
    """A database of each kind, where the settings of `prosa` below find it."""
    if request.param == "sqlite":
        yield DatabaseAddress(path=tmp_path / "data" / "prosa.db")
        return
    with an_address("postgresql") as found:
        yield found


def prosa(
    folder: Path, *words: str, address: DatabaseAddress | None = None, given: str = "", **env: str
) -> "subprocess.CompletedProcess[str]":
    base = {"PATH": os.environ["PATH"], "PROSA_OLLAMA_DISCOVERY": "false"}
    place = environment(address) if address is not None and address.url else {}
    return command(folder, words, base | dict(place) | env, given)


async def filled(folder: Path, address: DatabaseAddress, secrets: tuple[str, ...] = ()) -> None:
    """A database that a server has used: its secret is in the data folder, or in the settings."""
    keyring = Keyring.of(load_secrets(secrets, folder / "data"))
    if address.path is not None:
        shutil.copy(migrated_file(), address.path)
    database = Database(address)
    await fill(database, keyring)
    await database.aclose()


def people(path: Path) -> int:
    file = sqlite3.connect(path)
    try:
        return int(file.execute("SELECT count(*) FROM accounts").fetchone()[0])
    finally:
        file.close()


@pytest.mark.contract("A39")
async def test_what_is_saved_can_be_checked_and_brought_back(address: DatabaseAddress, tmp_path: Path) -> None:
    await filled(tmp_path, address)
    made = prosa(tmp_path, "backup", address=address)
    assert made.returncode == 0, made.stderr
    (file,) = (tmp_path / "data" / "backups").iterdir()
    assert file.name.startswith("prosa-")
    assert "secret is not inside" in made.stdout
    checked = prosa(tmp_path, "verify", str(file), address=address)
    assert checked.returncode == 0, checked.stderr
    assert "the file is whole" in checked.stdout
    refused = prosa(tmp_path, "restore", str(file), address=address)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "--force" in refused.stderr
    done = prosa(tmp_path, "restore", str(file), "--force", address=address)
    assert done.returncode == 0, done.stderr
    assert "before-restore-" in done.stdout
    assert "nobody is signed in now" in done.stdout
    assert "note:" not in done.stdout
    looked = prosa(tmp_path, "verify", address=address)
    assert looked.returncode == 0, looked.stdout
    assert looked.stdout.endswith("all is well\n")


async def test_a_backup_is_named_as_one_wants_and_not_written_over(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    assert prosa(tmp_path, "backup", "mine.tar.gz").returncode == 0
    again = prosa(tmp_path, "backup", "mine.tar.gz")
    assert again.returncode == 1
    assert again.stderr == "prosa: mine.tar.gz is there already\n"
    assert prosa(tmp_path, "backup", "mine.tar.gz", "--force").returncode == 0
    assert stat.S_IMODE((tmp_path / "mine.tar.gz").stat().st_mode) == 0o600
    nowhere = prosa(tmp_path, "backup", "/proc/nowhere/mine.tar.gz")
    assert nowhere.returncode == 1
    assert "can't be written" in nowhere.stderr


async def test_where_nothing_is_yet_there_is_nothing_to_save(tmp_path: Path) -> None:
    for words in (("backup",), ("migrate-to", "sqlite:///other.db"), ("backup", "--with-secret")):
        done = prosa(tmp_path, *words)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert prosa(tmp_path, "restore", "nowhere.tar.gz").returncode == 1
    assert not (tmp_path / "data" / "prosa.db").exists()
    assert not (tmp_path / "other.db").exists()


@pytest.mark.attack("M14")
async def test_to_another_machine_with_the_secret_everything_opens_and_without_it_people_are_kept(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    await filled(home, DatabaseAddress(path=home / "data" / "prosa.db"))
    secret = (home / "data" / "secret.key").read_text().strip()
    for name, words in (("with", ("--with-secret",)), ("without", ())):
        away = tmp_path / name
        away.mkdir()
        assert prosa(home, "backup", str(away / "b.tar.gz"), *words).returncode == 0
        done = prosa(away, "restore", "b.tar.gz")
        assert done.returncode == 0, done.stderr
        assert secret not in done.stdout + done.stderr
        assert people(away / "data" / "prosa.db") == 3
        kept = (away / "data" / "secret.key").read_text().split()
        assert stat.S_IMODE((away / "data" / "secret.key").stat().st_mode) == 0o600
        looked = prosa(away, "verify")
        if name == "with":
            assert kept == [secret]
            assert "note:" not in done.stdout
            assert looked.returncode == 0, looked.stdout
        else:
            assert secret not in kept
            assert "1 sealed values can't be read any more: ana@exemplo.br" in done.stdout
            assert "1 API keys can't be used without the old secret and were revoked: 2222 (bia@exemplo.br)" in done.stdout
            assert looked.returncode == 1
            assert "accounts.cpf" in looked.stdout


async def test_a_secret_of_the_settings_is_never_replaced_by_that_of_a_backup(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    assert prosa(tmp_path, "backup", "b.tar.gz", "--with-secret").returncode == 0
    done = prosa(tmp_path, "restore", "b.tar.gz", "--force", PROSA_SECRET=SECRET)
    assert done.returncode == 1
    assert "PROSA_SECRET is set" in done.stderr
    secret = (tmp_path / "data" / "secret.key").read_text().strip()
    both = prosa(tmp_path, "restore", "b.tar.gz", "--force", PROSA_SECRET=f"{SECRET},{secret}")
    assert both.returncode == 0, both.stderr
    assert "note:" not in both.stdout


async def test_nothing_is_restored_while_a_server_runs(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    assert prosa(tmp_path, "backup", "b.tar.gz").returncode == 0
    with (tmp_path / "data" / "prosa.lock").open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = prosa(tmp_path, "restore", "b.tar.gz", "--force")
        assert prosa(tmp_path, "backup", "c.tar.gz").returncode == 0
    assert done.returncode == 2
    assert "in use by another prosa" in done.stderr
    assert done.stderr.count("\n") == 1


def _kill_in_the_middle(folder: Path) -> None:
    """A restore that is killed once it has written two megabytes."""
    log = folder / "data" / "prosa.db-wal"
    words = [sys.executable, "-m", "prosa", "restore", "b.tar.gz", "--force"]
    with subprocess.Popen(words, cwd=folder, env={"PATH": os.environ["PATH"]}, stdout=subprocess.PIPE) as restoring:
        until = time.monotonic() + 60
        while not (log.exists() and log.stat().st_size > 2_000_000) and time.monotonic() < until:
            time.sleep(0.01)
        restoring.kill()
        assert restoring.stdout is not None
        assert restoring.stdout.read() == b""


async def test_a_restore_that_is_killed_leaves_the_old_database(tmp_path: Path) -> None:
    path = tmp_path / "data" / "prosa.db"
    await filled(tmp_path, DatabaseAddress(path=path))
    with sqlite3.connect(path) as file:
        file.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) INSERT INTO interactions"
            " (space, interaction_id, user_id, prompt, asked_at, cached) SELECT 's', 'n' || i, 'u', hex(randomblob(200)), i, 0"
            " FROM n"
        )
    file.close()
    assert prosa(tmp_path, "backup", "b.tar.gz").returncode == 0
    with sqlite3.connect(path) as file:
        file.execute("UPDATE accounts SET name = 'as it was'")
    file.close()
    _kill_in_the_middle(tmp_path)
    with sqlite3.connect(path) as file:
        assert file.execute("SELECT DISTINCT name FROM accounts").fetchall() == [("as it was",)]
        assert file.execute("SELECT count(*) FROM interactions").fetchone() == (30_004,)
    file.close()
    assert prosa(tmp_path, "verify").returncode == 1  # an erased account with a name: our own doing
    assert prosa(tmp_path, "restore", "b.tar.gz", "--force").returncode == 0
    assert prosa(tmp_path, "verify").returncode == 0


async def test_a_damaged_or_foreign_file_is_one_line_and_changes_nothing(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    before = (tmp_path / "data" / "prosa.db").read_bytes()
    (tmp_path / "x").write_bytes(b"\x1f\x8b\x08" + b"x" * 500)
    for words in (("restore", "x", "--force"), ("restore", "data/prosa.db", "--force"), ("verify", "x")):
        done = prosa(tmp_path, *words)
        assert (done.returncode, done.stderr.count("\n")) == (1, 1)
        assert "no backup of prosa" in done.stderr
    assert (tmp_path / "data" / "prosa.db").read_bytes() == before


async def test_moving_house_and_back(tmp_path: Path) -> None:
    here = DatabaseAddress(path=tmp_path / "data" / "prosa.db")
    await filled(tmp_path, here)
    with an_address("postgresql", migrated=False) as there:
        assert there.url is not None
        done = prosa(tmp_path, "migrate-to", "-", given=there.url + "\n")
        assert done.returncode == 0, done.stderr
        assert "counts and hashes are the same on both sides" in done.stdout
        assert "set PROSA_DATABASE_URL" in done.stdout
        assert "postgresql://" not in done.stdout + done.stderr
        again = prosa(tmp_path, "migrate-to", there.url)
        assert (again.returncode, again.stderr) == (1, "prosa: the database to move to is not empty\n")
        assert here.path is not None
        here.path.unlink()
        back = prosa(tmp_path, "migrate-to", "sqlite:///data/prosa.db", address=there)
        assert back.returncode == 0, back.stderr
        assert "remove PROSA_DATABASE_URL" in back.stdout
    assert people(here.path) == 3
    assert prosa(tmp_path, "verify").returncode == 0


@pytest.mark.parametrize("url", ["mysql://x/y", "postgresql://me:pass word@host:nine/db", "sqlite:///data/prosa.db", "nonsense"])
async def test_an_address_that_cannot_be_is_refused_without_repeating_it(tmp_path: Path, url: str) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    done = prosa(tmp_path, "migrate-to", url)
    assert (done.returncode, done.stdout) == (1, "")
    assert "pass word" not in done.stderr
    assert done.stderr.count("\n") == 1


async def test_a_password_in_an_address_is_remarked_and_never_repeated(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    done = prosa(tmp_path, "migrate-to", "postgresql://me:canary@127.0.0.1:1/prosa")
    assert done.returncode == 1
    assert "can read a password on the command line" in done.stderr
    assert "canary" not in done.stdout + done.stderr


async def test_verify_tells_programs_too(tmp_path: Path) -> None:
    path = tmp_path / "data" / "prosa.db"
    await filled(tmp_path, DatabaseAddress(path=path))
    with sqlite3.connect(path) as file:
        file.execute("UPDATE accounts SET role = 'king' WHERE role = 'user' AND status = 'active'")
    file.close()
    done = prosa(tmp_path, "verify", "--json")
    assert done.returncode == 1
    document = json.loads(done.stdout)
    assert document["good"] is False
    assert document["tables"]["accounts"] == 3
    assert document["findings"][0]["check"] == "accounts"
    assert prosa(tmp_path, "backup", "b.tar.gz").returncode == 0
    assert json.loads(prosa(tmp_path, "verify", "b.tar.gz", "--json").stdout)["product"] == "prosa-backup"


async def test_a_scheduled_one_keeps_as_many_as_it_should_and_nothing_that_a_person_made(tmp_path: Path) -> None:
    await filled(tmp_path, DatabaseAddress(path=tmp_path / "data" / "prosa.db"))
    folder = tmp_path / "data" / "backups"
    folder.mkdir()
    kept = ["prosa-20200101T000000Z.tar.gz", "mine.txt", "scheduled-20240102T000000Z.tar.gz"]
    for name in (*kept, "scheduled-20240101T000000Z.tar.gz", ".scheduled-20240101T000000Z.tar.gz.ab12.part"):
        (folder / name).touch()
    done = prosa(tmp_path, "backup", "--scheduled", PROSA_BACKUP_KEEP="2")
    assert done.returncode == 0, done.stderr
    names = {path.name for path in folder.iterdir()}
    assert set(kept) < names
    assert len(names) == 4
    assert "scheduled" not in prosa(tmp_path, "backup", "--help").stdout


async def test_files_come_along_with_every_command(tmp_path: Path, address: DatabaseAddress) -> None:
    await filled(tmp_path, address)
    clock, database = SystemClock(), Database(address)
    files = FileService(database, blobs_of(database, tmp_path / "data", clock), FileSettings(), clock)
    async with files.upload("ana") as upload:
        await upload.receive("a.pdf", None, pieces(PDF))
        file = await upload.keep("user_data")
    await database.aclose()
    saved = prosa(tmp_path, "backup", "b.tar.gz", address=address)
    assert saved.returncode == 0 and " 1 files, " in saved.stdout
    (tmp_path / "new").mkdir()
    restored = prosa(tmp_path / "new", "restore", str(tmp_path / "b.tar.gz"))
    assert restored.returncode == 0, restored.stderr
    back = tmp_path / "new" / "data" / "blobs" / file.blob[:2] / file.blob[2:]
    assert back.read_bytes() == PDF and stat.S_IMODE(back.stat().st_mode) == 0o600
    moved = prosa(tmp_path, "migrate-to", f"sqlite:///{tmp_path}/other.db", address=address)
    assert moved.returncode == 0, moved.stderr
    assert (tmp_path / "other.db.blobs" / file.blob[:2] / file.blob[2:]).read_bytes() == PDF
    back.write_bytes(b"another")
    wrong = prosa(tmp_path / "new", "verify")
    assert wrong.returncode == 1 and "wrong: files: the content of 1 files is not what was stored" in wrong.stdout
