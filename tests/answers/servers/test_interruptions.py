"""Calls of other servers over a driver that dies: as any tool with effects, at most once; what was asked and listed stays."""

import asyncio
from typing import Any

import msgspec
import pytest

from prosa.answers import NamedServer
from prosa.answers.responses import ApprovalRequest, fold
from prosa.drivers.sql import Database
from tests.answers.house import House, json, kinds_of, text_of, until
from tests.answers.sdk_types import check_item
from tests.answers.servers.hostile import hostile
from tests.answers.servers.world import answering, approval, at, calls, mails

MAIL = {"to": "bob", "text": "hi"}


async def gone_on(other: House, run: Any) -> dict[str, Any]:
    """What another process makes of an answer whose driver is gone."""
    other.engine.start("service")
    async with asyncio.timeout(15):
        ended = await other.engine.finished(run)
    found: dict[str, Any] = json(await other.answers.shown(ended))
    return found


@pytest.mark.attack("G13")
async def test_an_approved_call_is_never_made_twice(database: Database) -> None:
    async with mails() as mail, answering(database, private=mail.url) as other:
        async with answering(database, private=mail.url) as house:
            first = await house.ask(input=calls(("mail__send", MAIL)), tools=[at(mail)])
            mail.seconds = 30.0
            fields: dict[str, Any] = {"tools": [at(mail)], "previous_response_id": first["id"]}
            given = await house.create(input=[approval(first["output"][-1])], **fields)
            await until(given, "prosa:tool_call.started")
        mail.seconds = 0.0
        response = await gone_on(other, given.run)
        assert (response["status"], response["incomplete_details"]) == ("incomplete", {"reason": "interrupted"})
        assert response["output"][0]["status"] == "incomplete" and mail.sent == []


async def test_a_harmless_call_is_made_again_with_the_sealed_credentials(database: Database) -> None:
    async with mails() as mail, answering(database, private=mail.url) as other:
        mail.seconds = 30.0
        tool = at(mail, require_approval="never")
        async with answering(database, private=mail.url) as house:
            given = await house.create(input=calls(("mail__read", {"number": 3})), tools=[tool])
            await until(given, "prosa:tool_call.started")
        mail.seconds = 0.0
        before = len(mail.headers)
        response = await gone_on(other, given.run)
        assert response["status"] == "completed" and "mail 3" in text_of(response)
        assert all("canary" in header["authorization"] for header in mail.headers[before:])
        # The list that was told is not fetched anew.
        assert [item["type"] for item in response["output"]] == ["mcp_list_tools", "mcp_call", "message"]


async def test_a_list_that_broke_off_is_fetched_again_in_its_place(database: Database) -> None:
    async with hostile() as server, answering(database, private=server.url) as other:
        tool = {"type": "mcp", "server_label": "mail", "server_url": server.url}
        tools, server.tools = server.tools, []
        async with answering(database, private=server.url) as house:
            server.slow = 30.0
            given = await house.create(input=calls(("mail__send", {"to": "bob"})), tools=[tool])
            await until(given, "response.mcp_list_tools.in_progress")
        server.tools, server.slow = tools, 0.0
        response = await gone_on(other, given.run)
        assert [item["type"] for item in response["output"]] == ["mcp_list_tools", "mcp_approval_request"]
        assert kinds_of(await other.log(given.run)).count("response.mcp_list_tools.in_progress") == 1
        approved = await other.ask(input=[approval(response["output"][1])], tools=[tool], previous_response_id=response["id"])
        assert server.calls == [{"to": "bob"}] and approved["status"] == "completed"


async def test_a_server_that_the_operator_names_no_more_ends_what_goes_on(database: Database) -> None:
    async with mails() as mail, answering(database) as other:
        mail.seconds = 30.0
        async with answering(database, NamedServer("mail", mail.url)) as house:
            tool = {"type": "mcp", "server_label": "mail"}
            given = await house.create(input=calls(("mail__read", {})), tools=[tool])
            await until(given, "prosa:tool_call.started")
        response = await gone_on(other, given.run)
        assert response["status"] == "failed" and "canary" not in str(response)


async def test_a_log_that_is_cut_anywhere_tells_items_as_the_sdk_has_them(database: Database) -> None:
    async with mails() as mail, answering(database, private=mail.url) as house:
        tools = [at(mail, require_approval={"never": {"read_only": True}})]
        wanted = calls(("mail__read", {}), ("mail__fail", {}), ("mail__send", MAIL))
        given = await house.create(input=wanted, tools=tools)
        await given.response()
        log = [event.data for event in await house.engine.log(given.run)]
        for cut in range(len(log) + 1):
            said = fold(log[:cut])
            for item in (*said.items, *said.output):
                check_item(json(msgspec.json.encode(item)))
            whole = [item for item in said.output if isinstance(item, ApprovalRequest)]
            assert not whole or not said.open(), "what was cut off is no request that somebody could approve"
