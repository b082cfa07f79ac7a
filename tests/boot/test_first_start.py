"""A first start, the next ones, and those with another secret: as processes, the way an operator sees them."""

import asyncio
import json
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from prosa.drivers.sql import DatabaseAddress
from prosa.drivers.vault import SECRET_FILE, Keyring, known_checks
from tests.databases import an_address

from .process import PATIENCE, environ, get, started_first, until

ONE, TWO = "the-first-secret-5f2b8c", "the-second-secret-9a1d3e"
LINK = re.compile(r"/set-up#code=([A-Z2-7-]{19})")

pytestmark = pytest.mark.slow


def prosa(folder: Path, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
    """One command over the same data folder."""
    return subprocess.run(
        [sys.executable, "-m", "prosa", *words],
        cwd=folder,
        env=environ(folder, **more),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


def checks(address: DatabaseAddress) -> set[str]:
    return set(asyncio.run(known_checks(address)))


def in_folder(folder: Path) -> DatabaseAddress:
    return DatabaseAddress(path=folder / "data" / "prosa.db")


def heavy(pid: int) -> set[str]:
    """The libraries that a serving process has loaded although nobody needed them yet."""
    maps = Path(f"/proc/{pid}/maps").read_text()
    return {name for name in ("sqlalchemy", "cryptography", "argon2", "bcrypt", "asyncpg") if f"/{name}" in maps}


@pytest.mark.attack("C10", "M3")
def test_the_first_start_makes_a_secret_proves_it_and_prints_the_way_in_once(tmp_path: Path) -> None:
    with started_first(tmp_path) as server:
        until(lambda: LINK.search(server.text()) is not None)
        until(lambda: checks(in_folder(tmp_path)) != set())
        (secret,) = (tmp_path / "data" / SECRET_FILE).read_text().split()
        events = [json.loads(line) for line in server.text().splitlines() if line.startswith("{")]
        assert sum("setup" in event for event in events) == 1
        code = LINK.findall(server.text())[0]
        assert heavy(server.pid) == set()
        assert server.stop() == 0
        assert secret not in server.text()
    assert checks(in_folder(tmp_path)) == {Keyring.of([secret]).kid}
    with started_first(tmp_path, PROSA_WORKERS="2") as server:
        until(lambda: LINK.search(server.text()) is not None)
        assert set(LINK.findall(server.text())) == {code}
        assert set.union(*map(heavy, server.children())) == set()


@pytest.mark.attack("C10")
def test_another_secret_stops_the_start_in_one_line_and_the_right_one_starts_again(tmp_path: Path) -> None:
    with started_first(tmp_path, PROSA_SECRET=ONE) as server:
        until(lambda: checks(in_folder(tmp_path)) != set())
        assert server.stop() == 0
    for more in ({"PROSA_SECRET": TWO}, {}):
        done = prosa(tmp_path, "serve", **more)
        assert done.returncode == 2
        assert done.stdout == ""
        assert done.stderr.count("\n") == 1
        assert "PROSA_SECRET" in done.stderr
        assert ONE not in done.stderr and TWO not in done.stderr
    with started_first(tmp_path, PROSA_SECRET=ONE) as server:
        assert get(server.port, "/health")[0] == 200


@pytest.mark.attack("C10")
def test_a_newer_secret_takes_over_while_the_server_runs(tmp_path: Path) -> None:
    both = f"{TWO},{ONE}"
    old, new = Keyring.of([ONE]), Keyring.of([TWO, ONE])
    with started_first(tmp_path, PROSA_SECRET=ONE) as server:
        until(lambda: checks(in_folder(tmp_path)) != set())
        early = prosa(tmp_path, "keys", "rotate", PROSA_SECRET=both)
        assert (early.returncode, early.stdout) == (2, "")
        assert "restart it" in early.stderr
        server.stop()
    with started_first(tmp_path, PROSA_SECRET=both) as server:
        until(lambda: checks(in_folder(tmp_path)) == {old.kid, new.kid})
        done = prosa(tmp_path, "keys", "rotate", PROSA_SECRET=both)
        assert (done.returncode, done.stderr) == (0, "")
        assert "accounts.cpf: 0 sealed anew" in done.stdout
        assert "nothing stored needs an older secret" in done.stdout
        assert get(server.port, "/health")[0] == 200
    assert checks(in_folder(tmp_path)) == {new.kid}
    assert prosa(tmp_path, "keys", "rotate", PROSA_SECRET=ONE).returncode == 2


def test_migrate_makes_the_database_of_the_settings_and_proves_the_secret(tmp_path: Path) -> None:
    with an_address("postgresql", migrated=False) as address:
        more = {"PROSA_DATABASE_URL": address.url or "", "PROSA_SECRET": ONE}
        done = prosa(tmp_path, "migrate", **more)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
        assert checks(address) == {Keyring.of([ONE]).kid}
        assert not (tmp_path / "data" / "prosa.db").exists()
        assert prosa(tmp_path, "migrate", **more | {"PROSA_SECRET": TWO}).returncode == 2
    assert prosa(tmp_path, "migrate").returncode == 0
    with closing(sqlite3.connect(tmp_path / "data" / "prosa.db")) as connection:
        assert connection.execute("SELECT count(*) FROM secret_checks").fetchone() == (1,)


@pytest.mark.attack("C10")
def test_a_database_that_comes_late_and_was_made_with_another_secret_stops_the_server(tmp_path: Path) -> None:
    with an_address("postgresql") as address:
        assert prosa(tmp_path, "migrate", PROSA_DATABASE_URL=address.url or "", PROSA_SECRET=ONE).returncode == 0
        # A link that leads nowhere yet stands for a server that is down.
        folder = re.search(r"host=([^&]*)", address.url or "")
        assert folder is not None
        link = tmp_path / "pg"
        url = (address.url or "").replace(folder[1], str(link).replace("/", "%2F"))
        with started_first(tmp_path, PROSA_DATABASE_URL=url, PROSA_SECRET=TWO, PROSA_WORKERS="2") as server:
            assert server.popen.poll() is None
            link.symlink_to(folder[1].replace("%2F", "/"))
            until(lambda: server.popen.poll() is not None)
            assert "made with other secrets" in server.text()
        assert checks(address) == {Keyring.of([ONE]).kid}
