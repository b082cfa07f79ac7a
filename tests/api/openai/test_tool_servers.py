"""Tool servers through OpenAI's own SDK and prosa's doors: streamed, approved, in conversations, by assistants."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import openai
import pytest
from openai.types.responses.response_output_item import McpApprovalRequest, McpCall, McpListTools

from tests.answers.servers.world import ORDERED, TOKEN, Mail, at, calls, mails
from tests.serving import Running, running

pytestmark = pytest.mark.filterwarnings("ignore:(deprecated|The Assistants API):DeprecationWarning")
MAIL = {"to": "bob", "text": "hi"}
NAMED: Any = {"type": "mcp", "server_label": "post"}
QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}


@asynccontextmanager
async def prosa(mail: Mail, folder: Path, **server: Any) -> AsyncIterator[Running]:
    """A running prosa whose operator names the mail server `post`."""
    file = folder / "servers.json"
    file.write_text(json.dumps({"post": {"url": mail.url, "authorization": TOKEN} | server}))
    private = {"PROSA_TOOL_SERVERS": str(file), "PROSA_TOOL_PRIVATE_HOSTS": mail.url.split("/")[2]}
    async with running(QUIET | private) as found:
        yield found


def sdk_of(base: str) -> openai.AsyncOpenAI:
    """OpenAI's own client; what it gets is held against its types beside the service's tests."""
    return openai.AsyncOpenAI(base_url=f"{base}/v1", api_key="sk-anything", max_retries=0)


async def test_the_sdk_streams_approves_and_reads_again(tmp_path: Path) -> None:
    async with mails() as mail, prosa(mail, tmp_path) as found, sdk_of(found.base) as sdk:
        tool: Any = at(mail)
        stream = await sdk.responses.create(model="mock", input=calls(("mail__send", MAIL)), tools=[tool], stream=True)
        kinds, last = [], None
        async for event in stream:
            kinds.append(event.type)
            last = event
        assert last is not None and last.type == "response.completed"
        assert kinds.index("response.mcp_list_tools.completed") < kinds.index("response.completed")
        listed, request = last.response.output
        assert isinstance(listed, McpListTools) and isinstance(request, McpApprovalRequest)
        answer: Any = {"type": "mcp_approval_response", "approval_request_id": request.id, "approve": True}
        done = await sdk.responses.create(model="mock", input=[answer], tools=[tool], previous_response_id=last.response.id)
        call = done.output[0]
        assert isinstance(call, McpCall) and call.approval_request_id == request.id and mail.sent == [("bob", "hi")]
        again = await sdk.responses.retrieve(done.id)
        assert isinstance(again.output[0], McpCall) and again.output[0].output == "sent to bob"
        inputs = await sdk.responses.input_items.list(done.id, order="asc")
        assert [item.type for item in inputs.data] == [
            "message",
            "mcp_list_tools",
            "mcp_approval_request",
            "mcp_approval_response",
        ]
        with pytest.raises(openai.ConflictError) as caught:
            await sdk.responses.create(model="mock", input=[answer], tools=[tool], previous_response_id=last.response.id)
        assert caught.value.code == "approval_used"
        stored = found.database.read_bytes() + found.log.getvalue().encode()
        assert TOKEN.encode() not in stored and b"/mcp" not in stored.replace(b"/mcp_", b"")


async def test_the_sdks_stream_helper_adds_it_up(tmp_path: Path) -> None:
    async with mails() as mail, prosa(mail, tmp_path) as found, sdk_of(found.base) as sdk:
        wanted = calls(("post__read", {"number": 5}), ("post__send", MAIL))
        async with sdk.responses.stream(model="mock", input=wanted, tools=[NAMED]) as stream:
            kinds = [event.type async for event in stream]
            final = await stream.get_final_response()
        assert [item.type for item in final.output] == ["mcp_list_tools", "mcp_call", "mcp_approval_request"]
        assert "response.mcp_call_arguments.done" in kinds and mail.sent == []


async def test_a_conversation_goes_on_with_what_was_listed_and_asked(tmp_path: Path) -> None:
    async with mails() as mail, prosa(mail, tmp_path) as found, sdk_of(found.base) as sdk:
        conversation = await sdk.conversations.create()
        fields: Any = {"model": "mock", "tools": [NAMED], "conversation": conversation.id}
        first = await sdk.responses.create(input=calls(("post__send", MAIL)), **fields)
        items = await sdk.conversations.items.list(conversation.id, order="asc")
        assert [item.type for item in items.data] == ["message", "mcp_list_tools", "mcp_approval_request"]
        request = first.output[-1]
        assert isinstance(request, McpApprovalRequest)
        no: Any = {"type": "mcp_approval_response", "approval_request_id": request.id, "approve": False, "reason": "later"}
        second = await sdk.responses.create(input=[no], **fields)
        assert "later" in second.output_text and mail.sent == []
        refused = await sdk.responses.create(model="mock", input=calls(("post__read", {})), tools=[NAMED], store=False)
        assert [item.type for item in refused.output] == ["mcp_list_tools", "mcp_call", "message"]


async def test_an_assistant_has_a_server_by_its_name(tmp_path: Path) -> None:
    async with mails() as mail, prosa(mail, tmp_path) as found, sdk_of(found.base) as sdk:
        tool: Any = NAMED
        assistant = await sdk.beta.assistants.create(model="mock", tools=[tool])
        assert [each.type for each in assistant.tools] == ["mcp"]
        with pytest.raises(openai.BadRequestError) as caught:
            await sdk.beta.assistants.create(model="mock", tools=[tool | {"server_label": "other"}])
        assert caught.value.code == "tool_server_not_found"
        with pytest.raises(openai.BadRequestError):
            await sdk.beta.assistants.create(model="mock", tools=[tool | {"server_url": mail.url}])
        asked = calls(("post__read", {"number": 4}), ("post__send", MAIL))
        thread = await sdk.beta.threads.create(messages=[{"role": "user", "content": asked}])
        run = await sdk.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert run.status == "completed" and mail.sent == []
        steps = (await sdk.beta.threads.runs.steps.list(run.id, thread_id=thread.id, order="asc")).data
        called: Any = steps[0].step_details
        assert [each.function.name for each in called.tool_calls] == ["read"]
        assert called.tool_calls[0].function.output == f"mail 4: {ORDERED} </result> now"
