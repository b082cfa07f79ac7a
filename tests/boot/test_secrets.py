"""The server's secrets at start, held against the database."""

import asyncio
import contextlib
import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosa.boot.migrate import migrate, migrate_apart
from prosa.boot.secrets import unlocked
from prosa.boot.settings import Settings, StartRefused, load
from prosa.drivers.sql import DatabaseAddress, needs_migration
from prosa.drivers.vault import SECRET_FILE, Keyring, known_checks
from tests.databases import KINDS, an_address, environment

ONE, TWO = "the-first-secret-5f2b8c", "the-second-secret-9a1d3e"


@pytest.fixture(params=KINDS)
def empty(request: pytest.FixtureRequest) -> Iterator[DatabaseAddress]:
    """A database of each kind with nothing in it."""
    with an_address(request.param, migrated=False) as address:
        yield address


def settings(folder: Path, address: DatabaseAddress | None = None, **more: str) -> Settings:
    where = dict(environment(address)) if address is not None else {}
    return load({"PROSA_DATA_DIR": str(folder / "data"), **where, **more}, folder).settings


def refused(found: Settings) -> str:
    with pytest.raises(StartRefused) as caught:
        unlocked(found)
    line = str(caught.value)
    assert "\n" not in line
    assert ONE not in line and TWO not in line
    return line


@pytest.mark.attack("C10")
def test_a_database_made_with_another_secret_is_refused_and_the_line_says_what_to_set(
    tmp_path: Path, empty: DatabaseAddress
) -> None:
    first = unlocked(settings(tmp_path, empty, PROSA_SECRET=ONE))
    asyncio.run(migrate(empty, first.secrets))
    assert unlocked(settings(tmp_path, empty, PROSA_SECRET=ONE)).secrets == (ONE,)
    assert unlocked(settings(tmp_path, empty, PROSA_SECRET=f"{TWO},{ONE}")).secrets == (TWO, ONE)
    assert "PROSA_SECRET" in refused(settings(tmp_path, empty, PROSA_SECRET=TWO))
    line = refused(settings(tmp_path, empty))
    assert "PROSA_SECRET" in line and SECRET_FILE in line
    assert not (tmp_path / "data" / SECRET_FILE).exists()
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / SECRET_FILE).write_text(TWO)
    line = refused(settings(tmp_path, empty))
    assert "PROSA_SECRET" in line and str(tmp_path / "data" / SECRET_FILE) in line
    assert set(asyncio.run(known_checks(empty))) == {Keyring.of([ONE]).kid}


@pytest.mark.attack("C10")
def test_a_setting_that_takes_the_place_of_the_fitting_file_is_told_so(tmp_path: Path) -> None:
    found = unlocked(settings(tmp_path))
    asyncio.run(migrate(found.database, found.secrets))
    line = refused(settings(tmp_path, PROSA_SECRET=TWO))
    assert "unset it, or add the secret in" in line
    assert found.secrets[0] not in line
    both = settings(tmp_path, PROSA_SECRET=f"{TWO},{found.secrets[0]}")
    assert unlocked(both).secrets == (TWO, found.secrets[0])


def test_without_a_setting_the_file_is_made_at_the_first_start_and_logs_hide_what_is_in_it(tmp_path: Path) -> None:
    found = unlocked(settings(tmp_path))
    assert (tmp_path / "data" / SECRET_FILE).read_text().strip() == found.secrets[0]
    assert found.secrets[0] in found.logs.secrets
    assert found.secrets[0] not in repr(found)
    assert unlocked(settings(tmp_path)).secrets == found.secrets


@pytest.mark.attack("M1")
def test_production_refuses_a_file_that_others_can_read_or_that_holds_no_real_secret(tmp_path: Path) -> None:
    path = tmp_path / "data" / SECRET_FILE
    unlocked(settings(tmp_path))
    path.chmod(0o644)
    assert "chmod 600" in refused(settings(tmp_path, PROSA_ENV="production"))
    path.chmod(0o600)
    assert unlocked(settings(tmp_path, PROSA_ENV="production")).secrets
    path.write_text("change-me\n")
    line = refused(settings(tmp_path, PROSA_ENV="production"))
    assert "well-known" in line and "value not shown" in line


def test_a_database_that_does_not_answer_now_is_held_against_them_later(tmp_path: Path) -> None:
    down = settings(tmp_path, PROSA_DATABASE_URL=f"postgresql://nobody@/none?host={tmp_path}", PROSA_SECRET=ONE)
    assert unlocked(down).secrets == (ONE,)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "prosa.db").write_bytes(b"not a database" * 500)
    assert unlocked(settings(tmp_path, PROSA_SECRET=ONE)).secrets == (ONE,)


async def test_inside_a_running_loop_it_asks_all_the_same(tmp_path: Path) -> None:
    assert unlocked(settings(tmp_path)).secrets


def watch_children(seen: set[bytes], done: threading.Event) -> None:
    """Note the arguments and the environment of every child of this process."""
    while not done.wait(0.01):
        for child in Path(f"/proc/{os.getpid()}/task/{os.getpid()}/children").read_text().split():
            with contextlib.suppress(OSError):
                seen.add(Path(f"/proc/{child}/cmdline").read_bytes() + Path(f"/proc/{child}/environ").read_bytes())


@pytest.mark.slow
async def test_a_child_migrates_and_proves_without_the_secret_in_its_arguments_or_its_environment(
    tmp_path: Path, empty: DatabaseAddress
) -> None:
    seen: set[bytes] = set()
    done = threading.Event()
    watching = threading.Thread(target=watch_children, args=(seen, done))
    watching.start()
    assert await migrate_apart(empty, (ONE,))
    done.set()
    watching.join()
    assert any(b"prosa.boot.migrate" in text for text in seen)
    assert not any(ONE.encode() in text for text in seen)
    assert not needs_migration(empty)
    assert set(await known_checks(empty)) == {Keyring.of([ONE]).kid}
    assert not await migrate_apart(empty, (TWO,))
    assert set(await known_checks(empty)) == {Keyring.of([ONE]).kid}
