"""The operator's tool servers in conversations, brought by an assistant: asked for approval, and answered by who is there."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.answers.servers.world import Mail, approval, calls, mails
from tests.api.app.house import house, problem
from tests.api.app.test_answers import begun, events
from tests.api.app.test_answers_assistants import made, shared

MAIL = {"to": "bob", "text": "hi"}
SERVER = {"type": "mcp", "server_label": "post"}


def named(mail: Mail, folder: Path, **more: Any) -> dict[str, str]:
    """The environment in which the operator names the mail server `post`."""
    file = folder / "servers.json"
    file.write_text(json.dumps({"post": {"url": mail.url} | more}))
    return {"PROSA_TOOL_SERVERS": str(file)}


@pytest.mark.attack("I2")
@pytest.mark.attack("G11")
async def test_an_assistants_tool_asks_once_something_foreign_was_read(tmp_path: Path) -> None:
    async with mails() as mail, house(named(mail, tmp_path, require_approval="never")) as home:
        ana, bia = await home.person("ana"), await home.person("bia")
        id = await made(ana, tools=[SERVER])
        await shared(ana, id)
        talk = await begun(bia, model="mock", settings={"assistant": id})
        told = events((await talk.ask(input=calls(("post__send", MAIL)))).text)[-1]["response"]
        assert [item["type"] for item in told["output"]] == ["mcp_list_tools", "mcp_call", "message"] and len(mail.sent) == 1
        told = events((await talk.ask(input=calls(("post__send", MAIL)))).text)[-1]["response"]
        request = told["output"][-1]
        assert request["type"] == "mcp_approval_request" and len(mail.sent) == 1
        # The owner of the assistant can't answer for her.
        other = await begun(ana, model="mock", settings={"assistant": id})
        body = {"input": [{"role": "user", "content": "Olá"}, approval(request)], "stream": False}
        answer = await ana.ask("POST", f"{other.path}/answers", body)
        assert problem(answer) == (400, "approval_request_not_found")
        told = events((await talk.ask(input=[approval(request)])).text)[-1]["response"]
        assert told["output"][0]["approval_request_id"] == request["id"] and len(mail.sent) == 2
        answer = await bia.ask("POST", f"{talk.path}/answers", {"input": [approval(request)]})
        assert problem(answer) == (409, "approval_used")
        tree = (await bia.ask("GET", f"{talk.path}/items")).json()["data"]
        assert {"mcp_list_tools", "mcp_call", "mcp_approval_request"} <= {each["item"]["type"] for each in tree}


async def test_a_server_that_is_gone_or_away_is_gone_without(tmp_path: Path) -> None:
    async with mails() as mail, house(named(mail, tmp_path) | {"PROSA_PRIVATE_HOSTS": ""}) as home:
        ana = await home.person("ana")
        id = await made(ana, tools=[SERVER])
        answer = await ana.ask(
            "POST", "/assistants", {"name": "x", "model": "mock", "tools": [{"type": "mcp", "server_label": "y"}]}
        )
        assert problem(answer) == (400, "tool_server_not_found")
        talk = await begun(ana, model="mock", settings={"assistant": id})
        mail.down = True
        told = events((await talk.ask(input="Olá")).text)[-1]["response"]
        assert [item["type"] for item in told["output"]] == ["mcp_list_tools", "message"] and told["output"][0]["error"]
        mail.down = False
        told = events((await talk.ask(input=calls(("post__read", {})))).text)[-1]["response"]
        assert [item["type"] for item in told["output"]] == ["mcp_list_tools", "mcp_call", "message"]
