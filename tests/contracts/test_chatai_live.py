"""C40: messages in real time over C's socket: said, heard while they come, followed elsewhere; who is there; and for whom not."""

import asyncio
import json
from typing import Any

import pytest
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.typing import Subprotocol

from prosa.identity import OPERATOR
from tests.contracts.test_chatai_talks import PAGE, Client, another, chatting, contents

Json = dict[str, Any]


def opened(client: Client, token: str | None = None, origin: str | None = PAGE, path: str = "/api/ws") -> connect:
    """The socket as a page opens it, whose token travels as a subprotocol."""
    address = client.place.running.base.replace("http", "ws") + path
    protocols = [Subprotocol("prosa.chatai"), Subprotocol(f"bearer.{client.token if token is None else token}")]
    return connect(address, subprotocols=protocols, additional_headers={"Origin": origin} if origin else {})


async def say(socket: ClientConnection, **fields: object) -> None:
    """Send a message."""
    await socket.send(json.dumps(fields))


async def until(socket: ClientConnection, type: str) -> tuple[Json, list[Json]]:
    """The next message of this type, and what came before it."""
    before: list[Json] = []
    async with asyncio.timeout(20):
        async for text in socket:
            found: Json = json.loads(text)
            if found["type"] == type:
                return found, before
            before.append(found)
    raise AssertionError(type)


@pytest.mark.contract("C40", "C56", "C57")
async def test_a_message_is_said_heard_while_it_comes_and_seen_by_the_other_tab() -> None:
    async with chatting() as maria, opened(maria) as tab, opened(maria) as other:
        assert tab.subprotocol == "prosa.chatai"
        await until(other, "ready")
        await say(tab, type="send", ref="1", content='[[mock text="Olá, Maria!" delay=0.02]]')
        accepted, _ = await until(tab, "accepted")
        whole, before = await until(tab, "messages")
        talk_id = accepted["talk"]["_id"]["$oid"]
        pieces = [event["content"] for event in before if event["type"] == "delta" and event["ref"] == "1"]
        assert "".join(pieces) == "Olá, Maria!" and len(pieces) > 1
        assert (whole["ref"], whole["talk_id"], whole["n8n_status"]) == ("1", talk_id, "success")
        assert whole["messages"] == await maria.messages(talk_id)
        changed, _ = await until(other, "changed")
        assert changed["talk_id"] == talk_id
        await say(tab, type="send", ref="2", talk_id=talk_id, content="[[mock text=Sim]]")
        whole, _ = await until(tab, "messages")
        assert [content for _, content in contents(whole["messages"])][-1] == "Sim"


@pytest.mark.contract("C40", "C58")
async def test_an_answer_is_followed_from_another_tab_and_goes_on_without_its_reader() -> None:
    async with chatting() as maria, opened(maria) as other:
        async with opened(maria) as tab:
            await say(tab, type="send", content='[[mock text="um dois três quatro cinco" delay=0.15]]')
            accepted, _ = await until(tab, "accepted")
            await until(tab, "delta")
        talk_id = accepted["talk"]["_id"]["$oid"]
        await say(other, type="follow", ref="f", talk_id=talk_id)
        whole, before = await until(other, "messages")
        assert "".join(event["content"] for event in before if event["type"] == "delta") == "um dois três quatro cinco"
        assert [content for _, content in contents(whole["messages"])][1] == "um dois três quatro cinco"
        await say(other, type="follow", talk_id=talk_id)
        again, before = await until(other, "messages")
        assert again["messages"] == whole["messages"] and not [event for event in before if event["type"] == "delta"]


@pytest.mark.contract("C40")
async def test_who_is_there_is_told_and_mistakes_end_nothing() -> None:
    async with chatting() as maria, opened(maria) as tab:
        own = (await until(tab, "ready"))[0]["device"]
        async with opened(maria) as other:
            await say(other, type="presence", state="typing", talk_id="6750b1a1f4e2d3a4b5c6d7e8")
            while True:
                there, _ = await until(tab, "presence")
                assert there["self"] == own
                if [(each["state"], each["talk_id"]) for each in there["devices"]][1:] == [
                    ("typing", "6750b1a1f4e2d3a4b5c6d7e8")
                ]:
                    break
        for wrong in ("{", '{"type":"x"}', "[]", json.dumps({"type": "send", "ref": "x" * 101, "content": "y"})):
            await tab.send(wrong)
            assert (await until(tab, "error"))[0]["status"] == 400
        await say(tab, type="send", ref="9", content=" ")
        assert (await until(tab, "error"))[0] == {
            "type": "error",
            "ref": "9",
            "status": 400,
            "message": "content is required",
        }
        await say(tab, type="send", ref="9", talk_id="6750b1a1f4e2d3a4b5c6d7e8", content="oi")
        assert (await until(tab, "error"))[0]["message"] == "Talk not found or access denied"
        await say(tab, type="ping", ref="p")
        assert (await until(tab, "pong"))[0]["ref"] == "p"


@pytest.mark.contract("C40", "C15")
@pytest.mark.attack("K9", "A3")
async def test_a_socket_is_its_persons_alone_from_pages_that_may_and_ends_with_the_right() -> None:
    async with chatting() as maria:
        joao = await another(maria)
        for token, origin, status in (
            (maria.token, "https://evil.example", 403),
            ("x.y.z", PAGE, 401),
            ("", PAGE, 401),
        ):
            with pytest.raises(InvalidStatus) as refused:
                await opened(maria, token, origin)
            answer = refused.value.response
            assert answer.status_code == status and json.loads(answer.body or b"").keys() == {"message"}
        async with opened(joao) as foreign, opened(maria, origin=None) as own:
            await say(own, type="send", content="[[mock text=segredo]]")
            talk_id = (await until(own, "messages"))[0]["talk_id"]
            await say(foreign, type="follow", talk_id=talk_id)
            error, before = await until(foreign, "error")
            assert error["status"] == 404 and [event["type"] for event in before if event["type"] == "changed"] == []
            await maria.place.identity.accounts.suspend(OPERATOR, maria.place.maria.id)
            async with asyncio.timeout(5):
                with pytest.raises(ConnectionClosed):
                    while True:
                        await own.recv()
            assert own.close_code == 1008


@pytest.mark.contract("C39", "C40")
async def test_what_is_said_over_a_socket_counts_like_a_call() -> None:
    async with chatting({"CHATAI_REQUESTS_PER_MINUTE": "2"}) as maria, opened(maria) as tab:
        for turn in range(3):
            await say(tab, type="follow", ref=str(turn), talk_id="6750b1a1f4e2d3a4b5c6d7e8")
        told = sorted([(await until(tab, "error"))[0]["status"] for _ in range(3)])
    assert told == [404, 404, 429]
