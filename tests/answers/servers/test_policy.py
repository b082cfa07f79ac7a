"""Which calls ask, by what was said of them: the whole rule, case by case."""

from typing import Any

import msgspec
import pytest
from msgspec import Raw

from prosa.answers import CreateOptions, NamedServer, Pinned
from prosa.answers.responses import function_name, marked_name
from prosa.answers.servers.models import Approval, ApprovalFilter, Known, Server, ServerEntry, ToolFilter
from prosa.answers.servers.policy import asks, foreign, offered
from prosa.drivers.mcp import OfferedTool, ToolServer
from prosa.drivers.outbound import Target
from prosa.drivers.sql import Database
from tests.answers.house import ANA, BEN, asked, json
from tests.answers.servers.world import answering, calls, mails

AT = ToolServer("mail", Target("https", "mcp.example", 443), "/")
READS = ApprovalFilter(never=ToolFilter(read_only=True))
SENDS = ApprovalFilter(never=ToolFilter(tool_names=["send"]))


def known(*, changed: bool = False, **hints: bool) -> Known:
    """The tool `send`, as its server annotates it."""
    return Known(OfferedTool("send", Raw(b"{}"), None, Raw(msgspec.json.encode(hints))), changed)


def server(wish: Approval | None = None, operators: Approval | None = None) -> Server:
    """The caller's, or one of the operator's with this policy."""
    named = NamedServer("mail", "https://mcp.example/", require_approval=operators) if operators is not None else None
    return Server(ServerEntry("mail", require_approval=wish), AT, "place", "key", named)


WRITES, READING, REACHING = known(), known(readOnlyHint=True), known(readOnlyHint=True, openWorldHint=True)
CASES: tuple[tuple[Server, Known, bool, bool], ...] = (
    # the caller's own server: what they say, or "always"
    (server(), READING, False, True),
    (server("always"), READING, False, True),
    (server("never"), WRITES, True, False),
    (server(READS), WRITES, False, True),
    (server(READS), READING, True, False),
    (server(SENDS), WRITES, True, False),
    (server(ApprovalFilter(never=ToolFilter())), READING, False, True),
    (server(ApprovalFilter(always=ToolFilter(tool_names=["send"]), never=ToolFilter(read_only=True))), READING, False, True),
    (server("never"), known(changed=True, readOnlyHint=True), False, True),
    # the operator's: the stricter word, and what the model has read
    (server(None, "never"), WRITES, False, False),
    (server(None, "never"), WRITES, True, True),
    (server(None, "never"), READING, True, False),
    (server(None, "never"), REACHING, True, True),
    (server(None, "never"), REACHING, False, False),
    (server("never", "never"), WRITES, True, False),
    (server("never", "always"), READING, False, True),
    (server("always", "never"), READING, False, True),
    (server(None, READS), WRITES, False, True),
    (server(None, READS), known(readOnlyHint=False, openWorldHint=False), False, True),
)


@pytest.mark.attack("I2")
def test_who_is_asked_is_told_by_the_rule_alone() -> None:
    for at, tool, untrusted, ask in CASES:
        assert asks(at, tool, untrusted=untrusted) is ask, (at.entry, at.named, tool, untrusted)
    assert not Known(OfferedTool("x", annotations=Raw(b"[1]"))).read_only


def test_tools_are_let_by_name_and_by_what_they_do() -> None:
    assert offered(None, WRITES) and offered(["send"], WRITES) and not offered(["read"], WRITES) and not offered([], WRITES)
    assert offered(ToolFilter(read_only=True), READING) and not offered(ToolFilter(read_only=True), WRITES)
    assert offered(ToolFilter(), WRITES) and not offered(ToolFilter(tool_names=["send"], read_only=True), WRITES)


async def test_a_conversation_made_shorter_is_foreign(database: Database) -> None:
    async with answering(database) as house:
        sealed = house.parts.sealer.seal(BEN.space, "a summary")
        items = house.parts.contexts.audible(
            BEN.space, [msgspec.json.encode({"type": "compaction", "encrypted_content": sealed})]
        )
        assert foreign(items) and not foreign([b'{"type":"message","role":"user","content":[{"type":"input_text","text":"x"}]}'])
        hidden = r'{"type":"message","role":"user","content":[{"type":"input_text","text":"\"type\":\"input_file\""}]}'
        assert not foreign([hidden.encode()])


async def test_where_nobody_can_be_asked_tools_that_ask_are_not_offered_and_the_model_is_told(database: Database) -> None:
    async with mails() as mail, answering(database, NamedServer("mail", mail.url)) as house:
        made = await house.conversations.create("ana", b"{}", [])
        named = {"type": "mcp", "server_label": "mail"}
        gone: dict[str, Any] = {"type": "mcp", "server_label": "gone"}
        request = asked(
            house.answers, input=calls(("mail__send", {"to": "x"})), tools=[named, gone], conversation=f"conv_{made.id}"
        )
        house.mock.seen = type(house.mock.seen)(maxlen=1)
        options = CreateOptions(assisting=Pinned("asst_1", 1, "ana"))
        response = json(await (await house.answers.create(ANA, request, options)).response())
        assert response["status"] == "completed" and response["tools"] == [named] and mail.sent == []
        sent = msgspec.json.decode(house.mock.seen[0].body)
        assert [each["function"]["name"] for each in sent["tools"]] == ["mail__read", "mail__fail"]
        assert "mail__send" in sent["messages"][0]["content"] and sent["messages"][0]["role"] == "system"


def test_a_function_name_fits_every_provider_and_is_always_the_same() -> None:
    assert function_name("mail", "send") == "mail__send" and function_name("mail", "send") != marked_name("mail", "send")
    odd = [("a", "b c"), ("a", "b_c"), ("a", "x" * 200), ("a", "x" * 201), ("a", "ü")]
    names = [function_name(*each) for each in odd]
    assert len(set(names)) == len(odd) and all(len(name) <= 64 and name.isascii() for name in names)
