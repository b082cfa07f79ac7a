"""Whatever is taken from under the server, nobody gets in by it: a refusal or a 503, and it heals by itself."""

import asyncio
import fcntl
import os
import signal
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from prosa.boot.locking import PEOPLED
from prosa.drivers.sql import Database, upgrade
from prosa.events import Signals
from prosa.identity import OPERATOR, Device, NewAccount, NewKey, Reach, Rights, Role, Scope, TokenDialect
from prosa.identity.models import Caller, CallerKind
from prosa.identity.rights_store import KEPT
from prosa.identity.standing import Memory, Standing, networks_of
from prosa.kit.clock import SystemClock
from tests import postgres
from tests.boot.process import environ, post_json, started, until
from tests.commanding import command
from tests.databases import KINDS, an_address
from tests.serving import Running, running

PASSWORD = "correct horse battery staple"
BODY = {"model": "mock", "messages": [{"role": "user", "content": "Hello!"}]}
QUIET = {
    "PROSA_REQUESTS_PER_MINUTE": "0",
    "PROSA_FAILED_PER_MINUTE": "0",
    "PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0",
    "PROSA_SIGNIN_PER_MINUTE": "0",
}
PAGE = {"X-Prosa-CSRF": "1"}


@dataclass
class Door:
    """A running prosa, and an admin with a credential of each kind."""

    prosa: Running
    client: httpx2.AsyncClient
    shown: dict[str, dict[str, str]]

    async def statuses(self) -> dict[str, int]:
        """What everybody gets who comes with something that was good, or with nothing."""
        found = {}
        for name, headers in self.shown.items():
            for path in ("/v1/models", "/api/v1/me") if name != "token" else ("/api/me",):
                found[f"{name} at {path}"] = (await self.client.get(path, headers=headers)).status_code
        for path in ("/v1/models", "/api/v1/users", "/api/me", "/v1/me"):
            found[f"nobody at {path}"] = (await self.client.get(path)).status_code
        found["a model"] = (await self.client.post("/v1/chat/completions", json=BODY)).status_code
        return found

    async def ways_in(self) -> dict[str, httpx2.Response]:
        """What everybody is answered who wants to get in."""
        new = {"username": "eva", "email": "eva@example.com", "password": PASSWORD, "password_confirm": PASSWORD}
        bodies = {
            "/api/v1/auth/sign-in": {"login": "ana@example.com", "password": PASSWORD},
            "/api/v1/auth/register": {"email": "eva@example.com", "password": PASSWORD},
            "/api/login": {"username": "ana@example.com", "password": PASSWORD},
            "/api/refresh": {"refresh_token": self.shown["refresh"]["Authorization"].removeprefix("Bearer ")},
            "/login": {"username": "ana", "password": PASSWORD},
            "/register": new,
        }
        return {path: await self.client.post(path, json=body, headers=PAGE) for path, body in bodies.items()}


@asynccontextmanager
async def a_door(env: dict[str, str]) -> AsyncIterator[Door]:
    async with running(QUIET | env) as prosa, httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        people = prosa.system.people.identity
        wish = NewAccount("ana@example.com", PASSWORD, username="ana", role=Role.ADMIN)
        ana = await people.accounts.create(OPERATOR, wish)
        _, text = await people.keys.create(Reach(ana.id), NewKey(ana.id, "laptop", frozenset(Scope)))
        _, token = await people.sessions.start(ana.id, Device("127.0.0.1", "tests"))
        pair = await people.tokens.issue(ana, TokenDialect.CHATAI, Device("127.0.0.1", "tests"))
        shown = {
            "key": {"Authorization": f"Bearer {text}"},
            "session": {"Cookie": f"prosa_session={token}"},
            "token": {"Authorization": f"Bearer {pair.access}"},
        }
        door = Door(prosa, client, shown)
        good = await door.statuses()
        assert {status for name, status in good.items() if name.partition(" ")[0] in shown} == {200}, good
        door.shown = shown | {"refresh": {"Authorization": f"Bearer {pair.refresh}"}}
        yield door


