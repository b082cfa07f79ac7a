"""People of an A installation after the move: passwords, keys and links that they have had for years."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx2
import pytest

from prosa.assistants import AdoptingGround, AssistantInstallation, MovingReport
from prosa.identity import Arrivals, Door, OriginKind, Signs
from tests.assistants import original
from tests.databases import KINDS, an_address, environment
from tests.serving import Running, running

LINK = "/auth/integration-login/"
PROVEN = {"x-prosa-csrf": "1"}


@dataclass
class Town:
    """A running prosa into which the installation has moved."""

    prosa: Running
    stack: list[httpx2.AsyncClient]

    async def browser(self, **headers: str) -> httpx2.AsyncClient:
        client = httpx2.AsyncClient(base_url=self.prosa.base, timeout=60, headers=headers)
        self.stack.append(client)
        return client

    async def calls(self, key: str, method: str, path: str, **body: object) -> tuple[int, object]:
        client = await self.browser(authorization=f"Bearer {key}")
        answer = await client.request(method, path, json=body or None)
        return answer.status_code, answer.json()

    async def signs_in(self, login: str, password: str) -> int:
        client = await self.browser()
        return (await client.post("/api/v1/auth/sign-in", json={"login": login, "password": password})).status_code

    async def one(self, query: str) -> object:
        [[value]] = await self.prosa.system.people.database.fetch(query)
        return value

    async def moves_in(self, folder: Path) -> MovingReport:
        people, features = self.prosa.system.people, self.prosa.system.features
        ground = AdoptingGround(people.database, people.journal, people.identity, features.feed, people.clock.now())
        return await AssistantInstallation(ground, Arrivals(keep_admins=True)).take(original.written(folder))

    async def until(self, query: str, holds: Callable[[str], bool]) -> None:
        for _ in range(600):
            if holds(str(await self.one(query))):
                return
            await asyncio.sleep(0.05)
        raise AssertionError("it didn't become so within 30 s")


@asynccontextmanager
async def town(folder: Path, env: dict[str, str] | None = None) -> AsyncIterator[Town]:
    async with running({"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"} | (env or {})) as prosa:
        found = Town(prosa, [])
        await found.moves_in(folder)
        yield found
        for client in found.stack:
            await client.aclose()


@pytest.mark.contract("A67")
@pytest.mark.attack("B1")
@pytest.mark.parametrize("kind", KINDS)
async def test_keys_go_on_with_their_rights_and_are_made_anew_at_the_first_use(kind: str, tmp_path: Path) -> None:
    lookup = "SELECT lookup FROM api_keys WHERE expires_at IS NULL"
    with an_address(kind) as address:
        async with town(tmp_path, dict(environment(address))) as here:
            assert str(await here.one(lookup)).startswith("zng_#")
            for wrong in (original.KEY[:-1] + "_", original.KEY_OFF, original.KEY_OVER, original.sha256(original.KEY), "zng_"):
                assert (await here.calls(wrong, "GET", "/v1/assistants"))[0] == 401, wrong[:8]
            status, listed = await here.calls(original.KEY_OF_ANA, "GET", "/v1/assistants")
            assert status == 200 and isinstance(listed, dict) and [each["id"] for each in listed["data"]] == ["asst_jardim"]
            assert (await here.calls(original.KEY_OF_ANA, "GET", "/v1/assistants/asst_codigo"))[0] == 404
            assert (await here.calls(original.KEY_OF_ANA, "POST", "/v1/assistants", model="mock"))[0] == 403
            assert (await here.calls(original.KEY_OF_ANA, "GET", "/api/assistants"))[0] == 200
            assert (await here.calls(original.KEY, "POST", "/v1/assistants", model="mock"))[0] == 200
            await here.until(lookup, original.KEY[: 4 + 12].__eq__)
            signs, stored = Signs((), "192.0.2.1", False, OriginKind.NONE), here.prosa.system.people.identity.stored
            again = await stored.bearer(original.KEY, signs, Door.OPENAI)  # past what the server remembers
            assert again is not None and again.caller.permissions
            near = original.KEY[: 4 + 12] + "z" * 31
            assert await stored.bearer(near, signs, Door.OPENAI) is None


@pytest.mark.contract("A67")
@pytest.mark.attack("B8")
async def test_passwords_go_on_and_are_hashed_anew_at_the_first_sign_in(tmp_path: Path) -> None:
    async with town(tmp_path, {"PROSA_SIGNIN_PER_MINUTE": "0"}) as here:
        stored = "SELECT password_hash FROM accounts WHERE number = 2"
        assert str(await here.one(stored)).startswith("$sha256$argon2id$")
        assert await here.signs_in("zelia", original.PASSWORD + "!") == 401
        assert await here.signs_in("zelia", original.sha256(original.PASSWORD)) == 401  # the hash is no password
        assert await here.signs_in("zelia", original.PASSWORD) == 200
        assert str(await here.one(stored)).startswith("$argon2id$")
        assert await here.signs_in("zelia@condominio.example", original.PASSWORD) == 200
        assert await here.signs_in("bia", original.PASSWORD) == 200  # who never had an address
        assert await here.signs_in("admin", "admin123") == 401  # everybody knows it
        assert await here.signs_in("caio", original.PASSWORD) == 401  # inactive there


@pytest.mark.contract("A67")
@pytest.mark.attack("B6")
async def test_a_sign_in_link_goes_on_until_it_is_revoked_among_the_sessions(tmp_path: Path) -> None:
    async with town(tmp_path) as here:
        browser = await here.browser()
        for wrong in (original.TOKEN_OFF, "short", "x" * 43, "%00", original.TOKEN + "x"):
            refused = await browser.get(LINK + wrong)
            assert (refused.status_code, refused.headers["location"]) == (302, "/sign-in?error=link_invalid")
            assert "set-cookie" not in refused.headers
        for name, value in (("sec-fetch-dest", "image"), ("sec-fetch-dest", "iframe"), ("sec-purpose", "prefetch")):
            in_passing = await browser.get(LINK + original.TOKEN, headers={name: value})
            assert in_passing.headers["location"].startswith("/sign-in") and "set-cookie" not in in_passing.headers
        there = {"sec-fetch-dest": "document", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
        let_in = await browser.get(LINK + original.TOKEN, headers=there)
        assert (let_in.status_code, let_in.headers["location"]) == (302, "/dashboard")
        assert "HttpOnly" in let_in.headers["set-cookie"] and "SameSite=Lax" in let_in.headers["set-cookie"]
        assert let_in.headers["cache-control"] == "no-store" and let_in.headers["referrer-policy"] == "no-referrer"
        assert (await browser.get("/api/v1/me")).json()["username"] == "ana"
        [page] = (await browser.get("/api/v1/sessions?limit=1")).json()["data"]
        assert page["current"] and not page["is_link"]
        every = (await browser.get("/api/v1/sessions")).json()["data"]
        [link] = [each for each in every if each["is_link"]]
        assert link["agent"] == "portal: Portal do morador" and link["address"] == "127.0.0.1"
        assert (await browser.delete(f"/api/v1/sessions/{link['id']}", headers=PROVEN)).status_code == 204
        assert (await browser.get(f"/api/v1/sessions/{link['id']}")).status_code == 404
        other = await here.browser()
        assert "set-cookie" not in (await other.get(LINK + original.TOKEN)).headers
        assert original.TOKEN not in here.prosa.log.getvalue()
        report = await here.moves_in(tmp_path)  # once more: what was revoked here stays so
        assert (report.links.present, report.links.added) == (1, 0)
        assert "set-cookie" not in (await other.get(LINK + original.TOKEN)).headers


@pytest.mark.contract("A67")
@pytest.mark.attack("B10")
async def test_links_are_guessed_slowly_and_end_with_signing_out_everywhere(tmp_path: Path) -> None:
    async with town(tmp_path, {"PROSA_SIGNIN_PER_MINUTE": "1"}) as here:
        browser = await here.browser()
        assert (await browser.get(LINK + original.TOKEN)).headers["location"] == "/dashboard"
        assert (await browser.post("/api/v1/auth/sign-out-everywhere", headers=PROVEN)).status_code == 204
        told = [(await browser.get(LINK + original.TOKEN)).headers["location"] for _ in range(60)]
        assert told[0] == "/sign-in?error=link_invalid" and told[-1] == "/sign-in?error=too_many_sign_ins"
