"""`/api/v1/me/data`: one's own data is handed over and erased, for who knows the password."""

import io
import json
import zipfile
from collections.abc import AsyncIterator

import pytest

from prosa.identity import Scope
from prosa.privacy import ErasureList
from prosa.privacy.service import GOOD_FOR
from tests.api.app.house import PASSWORD, House, Person, house
from tests.databases import KINDS, an_address, environment

CANARY = "canarioda7"


@pytest.fixture(params=KINDS)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    """A server over each kind of database."""
    with an_address(request.param) as address:
        async with house(environment(address)) as found:
            yield found


async def told(home: House, person: Person) -> None:
    """Something of theirs."""
    features = home.prosa.system.features
    item = b'{"type":"message","role":"user","content":[{"type":"input_text","text":"%s"}]}' % CANARY.encode()
    await features.conversations.create(person.account.id, b"{}", [item])
    async with features.files.upload(person.account.id) as upload:
        await upload.receive(f"../{CANARY}.txt", None, _pieces())
        await upload.keep("user_data")


async def _pieces() -> AsyncIterator[bytes]:
    yield CANARY.encode()


async def address(person: Person) -> str:
    asked = await person.ask("POST", "/me/data", {"current_password": PASSWORD})
    assert asked.status_code == 201
    assert asked.json()["expires_in"] == GOOD_FOR
    return str(asked.json()["path"]).removeprefix("/api/v1")


@pytest.mark.attack("N2")
async def test_ones_data_is_one_archive(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    await told(home, ana)
    path = await address(ana)
    answer = await ana.ask("GET", path)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/zip"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert answer.headers["cache-control"] == "no-store"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.testzip() is None
        [account] = map(json.loads, archive.read("data/accounts.jsonl").splitlines())
        assert account["email"] == "ana@example.com" and "password_hash" not in account
        assert CANARY in archive.read("data/items.jsonl").decode()
        [kept] = [name for name in archive.namelist() if name.startswith("files/")]
        assert archive.read(kept) == CANARY.encode() and ".." not in kept
    assert (await bia.ask("GET", path)).status_code == 404
    ticket = await ana.ask("POST", "/auth/tickets", {"path": f"/api/v1{path}"})
    elsewhere = await home.browser()
    by_ticket = await elsewhere.get(f"/api/v1{path}", params={"ticket": ticket.json()["ticket"]})
    assert by_ticket.status_code == 200 and by_ticket.content[:2] == b"PK"


@pytest.mark.attack("B19")
async def test_without_the_password_there_is_no_archive(home: House) -> None:
    ana = await home.person("ana")
    assert (await ana.ask("POST", "/me/data", {"current_password": "wrong"})).status_code == 403
    good = (await address(ana)).rpartition("/")[2]
    moment, _, code = good.partition("-")
    odd = [f"{int(moment) + 1}-{code}", f"{moment}-{'0' * len(code)}", f"1-{code}", "x", "9" * 90, f"{moment}-é", f"-{code}"]
    for proof in odd:
        refused = await ana.ask("GET", f"/me/data/{proof}")
        assert refused.status_code == 404, proof
    key = await home.program(await home.key(ana, Scope.READ, Scope.WRITE))
    assert (await key.get(f"/api/v1/me/data/{good}")).status_code == 403


async def test_the_address_of_an_archive_is_good_for_a_while(home: House, monkeypatch: pytest.MonkeyPatch) -> None:
    ana = await home.person("ana")
    monkeypatch.setattr("prosa.privacy.service.GOOD_FOR", -2)
    assert (await ana.ask("GET", await address(ana))).status_code == 404


@pytest.mark.attack("N1")
async def test_who_erases_oneself_is_gone_with_everything(home: House) -> None:
    await home.person("bia")
    ana = await home.person("ana")
    await told(home, ana)
    assert (await ana.ask("DELETE", "/me", {"current_password": "wrong"})).status_code == 403
    assert (await ana.ask("DELETE", "/me", {"current_password": PASSWORD})).status_code == 204
    assert (await ana.ask("GET", "/me")).status_code == 401
    system = home.prosa.system
    left = await system.features.privacy.left_of(ana.account.id)
    assert not left or set(left) == {"search_entries"}  # which goes as soon as the index hears of it
    erased = ErasureList(home.prosa.data / "erasures.jsonl").read()
    assert erased.asked == {ana.account.id}
    assert not list((home.prosa.data / "blobs").rglob("*.txt")) and not _contents(home)
    [[jobs]] = await system.people.database.fetch("SELECT count(*) FROM jobs WHERE name = 'traces'")
    assert jobs == 1


def _contents(home: House) -> list[str]:
    folder = home.prosa.data / "blobs"
    return [str(path) for path in folder.rglob("*") if path.is_file() and path.read_bytes() == CANARY.encode()]