async def refused(door: Door, statuses: set[int]) -> None:
    """After the second that a process may go on by what it knows, nobody gets anything, and everybody is told so."""
    await asyncio.sleep(1.3)
    found = await door.statuses()
    assert set(found.values()) <= statuses, found


async def heals(door: Door) -> None:
    end = time.monotonic() + 10
    while (await door.client.get("/v1/models", headers=door.shown["key"])).status_code != 200:
        assert time.monotonic() < end, "it didn't heal"
        await asyncio.sleep(0.1)
    signed = await door.client.post("/api/v1/auth/sign-in", json={"login": "ana@example.com", "password": PASSWORD}, headers=PAGE)
    assert signed.status_code == 200 and (await door.client.get("/v1/ready")).status_code == 200


def set_aside(database: Path, folder: Path) -> None:
    for file in database.parent.glob("prosa.db*"):
        file.rename(folder / file.name)


@pytest.mark.slow
@pytest.mark.attack("B3", "C4", "K12")
async def test_garbage_in_the_databases_place_lets_nobody_in_and_what_comes_back_is_found(tmp_path: Path) -> None:
    """INV17: with the database gone authentication never grants."""
    async with a_door({}) as door:
        set_aside(door.prosa.database, tmp_path)
        door.prosa.database.write_bytes(b"no database at all " * 500)
        await refused(door, {401, 503})
        answers = await door.ways_in()
        assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 503)
        for path, answer in answers.items():
            assert "retry-after" in answer.headers and "set-cookie" not in answer.headers, path
            assert not {"sqlite", "prosa.db", "Traceback"} & set(answer.text.split()), answer.text
        assert (await door.client.get("/v1/ready")).status_code == 503
        door.prosa.database.unlink()
        set_aside(tmp_path / "prosa.db", door.prosa.database.parent)
        await heals(door)


@pytest.mark.slow
@pytest.mark.attack("B3", "C4")
async def test_a_database_that_was_removed_takes_every_credential_along() -> None:
    """INV17: what a process remembers of people is worth nothing over a database that doesn't know them."""
    async with a_door({}) as door:
        for file in door.prosa.database.parent.glob("prosa.db*"):
            file.unlink()
        await refused(door, {401})
        answers = await door.ways_in()
        assert {answers[path].status_code for path in ("/api/v1/auth/sign-in", "/api/login", "/api/refresh", "/login")} == {401}


@pytest.mark.slow
@pytest.mark.attack("B3", "C4")
async def test_another_database_in_its_place_lets_in_whom_it_knows_and_nobody_else(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    await asyncio.to_thread(upgrade, other)
    async with a_door({}) as door:
        for file in door.prosa.database.parent.glob("prosa.db*"):
            file.unlink()
        other.rename(door.prosa.database)
        await refused(door, {401})


@pytest.mark.slow
@pytest.mark.attack("B3", "C4")
async def test_a_database_server_that_is_away_lets_nobody_in_until_it_is_back() -> None:
    """INV17, on PostgreSQL."""
    server = postgres.new_server()
    try:
        name = postgres.new_database(server)
        url = server.url(name)
        async with a_door({"PROSA_DATABASE_URL": url}) as door:
            await asyncio.to_thread(server.stop)
            await refused(door, {401, 503})
            answers = await door.ways_in()
            assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 503)
            assert all(name not in answer.text and server.folder.name not in answer.text for answer in answers.values())
            server.start()  # on this thread, with which it would end
            await heals(door)
    finally:
        postgres.remove(server)


