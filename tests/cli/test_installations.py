"""`prosa import chatai|multiuser`: whole installations move in, as a person does it."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prosa.drivers.sql import DatabaseAddress, look
from tests.cli.terminal import Terminal
from tests.conversations.adopting import originals
from tests.databases import KINDS, an_address, environment

PADDING = "00000000"


def rows(address: DatabaseAddress, query: str) -> list[tuple[object, ...]]:
    """What a query answers."""
    return asyncio.run(look(address, query))


class Town:
    """A database of a kind, and the terminal beside it."""

    def __init__(self, terminal: Terminal, address: DatabaseAddress) -> None:
        self.terminal, self.address = terminal, address
        self.env = dict(environment(address)) if address.url else {}

    def works(self, *words: object) -> str:
        done = self.terminal.type(*map(str, words), env=self.env)
        assert done.status == 0, done.err
        return done.out

    def rows(self, query: str) -> list[tuple[object, ...]]:
        return rows(self.address, query)


@pytest.fixture(params=KINDS)
def town(request: pytest.FixtureRequest, terminal: Terminal) -> Iterator[Town]:
    """Each kind of database, empty."""
    if request.param == "sqlite":
        yield Town(terminal, DatabaseAddress(path=terminal.folder / "data" / "prosa.db"))
        return
    with an_address("postgresql") as address:
        yield Town(terminal, address)


ITEMS = "SELECT id, conversation_id, parent_id, body, created_at, deleted_at FROM items WHERE space = '{}' ORDER BY position"
TALKS = "SELECT id, title, title_by, dialect, head_id, deleted_at, created_at, updated_at FROM conversations WHERE space = '{}'"


@pytest.mark.contract("C59")
@pytest.mark.contract("C14")
@pytest.mark.contract("C60")
@pytest.mark.parametrize("array", [False, True])
def test_a_chatai_installation_keeps_ids_order_moments_and_deleted_flags(town: Town, tmp_path: Path, array: bool) -> None:
    told = town.works("import", "chatai", *originals.chatai(tmp_path, array=array))
    assert "4  people added" in told and "10  messages added" in told and "2   messages are of no talk of their own" in told
    maria = originals.MARIA + PADDING
    [person] = town.rows(
        f"SELECT email, name, role, status, age, sector, position, created_at FROM accounts WHERE id = '{maria}'"
    )
    assert person[:7] == (
        "maria.silva@observatorio.fiec.org.br",
        "Maria Silva",
        "analyst",
        "active",
        35,
        "Comercial",
        "Analista Sênior",
    )
    assert person[7] == 1_704_873_600_000_000
    said = town.rows(ITEMS.format(maria))
    here = [row for row in said if row[1] == originals.TALK + PADDING]
    assert [str(row[0])[:24] for row in here] == [originals.message_id(number) for number in (1, 2, 3, 4, 5)]
    assert [row[2] for row in here] == [None, *(row[0] for row in here[:-1])]
    assert [row[5] is not None for row in here] == [False, False, False, True, True]  # an empty one, and one deleted by itself
    assert "Estes dez." in str(here[1][3]) and '"output_text"' in str(here[1][3])
    assert here[0][4] == 1_707_991_201_250_000
    trashed = [row for row in said if row[1] == originals.DELETED + PADDING]
    assert [row[5] for row in trashed] == [None, None]  # they come back with their talk
    talks = {str(row[0]): row for row in town.rows(TALKS.format(maria))}
    assert talks[originals.TALK + PADDING][1:4] == ("Quais são os 10 maiores…", "dialect", "chatai")
    assert talks[originals.TALK + PADDING][4] == here[-1][0]
    assert talks[originals.TALK + PADDING][6:] == (1_707_991_200_000_000, 1_707_991_500_500_000)
    now = time.time() * 1_000_000
    deleted_at = talks[originals.DELETED + PADDING][5]
    assert isinstance(deleted_at, int) and now - 60_000_000 < deleted_at < now  # its time in the trash begins today
    joao = originals.JOAO + PADDING
    orphans = town.rows(ITEMS.format(f"nobody:{joao}"))
    assert {str(row[0])[:24] for row in orphans} == {originals.message_id(6), originals.message_id(7)}
    assert not {row[1] for row in orphans} & set(talks)
    [gone] = town.rows(f"SELECT status FROM accounts WHERE id = '{originals.GONE + PADDING}'")
    assert gone == ("suspended",)


@pytest.mark.contract("C59")
@pytest.mark.attack("A15")
def test_administrators_stay_so_only_where_that_is_said(terminal: Terminal, tmp_path: Path) -> None:
    files = [str(file) for file in originals.chatai(tmp_path)]
    told = terminal.works("import", "chatai", *files)
    assert "was an administrator and is none here" in told
    assert "admin" not in {line.split()[2] for line in terminal.works("user", "list").splitlines()}
    other = Terminal(_folder(tmp_path), terminal._patch, terminal._capture)
    other.works("import", "chatai", *files, "--keep-admins")
    roles = {line.split()[0]: line.split()[2] for line in other.works("user", "list").splitlines()}
    assert roles["admin@observatorio.fiec.org.br"] == "admin"
    assert roles["joao.santos@empresa.com.br"] == "user"


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "other"
    folder.mkdir()
    return folder


@pytest.mark.contract("C59")
@pytest.mark.contract("M24")
def test_a_second_run_adds_nothing_and_a_later_one_what_came_since(town: Town, tmp_path: Path) -> None:
    files = originals.chatai(tmp_path)
    looked = town.works("import", "chatai", *files, "--dry-run")
    assert "a dry run: nothing was written" in looked and "10  messages would be added" in looked
    assert not town.rows("SELECT id FROM accounts")
    town.works("import", "chatai", *files)
    before = town.rows("SELECT id, version, head_id FROM conversations ORDER BY id"), town.rows("SELECT count(*) FROM items")
    again = town.works("import", "chatai", *reversed(files))
    assert "4  people were here already" in again and "10  messages were here already" in again and "added" not in again
    assert before == (
        town.rows("SELECT id, version, head_id FROM conversations ORDER BY id"),
        town.rows("SELECT count(*) FROM items"),
    )
    later = originals.message(13, originals.TALK, originals.MARIA, "mais uma")
    originals.written(files[2], (*originals.MESSAGES, later))
    assert "1   messages added" in town.works("import", "chatai", *files)
    [head] = town.rows(f"SELECT head_id FROM conversations WHERE id = '{originals.TALK + PADDING}'")
    assert head == (originals.message_id(13) + PADDING,)
    first = town.works("import", "multiuser", originals.multiuser(tmp_path))
    assert "2  people added" in first and "4  messages added" in first
    assert "4  messages were here already" in town.works("import", "multiuser", tmp_path / "chat_app.db")


@pytest.mark.contract("M24")
def test_a_multiuser_installation_keeps_numbers_ids_and_order(town: Town, tmp_path: Path) -> None:
    told = town.works("import", "multiuser", originals.multiuser(tmp_path))
    assert "1  records can't be read" in told and "message 5" in told
    people = town.rows("SELECT number, username, email, name, id FROM accounts ORDER BY number")
    assert [row[:4] for row in people] == [(1, "ana", "Ana@example.com", "ana"), (7, "Bia", "bia@example.com", "Bia")]
    bia = str(people[1][4])
    talks = town.rows(f"SELECT id, title, title_by, created_at FROM conversations WHERE space = '{bia}' ORDER BY created_at")
    assert talks[0][:3] == (originals.CHAT.replace("-", ""), None, "nobody")  # the original's word for one without a title
    assert talks[1][1:3] == ("Receitas", "dialect")
    assert town.rows(f"SELECT name, object_id FROM second_names WHERE space = '{bia}'") == [("conversa-antiga", talks[1][0])]
    said = town.rows(ITEMS.format(bia))
    here = [row for row in said if row[1] == talks[0][0]]
    assert ['"Oi"' in str(here[0][3]), '"Olá!"' in str(here[1][3]), here[1][2] == here[0][0]] == [True] * 3
    assert int(str(here[0][4])) < int(str(here[1][4]))
    assert len(town.rows("SELECT id FROM conversations WHERE space = 'nobody:'")) == 2
    if town.address.url:  # numbers go on behind the highest that came
        assert town.rows("SELECT nextval(pg_get_serial_sequence('accounts', 'number'))")[0][0] == 8


@pytest.mark.contract("C59")
@pytest.mark.attack("A15")
def test_who_conflicts_with_somebody_here_is_left_out_with_all_of_theirs_unless_told_to_join(
    terminal: Terminal, tmp_path: Path
) -> None:
    told = terminal.works(
        "user", "add", "maria.silva@observatorio.fiec.org.br", "--password-stdin", stdin=b"correct horse battery"
    )
    maria = told.partition("user_")[2].partition(")")[0]
    address = DatabaseAddress(path=terminal.folder / "data" / "prosa.db")
    files = [str(file) for file in originals.chatai(tmp_path)]
    left = terminal.works("import", "chatai", *files)
    assert "1  people conflict with somebody here" in left and "conversations are left out with their owners" in left
    assert not rows(address, f"SELECT id FROM conversations WHERE space LIKE '%{originals.MARIA}%' OR space = '{maria}'")
    joined = terminal.works("import", "chatai", *files, "--join")
    assert "1  people would go on as" in joined or "go on as the account here" in joined
    assert len(rows(address, f"SELECT id FROM conversations WHERE space = '{maria}'")) == 2
    assert not rows(address, f"SELECT id FROM accounts WHERE id = '{originals.MARIA + PADDING}'")
    other = originals.multiuser(tmp_path, people=((3, "nova", "MARIA.silva+x@observatorio.fiec.org.br", originals.SCRYPT),))
    assert "1  people conflict" in terminal.works("import", "multiuser", str(other))


@pytest.mark.attack("N4")
def test_who_was_erased_here_does_not_come_back_by_an_import(terminal: Terminal, tmp_path: Path) -> None:
    files = [str(file) for file in originals.chatai(tmp_path)]
    terminal.works("import", "chatai", *files)
    terminal.works("person", "erase", "maria.silva@observatorio.fiec.org.br", "--yes")
    address = DatabaseAddress(path=terminal.folder / "data" / "prosa.db")
    assert "1  people were deleted here and stay so" in terminal.works("import", "chatai", *files)
    assert not rows(address, f"SELECT id FROM conversations WHERE space = '{originals.MARIA + PADDING}'")
    (terminal.folder / "data" / "prosa.db").unlink()
    terminal.works("migrate")
    assert "1  people were deleted here and stay so" in terminal.works("import", "chatai", *files)  # the list knows, too


@pytest.mark.contract("C59")
@pytest.mark.slow
def test_an_import_that_is_killed_goes_on_where_it_was(terminal: Terminal, tmp_path: Path) -> None:
    many = [
        originals.message(number, originals.TALK, originals.MARIA, f"mensagem {number} " + "x" * 200)
        for number in range(1, 3_000)
    ]
    files = [str(file) for file in originals.chatai(tmp_path)]
    originals.written(Path(files[2]), many)
    env = {"PATH": os.environ["PATH"], "PROSA_DATA_DIR": str(terminal.folder / "data"), "PROSA_OLLAMA_DISCOVERY": "false"}
    command = [sys.executable, "-m", "prosa", "import", "chatai", *files]
    address = DatabaseAddress(path=terminal.folder / "data" / "prosa.db")
    for enough in (400, 1200):
        with subprocess.Popen(command, cwd=tmp_path, env=env, stdout=subprocess.DEVNULL) as importing:
            until = time.monotonic() + 60
            while _count(address) < enough and importing.poll() is None and time.monotonic() < until:
                time.sleep(0.005)
            importing.send_signal(signal.SIGKILL)
    done = terminal.works("import", "chatai", *files)
    assert "messages were here already" in done and _count(address) == 2_999
    said = rows(address, ITEMS.format(originals.MARIA + PADDING))
    assert [row[0] for row in said] == [originals.message_id(number) + PADDING for number in range(1, 3_000)]
    assert [row[2] for row in said] == [None, *(row[0] for row in said[:-1])]
    [head] = rows(address, f"SELECT head_id FROM conversations WHERE id = '{originals.TALK + PADDING}'")
    assert head == (said[-1][0],)


def _count(address: DatabaseAddress) -> int:
    return int(str(rows(address, "SELECT count(*) FROM items")[0][0]))


@pytest.mark.attack("L8")
@pytest.mark.parametrize("system", ["chatai", "multiuser"])
def test_files_that_are_none_are_refused_and_nothing_is_written(terminal: Terminal, tmp_path: Path, system: str) -> None:
    file = tmp_path / "some"
    address = DatabaseAddress(path=terminal.folder / "data" / "prosa.db")
    for content in (b"", b"PK\x03\x04", b"SQLite format 3\x00" + b"x" * 5000, b'{"a":' * 10_000, b"[1, 2]", b'{"n": 1}'):
        file.write_bytes(content)
        done = terminal.type("import", system, str(file))
        assert (done.status, done.out) == (1, "") and done.err.startswith("prosa: This file can't be imported"), content[:20]
    assert terminal.type("import", system, str(tmp_path / "nowhere")).status == 1
    assert not rows(address, "SELECT id FROM accounts") and not rows(address, "SELECT id FROM conversations")
    assert terminal.type("import", "chatai").status == 2


def test_a_look_makes_no_database(terminal: Terminal, tmp_path: Path) -> None:
    (terminal.folder / "data" / "prosa.db").unlink()
    told = terminal.works("import", "multiuser", str(originals.multiuser(tmp_path)), "--dry-run")
    assert "2  people would be added" in told
    assert [path.name for path in (terminal.folder / "data").iterdir() if path.name != "run"] == []
