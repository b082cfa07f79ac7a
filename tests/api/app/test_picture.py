"""`/api/v1/me/picture`, of people who signed in."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from prosa.files import FileKeeper
from prosa.identity import OPERATOR, Device, NewAccount
from tests.databases import KINDS, an_address, environment
from tests.samples import GIF, HTML, JPEG, PNG, SVG, WEBP, png_head
from tests.serving import Running, running

WHERE = "/api/v1/me/picture"
PASSWORD = "correct horse battery staple"


@pytest.fixture(params=KINDS)
async def prosa(request: pytest.FixtureRequest) -> AsyncIterator[Running]:
    with an_address(request.param) as address:
        async with running(environment(address) if request.param == "postgresql" else {}) as found:
            yield found


async def someone(prosa: Running, name: str) -> httpx2.AsyncClient:
    """A person at a browser."""
    identity = prosa.system.people.identity
    account = await identity.accounts.create(OPERATOR, NewAccount(f"{name}@example.com", PASSWORD))
    _, token = await identity.sessions.start(account.id, Device("127.0.0.1", "tests"))
    return httpx2.AsyncClient(base_url=prosa.base, headers={"Cookie": f"prosa_session={token}", "X-Prosa-CSRF": "1"})


@pytest.mark.attack("E5")
async def test_a_picture_is_set_shown_replaced_and_removed(prosa: Running) -> None:
    async with await someone(prosa, "ana") as ana, await someone(prosa, "bia") as bia:
        assert (await ana.get(WHERE)).status_code == 204
        for content, kind in ((PNG, "image/png"), (JPEG, "image/jpeg"), (WEBP, "image/webp")):
            assert (await ana.put(WHERE, content=content, headers={"Content-Type": kind})).status_code == 204
            shown = await ana.get(WHERE)
            assert (shown.content, shown.headers["content-type"]) == (content, kind)
            assert shown.headers["content-security-policy"].startswith("sandbox;")
        assert len(await prosa.system.people.database.fetch("SELECT id FROM files")) == 1
        assert (await bia.get(WHERE)).status_code == 204
        assert (await ana.get("/v1/files")).json()["data"] == []
        assert (await ana.delete(WHERE)).status_code == 204
        assert (await ana.delete(WHERE)).status_code == 204
        assert (await ana.get(WHERE)).status_code == 204
        assert await prosa.system.people.database.fetch("SELECT id FROM files") == []


@pytest.mark.attack("E5", "F8")
@pytest.mark.parametrize(
    ("content", "declared", "status"),
    [
        (SVG, "image/svg+xml", 400),
        (SVG, "image/png", 400),
        (HTML, "image/png", 400),
        (GIF, "image/gif", 400),
        (PNG, "image/jpeg", 400),
        (b"", "image/png", 400),
        (png_head(5_000, 5), "image/png", 400),
        (PNG + bytes(1024 * 1024), "image/png", 413),
    ],
)
async def test_what_is_no_small_picture_is_refused_and_the_old_one_stays(content: bytes, declared: str, status: int) -> None:
    async with running() as prosa, await someone(prosa, "ana") as ana:
        await ana.put(WHERE, content=PNG, headers={"Content-Type": "image/png"})
        refused = await ana.put(WHERE, content=content, headers={"Content-Type": declared})
        assert refused.status_code == status and refused.headers["content-type"] == "application/problem+json"
        assert (await ana.get(WHERE)).content == PNG


@pytest.mark.attack("F13")
async def test_who_leaves_takes_everything_along(prosa: Running) -> None:
    async with await someone(prosa, "ana") as ana:
        assert (await ana.put(WHERE, content=PNG, headers={"Content-Type": "image/png"})).status_code == 204
        made = await ana.post("/v1/files", files={"file": ("a.png", PNG)}, data={"purpose": "user_data"})
        assert made.status_code == 200, made.text
        gone = await ana.request("DELETE", "/api/v1/me", json={"current_password": PASSWORD})
        assert gone.status_code == 204, gone.text
        assert (await ana.get(f"/v1/files/{made.json()['id']}/content")).status_code == 401
    assert await prosa.system.people.database.fetch("SELECT id FROM files") == []
    await FileKeeper(prosa.system.features.files).look()
    for table in ("blob_parts", "blobs_gone"):
        assert await prosa.system.people.database.fetch(f"SELECT * FROM {table}") == []
    assert [path for path in prosa.data.rglob("blobs/*/*") if path.is_file()] == []