@pytest.mark.attack("B3", "C4")
@pytest.mark.parametrize("kind", KINDS)
async def test_who_slept_while_the_list_of_changes_was_cut_trusts_nothing_that_it_remembers(kind: str, tmp_path: Path) -> None:
    """A host that was cut off for hours must not go on with keys that were revoked meanwhile."""
    with an_address(kind) as address:
        heard: list[tuple[str | None, str | None]] = []
        database = Database(address)
        sleeper = Rights(database, Signals(tmp_path / "one", database), SystemClock())
        sleeper.watch(lambda account, credential: heard.append((account, credential)))
        waking = Rights(database, Signals(tmp_path / "two", database), SystemClock())
        async with waking.changing("ana"):
            pass
        await sleeper.look()
        heard.clear()
        async with waking.changing("ana", "a key"):
            pass
        async with database.writing() as connection:
            await connection.exec_driver_sql(f"UPDATE rights_changes SET changed_at = changed_at - {2 * KEPT}")
        async with waking.changing("bia"):  # an hour later: what is older goes
            pass
        await sleeper.look()
        assert (None, None) in heard or ("ana", "a key") in heard
        await database.aclose()


@pytest.mark.attack("C2")
def test_an_address_that_nobody_knows_is_inside_no_network() -> None:
    caller = Caller(CallerKind.KEY, "ana", "key_1", "", account_id="ana")
    bound = Standing(caller, stored=True, networks=networks_of(["192.0.2.0/24"]))
    assert bound.at("") is None and bound.at("203.0.113.9") is None
    assert bound.at("192.0.2.7") is not None and bound.at("") is None
    assert Standing(caller, stored=True).at("") is not None


@pytest.mark.slow
@pytest.mark.attack("B3")
async def test_a_locked_file_is_waited_for_and_grants_nothing() -> None:
    async with a_door({}) as door:
        other = sqlite3.connect(door.prosa.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        login = {"login": "ana@example.com", "password": PASSWORD}
        waiting = asyncio.create_task(door.client.post("/api/v1/auth/sign-in", json=login, headers=PAGE))
        await asyncio.sleep(1.2)
        assert not waiting.done()
        assert (await door.client.get("/v1/models")).status_code == 401
        assert (await door.client.get("/v1/models", headers=door.shown["key"])).status_code == 200, "reading goes on"
        other.execute("COMMIT")
        other.close()
        assert (await waiting).status_code == 200


@pytest.mark.attack("A20")
def test_two_credentials_that_begin_alike_are_never_taken_for_one_another() -> None:
    memory = Memory()
    long = b"Bearer " + b"k" * 4000
    memory.keep((b"authorization", long), Standing(Caller(CallerKind.KEY, "ana", "key_1", "")), memory.epoch)
    assert memory.get((b"authorization", long)) is not None
    for name, value in ((b"authorization", long + b"x"), (b"authorization", long[:-1]), (b"cookie", long), (b"x-api-key", long)):
        assert memory.get((name, value)) is None


def is_free(folder: Path) -> bool:
    """Whether no process of a service holds the data folder."""
    with (folder / "prosa.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True


@pytest.mark.slow
@pytest.mark.attack("B3", "C14")
def test_a_worker_that_begins_over_a_database_that_was_removed_is_no_new_installation(tmp_path: Path) -> None:
    """INV17: callers on this machine need a key as soon as there was an account, and go on to need one."""
    with started(tmp_path, PROSA_WORKERS="2") as process:
        words = ("user", "add", "root@example.com", "--role", "admin", "--password-stdin")
        done = command(tmp_path, words, environ(tmp_path), PASSWORD)
        assert done.returncode == 0, done.stderr
        until(lambda: (tmp_path / "data" / "run" / PEOPLED).exists())
        for file in (tmp_path / "data").glob("prosa.db*"):
            file.unlink()
        before = process.children()
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        until(lambda: len(process.children()) == 2 and not set(process.children()) & set(before))
        for _ in range(6):
            assert post_json(process.port, "/v1/chat/completions", BODY)[0] in (401, 503)
        assert process.stop() == 0
    until(lambda: is_free(tmp_path / "data"))  # a process that was bringing the database up to date may outlive its service
    with started(tmp_path) as process:
        status, _ = post_json(process.port, "/v1/chat/completions", BODY)
        assert status == 200, "a start over an empty folder is a new installation, by the operator's will"
