"""A run is followed by WebSocket: the same events as by server-sent events, for whom it is, and no longer than that."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus

from prosa.identity import OPERATOR, Scope
from prosa.runs import Run
from tests.api.app.house import House, Person, house
from tests.api.puppet import Puppet


@dataclass
class Stage:
    """Ana at her browser, and runs of hers that do what the test says."""

    home: House
    ana: Person
    puppet: Puppet
    fields: dict[str, str] = field(default_factory=dict)

    async def begin(self) -> Run:
        """A run of Ana's."""
        return await self.puppet.begin(self.ana.account.id)

    def follow(self, run: Run, query: str = "", **changed: str | None) -> connect:
        """Follow it as a page of prosa's own does; a header changed to None is left out."""
        base = self.home.prosa.base
        fields = {"Origin": base, "Cookie": f"prosa_session={self.ana.browser.cookies['prosa_session']}", **changed}
        headers = {name.replace("_", "-"): value for name, value in fields.items() if value is not None}
        return connect(f"{base.replace('http', 'ws')}/api/v1/runs/run_{run.id}/events{query}", additional_headers=headers)

    async def refusal(self, run: Run, query: str = "", **changed: str | None) -> tuple[int, str]:
        """Status and code of the plain answer that it gets instead."""
        with pytest.raises(InvalidStatus) as refused:
            await self.follow(run, query, **changed)
        answer = refused.value.response
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        return answer.status_code, json.loads(answer.body or b"")["code"]


@asynccontextmanager
async def staged(env: Mapping[str, str] | None = None) -> AsyncIterator[Stage]:
    async with house(env) as home:
        puppet = Puppet(home.prosa.system.runs)
        try:
            yield Stage(home, await home.person("ana"), puppet)
        finally:
            puppet.finish()


@pytest.fixture
async def stage() -> AsyncIterator[Stage]:
    async with staged() as found:
        yield found


async def heard(client: ClientConnection) -> list[dict[str, Any]]:
    """Everything until the end."""
    return [json.loads(message) async for message in client]


async def ending(client: ClientConnection) -> tuple[int, str]:
    """Code and reason of the server's goodbye."""
    with pytest.raises(ConnectionClosed) as ended:
        while True:
            await asyncio.wait_for(client.recv(), 5)
    assert ended.value.rcvd is not None
    return ended.value.rcvd.code, ended.value.rcvd.reason


async def test_all_readers_hear_the_same_from_whatever_number_on(stage: Stage) -> None:
    run = await stage.begin()
    early = [asyncio.create_task(heard(await stage.follow(run))) for _ in range(3)]
    stage.puppet.say(run, "um", "dois")
    await asyncio.sleep(0.1)
    late = asyncio.create_task(heard(await stage.follow(run, "?starting_after=1")))
    back = asyncio.create_task(heard(await stage.follow(run, "?starting_after=0", Last_Event_ID="2")))
    await asyncio.sleep(0.05)
    await stage.puppet.ended(run)
    first, *others = await asyncio.gather(*early)
    assert others == [first, first]
    assert [message["number"] for message in first] == [0, 1, 2, 3]
    assert [message["event"]["type"] for message in first] == ["begun", "said", "said", "completed"]
    assert await late == first[2:] and await back == first[3:]
    page = (await stage.ana.ask("GET", f"/runs/run_{run.id}/events", headers={"accept": "application/json"})).json()
    assert page["data"] == first
    async with stage.follow(run, "?starting_after=3") as client:
        assert await ending(client) == (1000, "")


async def test_what_a_client_says_is_not_looked_at_and_its_leaving_ends_nothing(stage: Stage) -> None:
    run = await stage.begin()
    async with stage.follow(run) as client:
        await client.send("never mind")
        assert json.loads(await client.recv())["number"] == 0
    stage.puppet.say(run, "still here")
    ended = await stage.puppet.ended(run)
    assert ended.state == "completed"


@pytest.mark.attack("A3")
async def test_a_run_of_another_is_not_there_and_nor_is_one_that_never_was(stage: Stage) -> None:
    bia = replace(stage, ana=await stage.home.person("bia"))
    run = await stage.begin()
    assert await bia.refusal(run) == (404, "not_found")
    assert await stage.refusal(Run(*["0" * 32] * 17)) == (404, "not_found")  # type: ignore[arg-type]  # only its id is looked at
    assert await stage.refusal(run, "?starting_after=x") == (400, "invalid_request")
    assert await stage.refusal(run, Cookie=None) == (401, "missing_api_key")


@pytest.mark.attack("K9")
@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", None])
async def test_a_page_of_another_site_opens_no_socket_with_the_cookie(stage: Stage, origin: str | None) -> None:
    run = await stage.begin()
    assert await stage.refusal(run, Origin=origin) == (403, "origin_not_allowed")


@pytest.mark.attack("K9")
async def test_a_configured_page_opens_one_with_a_ticket_but_not_with_the_cookie() -> None:
    site = "https://site.example"
    async with staged({"ALLOWED_ORIGINS": site}) as stage:
        run = await stage.begin()
        assert await stage.refusal(run, Origin=site) == (403, "origin_not_allowed")
        path = f"/api/v1/runs/run_{run.id}/events"
        ticket = (await stage.ana.ask("POST", "/auth/tickets", {"path": path})).json()["ticket"]
        async with stage.follow(run, f"?ticket={ticket}", Origin=site, Cookie=None) as client:
            assert json.loads(await client.recv())["number"] == 0
        assert await stage.refusal(run, f"?ticket={ticket}", Origin=site, Cookie=None) == (401, "invalid_api_key")
        other = (await stage.ana.ask("POST", "/auth/tickets", {"path": path})).json()["ticket"]
        evil = await stage.refusal(run, f"?ticket={other}", Origin="https://evil.example", Cookie=None)
        assert evil == (403, "origin_not_allowed")
        elsewhere = (await stage.ana.ask("POST", "/auth/tickets", {"path": "/api/v1/me"})).json()["ticket"]
        assert await stage.refusal(run, f"?ticket={elsewhere}", Cookie=None) == (401, "invalid_api_key")


async def test_a_program_follows_with_its_key(stage: Stage) -> None:
    run = await stage.begin()
    reading = f"Bearer {await stage.home.key(stage.ana, Scope.READ)}"
    writing = f"Bearer {await stage.home.key(stage.ana, Scope.WRITE, name='writer')}"
    assert await stage.refusal(run, Authorization=writing, Cookie=None, Origin=None) == (403, "permission_denied")
    async with stage.follow(run, Authorization=reading, Cookie=None, Origin=None) as client:
        assert json.loads(await client.recv())["number"] == 0


@pytest.mark.attack("A17", "K9")
@pytest.mark.parametrize("how", ["signed out", "suspended", "deleted"])
async def test_the_socket_ends_within_a_second_of_the_right_to_it_and_no_other_does(stage: Stage, how: str) -> None:
    bia = replace(stage, ana=await stage.home.person("bia"))
    own, other = await stage.begin(), await bia.begin()
    accounts = stage.home.prosa.system.people.identity.accounts
    async with stage.follow(own) as follower, bia.follow(other) as bystander:
        assert json.loads(await follower.recv())["number"] == 0
        began = asyncio.get_running_loop().time()
        if how == "signed out":
            assert (await stage.ana.ask("POST", "/auth/sign-out")).status_code == 204
        elif how == "suspended":
            await accounts.suspend(OPERATOR, stage.ana.account.id)
        else:
            await accounts.delete(OPERATOR, stage.ana.account.id)
        assert await ending(follower) == (1008, "credential_ended")
        assert asyncio.get_running_loop().time() - began < 1.0
        stage.puppet.say(other, "goes on")
        assert [json.loads(await bystander.recv())["number"] for _ in range(2)] == [0, 1]


@pytest.mark.attack("K9")
async def test_nobody_holds_more_sockets_than_one_may() -> None:
    async with staged({"PROSA_MAX_SOCKETS": "3"}) as stage:
        run = await stage.begin()
        held = [await stage.follow(run) for _ in range(3)]
        assert await stage.refusal(run) == (429, "too_many_sockets")
        bia = replace(stage, ana=await stage.home.person("bia"))
        async with bia.follow(await bia.begin()):
            await held[0].close()
            async with stage.follow(run) as client:
                assert json.loads(await client.recv())["number"] == 0
        for client in held:
            await client.close()


async def test_a_server_that_stops_says_that_this_is_not_the_end() -> None:
    async with staged() as stage:
        client = await stage.follow(await stage.begin())
        assert json.loads(await client.recv())["number"] == 0
        stopping = asyncio.create_task(ending(client))
        await asyncio.sleep(0)
    assert (await stopping)[0] == 1012


async def test_a_server_that_can_wait_no_longer_says_so_too(stage: Stage) -> None:
    run = await stage.begin()
    client = await stage.follow(run)
    assert json.loads(await client.recv())["number"] == 0
    for connection in list(stage.home.prosa.system.people.open_calls._calls.values()):
        assert connection.task is not None
        connection.task.cancel()
    assert (await ending(client))[0] == 1012
    assert run.open


async def test_the_log_and_the_figures_know_sockets_by_their_route(stage: Stage) -> None:
    run = await stage.begin()
    async with stage.follow(run) as client:
        message = await client.recv(decode=False)
    await stage.puppet.ended(run)
    await asyncio.sleep(0.5)
    lines = [json.loads(line) for line in stage.home.prosa.log.getvalue().splitlines()]
    found = [line for line in lines if line.get("path") == "/api/v1/runs/{run_id}/events"]
    assert [(line["status"], line["bytes"], line.get("fault")) for line in found] == [(101, len(message), None)]
    assert "ticket" not in stage.home.prosa.log.getvalue() and run.id not in stage.home.prosa.log.getvalue()
