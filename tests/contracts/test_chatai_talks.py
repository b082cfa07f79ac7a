"""Contract C: talks and messages as its web client sends, reads and needs them (contracts: chatai, §1 to §3, §7)."""

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import pytest

from prosa.api.document import openapi_document
from prosa.boot.settings import load
from prosa.conversations import Face, ShelfChanges
from prosa.identity import OPERATOR, NewAccount
from prosa.kit.ids import padded, short_form
from tests.contracts.people import PASSWORD, Town, bearer, town

PAGE = "http://localhost:5173"
GONE = {"message": "Talk not found or access denied"}
DATE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z")
UNKNOWN = "6b01aa52b3c0d1e2f3a44ccf"
Json = dict[str, Any]


@dataclass
class Client:
    """Somebody at C's page."""

    place: Town
    token: str
    id: str

    async def ask(self, method: str, path: str, body: object = None, **query: str) -> httpx2.Response:
        """A call as the page makes it."""
        fields = bearer(self.token) | {"origin": PAGE}
        return await self.place.client.request(method, f"/api{path}", json=body, params=query, headers=fields)

    async def talk(self, message: str) -> Json:
        """A new talk."""
        answer = await self.ask("POST", "/talk", {"message": message})
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    async def say(self, talk_id: str, content: str) -> Json:
        """A message in it."""
        answer = await self.ask("POST", "/message", {"talk_id": talk_id, "content": content, "type": "user"})
        assert answer.status_code == 201, answer.text
        found: Json = answer.json()
        return found

    async def talks(self) -> list[Json]:
        """The list."""
        found: list[Json] = (await self.ask("GET", "/talk-user")).json()
        return found

    async def messages(self, talk_id: str) -> list[Json]:
        """What was said."""
        found: list[Json] = (await self.ask("GET", "/messages-by-talk", talk_id=talk_id)).json()
        return found


@asynccontextmanager
async def chatting(env: Mapping[str, str] | None = None) -> AsyncIterator[Client]:
    """Maria, signed in."""
    async with town(env) as place:
        signed = await place.client.post("/api/login", json={"username": "maria@exemplo.br", "password": PASSWORD})
        yield Client(place, signed.json()["token"], short_form(place.maria.id))


async def another(client: Client) -> Client:
    """João, signed in at the same server."""
    new = NewAccount(email="joao@exemplo.br", password=PASSWORD, name="João")
    account = await client.place.identity.accounts.create(OPERATOR, new)
    signed = await client.place.client.post("/api/login", json={"username": "joao@exemplo.br", "password": PASSWORD})
    return Client(client.place, signed.json()["token"], short_form(account.id))


def contents(messages: list[Json]) -> list[tuple[str, str]]:
    """Who said what."""
    return [(message["type"], message["content"]) for message in messages]


@pytest.mark.contract("C08", "C09", "C14", "C54", "C56", "C57")
async def test_a_first_message_makes_a_talk_named_by_its_beginning_and_is_answered() -> None:
    text = "Quais são os 10 maiores clientes da indústria? ção!"  # 51 characters
    async with chatting() as maria:
        assert await maria.talks() == []
        begun = await maria.talk(text)
        short = await maria.talk("Oi")
        listed = await maria.talks()
    made = begun["talk"]
    assert made.keys() == {"talk_id", "name", "created_at"}
    assert made["name"] == text[:50] + "..." and short["talk"]["name"] == "Oi"
    assert re.fullmatch("[0-9a-f]{24}", made["talk_id"]) and DATE.fullmatch(made["created_at"])
    assert begun["n8n_status"] == "success"
    assert [message["type"] for message in begun["messages"]] == ["user", "bot"]
    for message in begun["messages"]:
        assert message.keys() == {"_id", "content", "type", "talk_id", "user_id", "create_at", "update_at", "is_deleted"}
        assert re.fullmatch("[0-9a-f]{24}", message["_id"]["$oid"]) and DATE.fullmatch(message["create_at"]["$date"])
        assert message["talk_id"] == {"$oid": made["talk_id"]} and message["user_id"] == {"$oid": maria.id}
        assert message["is_deleted"] is False and message["content"]
    assert [talk["_id"]["$oid"] for talk in listed] == [short["talk"]["talk_id"], made["talk_id"]]
    assert listed[1].keys() == {"_id", "name", "user_id", "create_at", "update_at", "is_deleted"}
    assert listed[1]["name"] == made["name"] and listed[1]["user_id"] == {"$oid": maria.id}


@pytest.mark.contract("C12", "C13", "C57")
async def test_a_message_is_answered_with_all_of_the_talk_in_order_and_the_model_hears_it() -> None:
    async with chatting() as maria:
        talk_id = (await maria.talk("[[mock text=Olá]]"))["talk"]["talk_id"]
        first = (await maria.talks())[0]["update_at"]["$date"]
        await asyncio.sleep(0.01)
        said = await maria.say(talk_id, "[[mock text=Sim]]")
        listed = await maria.messages(talk_id)
        after = (await maria.talks())[0]["update_at"]["$date"]
    assert said.keys() == {"messages", "n8n_status"} and said["messages"] == listed
    assert contents(listed) == [("user", "[[mock text=Olá]]"), ("bot", "Olá"), ("user", "[[mock text=Sim]]"), ("bot", "Sim")]
    assert (dates := [message["create_at"]["$date"] for message in listed]) == sorted(dates)
    assert after > first


@pytest.mark.contract("C10", "C56")
async def test_a_talk_is_renamed_and_moves_up_also_by_the_same_name() -> None:
    async with chatting() as maria:
        talk_id = (await maria.talk("um"))["talk"]["talk_id"]
        other = (await maria.talk("dois"))["talk"]["talk_id"]
        for name in ("Novo nome", "Novo nome"):
            before = {talk["_id"]["$oid"]: talk for talk in await maria.talks()}[talk_id]["update_at"]["$date"]
            await asyncio.sleep(0.01)
            answer = await maria.ask("PUT", "/talk", {"talk_id": talk_id, "name": name})
            assert answer.status_code == 200
            told = answer.json()
            assert told["message"] == "Talk updated successfully"
            assert told["talk"]["talk_id"] == talk_id and told["talk"]["name"] == name
            listed = await maria.talks()
            assert listed[0]["update_at"]["$date"] > before and told["talk"]["updated_at"] == listed[0]["update_at"]["$date"]
        await maria.say(talk_id, "e agora?")
        listed = await maria.talks()
    assert [(talk["_id"]["$oid"], talk["name"]) for talk in listed] == [(talk_id, "Novo nome"), (other, "dois")]


@pytest.mark.contract("C11", "C14")
async def test_a_deleted_talk_is_nowhere_and_the_app_brings_it_back_whole() -> None:
    async with chatting() as maria:
        talk_id = (await maria.talk("[[mock text=Olá]]"))["talk"]["talk_id"]
        deleted = await maria.ask("DELETE", "/talk", talk_id=talk_id)
        assert (deleted.status_code, deleted.json()) == (200, {"message": "Talk and its messages deleted successfully"})
        assert await maria.talks() == []
        for method, path, body, query in (
            ("GET", "/messages-by-talk", None, {"talk_id": talk_id}),
            ("DELETE", "/talk", None, {"talk_id": talk_id}),
            ("PUT", "/talk", {"talk_id": talk_id, "name": "x"}, {}),
            ("POST", "/message", {"talk_id": talk_id, "content": "x", "type": "user"}, {}),
        ):
            answer = await maria.ask(method, path, body, **query)
            assert (answer.status_code, answer.json()) == (404, GONE)
        rows = await maria.place.rows("SELECT id, deleted_at FROM conversations")
        assert rows[0][1] is not None
        await maria.place.running.system.features.shelf.trash.restore(maria.place.maria.id, str(rows[0][0]))
        assert contents(await maria.messages(talk_id)) == [("user", "[[mock text=Olá]]"), ("bot", "Olá")]


@pytest.mark.contract("C15", "C55")
@pytest.mark.attack("A1")
async def test_nobody_reaches_anothers_talk_and_it_reads_as_one_that_is_not_there() -> None:
    async with chatting() as maria:
        talk_id = (await maria.talk("segredo"))["talk"]["talk_id"]
        joao = await another(maria)
        told = set()
        for id in (talk_id, UNKNOWN, "x", "6b01aa52b3c0d1e2f3a44cc", "' OR 1=1 --", "%00", "6b01aa52b3c0d1e2f3a4" * 9):
            for answer in (
                await joao.ask("GET", "/messages-by-talk", talk_id=id),
                await joao.ask("DELETE", "/talk", talk_id=id),
                await joao.ask("PUT", "/talk", {"talk_id": id, "name": "meu"}),
                await joao.ask("POST", "/message", {"talk_id": id, "content": "x", "type": "user"}),
            ):
                told.add((answer.status_code, answer.text, answer.headers["access-control-allow-origin"]))
        assert await joao.talks() == []
        assert len(await maria.messages(talk_id)) == 2
    assert {(status, origin) for status, _, origin in told} == {(404, PAGE)} and len(told) == 1


@pytest.mark.contract("C55")
async def test_what_is_missing_is_told_in_the_originals_words() -> None:
    id = {"talk_id": UNKNOWN}
    cases: list[tuple[str, str, object, str]] = [
        ("POST", "/talk", {}, "Request body is required"),
        ("POST", "/talk", {"text": "x"}, "Message is required"),
        ("POST", "/talk", {"message": " "}, "Message is required"),
        ("POST", "/talk", {"message": ["x"]}, "Message is required"),
        ("POST", "/message", {}, "Request body is required"),
        ("POST", "/message", {"content": "x"}, "talk_id is required"),
        ("POST", "/message", id, "content is required"),
        ("POST", "/message", id | {"content": "x", "type": "bot"}, "type must be user"),
        ("POST", "/message", id | {"content": "x" * 100_001}, "A mensagem é longa demais: no máximo 100000 caracteres."),
        ("PUT", "/talk", {}, "Request body is required"),
        ("PUT", "/talk", {"name": "x"}, "talk_id is required"),
        ("PUT", "/talk", id | {"name": ""}, "name is required"),
        ("GET", "/messages-by-talk", None, "talk_id is required as query parameter"),
        ("DELETE", "/talk", None, "talk_id is required as query parameter"),
        ("POST", "/chat/stream", {"conversationId": "1"}, "Message is required"),
    ]
    async with chatting() as maria:
        for method, path, body, told in cases:
            answer = await maria.ask(method, path, body)
            assert (answer.status_code, answer.json()) == (400, {"message": told}), (method, path, body)
            assert answer.headers["access-control-allow-origin"] == PAGE
        for method, path in (("GET", "/talk-user"), ("POST", "/talk"), ("POST", "/message"), ("POST", "/chat/stream")):
            stranger = await maria.place.client.request(method, f"/api{path}", json={}, headers={"origin": PAGE})
            assert (stranger.status_code, stranger.json()) == (401, {"message": "Token is missing!"})
            assert stranger.headers["access-control-allow-origin"] == PAGE


@pytest.mark.contract("C57")
async def test_no_message_is_ever_empty_also_where_the_model_fails_or_says_nothing() -> None:
    async with chatting() as maria:
        failed = await maria.talk("[[mock status=400]]")
        talk_id = failed["talk"]["talk_id"]
        silent = await maria.say(talk_id, '[[mock text=""]]')
        good = await maria.say(talk_id, "[[mock text=Agora]]")
        strange = await maria.talk("a\u0000b \U0001f3ac " + "x" * 60)
        listed = await maria.messages(talk_id)
    assert (failed["n8n_status"], silent["n8n_status"], good["n8n_status"]) == ("error", "error", "success")
    assert [message["type"] for message in listed] == ["user", "bot"] * 3
    assert listed == good["messages"] and listed[:4] == silent["messages"] and listed[:2] == failed["messages"]
    assert all(message["content"].strip() for message in listed)
    assert listed[1]["content"].startswith("Desculpe") and listed[5]["content"] == "Agora"
    assert "mock" not in listed[1]["content"]  # nothing of what the provider said
    assert strange["n8n_status"] == "success" and "\u0000" not in strange["talk"]["name"]


@pytest.mark.contract("C57", "C13")
async def test_where_no_model_is_there_both_messages_are_stored_all_the_same() -> None:
    async with chatting({"PROSA_MOCK": "false"}) as maria:
        begun = await maria.talk("oi")
        said = await maria.say(begun["talk"]["talk_id"], "e agora?")
        assert said["messages"] == await maria.messages(begun["talk"]["talk_id"])
    assert (begun["n8n_status"], said["n8n_status"]) == ("error", "error")
    assert [message["type"] for message in said["messages"]] == ["user", "bot"] * 2


@pytest.mark.contract("C58")
async def test_a_slow_answer_returns_in_time_and_takes_the_place_of_the_sentence_when_it_comes() -> None:
    slow = "[[mock text=Pronto first_byte=1.2]]"
    async with chatting({"CHATAI_ANSWER_TIMEOUT": "0.3"}) as maria:
        begun = time.monotonic()
        first = await maria.talk(slow)
        assert time.monotonic() - begun < 1.1
        talk_id = first["talk"]["talk_id"]
        waiting = await maria.messages(talk_id)
        assert first["n8n_status"] == "error" and first["messages"] == waiting
        assert "preparada" in waiting[1]["content"]
        repeats = await asyncio.gather(*(maria.talk(slow) for _ in range(3)))  # the page's own, which sends no key along
        assert {again["talk"]["talk_id"] for again in repeats} == {talk_id}
        for _ in range(200):
            if not await maria.place.rows("SELECT 1 FROM runs WHERE state <> 'completed'"):
                break
            await asyncio.sleep(0.05)
        assert contents(await maria.messages(talk_id)) == [("user", slow), ("bot", "Pronto")]
        late = await maria.talk(slow)  # and once more after the answer came, which the page never saw
        assert late["talk"]["talk_id"] == talk_id and late["n8n_status"] == "success"
        assert contents(late["messages"]) == [("user", slow), ("bot", "Pronto")]
        rows = await maria.place.rows("SELECT count(*) FROM items")
        assert rows[0][0] == 2 and len(await maria.talks()) == 1


@pytest.mark.contract("C58")
async def test_repeats_of_a_message_join_it_and_another_one_waits_its_turn() -> None:
    slow = "[[mock text=Primeira first_byte=0.6]]"
    async with chatting() as maria:
        talk_id = (await maria.talk("[[mock text=Olá]]"))["talk"]["talk_id"]
        same = [asyncio.create_task(maria.say(talk_id, slow)) for _ in range(3)]
        await asyncio.sleep(0.3)
        other = asyncio.create_task(maria.say(talk_id, "[[mock text=Segunda]]"))
        answers = [await task for task in same]
        last = (await other)["messages"]
        again = await maria.say(talk_id, "[[mock text=Segunda]]")  # answered in time: asked anew
    assert [contents(answer["messages"])[2:4] for answer in answers] == [[("user", slow), ("bot", "Primeira")]] * 3
    said = [content for _, content in contents(last)]
    assert said == ["[[mock text=Olá]]", "Olá", slow, "Primeira", "[[mock text=Segunda]]", "Segunda"]
    assert (dates := [message["create_at"]["$date"] for message in last]) == sorted(dates)
    assert len(again["messages"]) == 8


@pytest.mark.contract("C53")
async def test_the_stream_is_one_event_a_write_stores_nothing_and_ends_with_its_mark() -> None:
    async with chatting() as maria:
        body = {"message": '[[mock text="Olá, açaí! 🎬" ]]', "conversationId": UNKNOWN}
        answer = await maria.ask("POST", "/chat/stream", body)
        lines = answer.text.split("\n\n")
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["access-control-allow-origin"] == PAGE
        assert lines[-2:] == ["data: [DONE]", ""] and all(line.startswith('data: {"content":"') for line in lines[:-2])
        failed = await maria.ask("POST", "/chat/stream", {"message": "[[mock status=400]]"})
        assert failed.status_code >= 400 and failed.json().keys() == {"message"}
        assert await maria.talks() == []
        for table in ("conversations", "items", "runs"):
            assert (await maria.place.rows(f"SELECT count(*) FROM {table}"))[0][0] == 0


@pytest.mark.contract("C39")
async def test_a_person_has_a_limit_of_calls_and_another_has_their_own() -> None:
    async with chatting({"CHATAI_REQUESTS_PER_MINUTE": "5"}) as maria:
        joao = await another(maria)
        answers = [await maria.ask("GET", "/talk-user") for _ in range(6)]
        preflight = {"origin": PAGE, "access-control-request-method": "POST"}
        for _ in range(10):
            assert (await maria.place.client.options("/api/talk", headers=preflight)).status_code == 204
        assert (await joao.ask("GET", "/talk-user")).status_code == 200
    assert [answer.status_code for answer in answers] == [200] * 5 + [429]
    refused = answers[-1]
    assert refused.json().keys() == {"message"} and int(refused.headers["retry-after"]) >= 1
    assert refused.headers["access-control-allow-origin"] == PAGE


@pytest.mark.contract("C08", "C54", "C57")
async def test_talks_of_other_doors_and_imported_ones_read_whole_and_programs_conversations_stay_out() -> None:
    imported = "6750b1a1f4e2d3a4b5c6d7e8"
    async with chatting() as maria:
        features, space = maria.place.running.system.features, maria.place.maria.id
        said = [_said("user" if number % 2 else "assistant", str(number)) for number in range(1, 702)]
        await features.conversations.create(space, items=said, id=padded(imported), face=Face("Antiga", dialect="chatai"))
        untitled = await features.conversations.create(space, face=Face(dialect="app"), items=[_said("user", " ")])
        await features.conversations.create(space, face=Face("de um programa", dialect="openai"))
        await features.shelf.change(space, untitled.id, ShelfChanges(archived=True))
        listed = {talk["_id"]["$oid"]: talk["name"] for talk in await maria.talks()}
        assert listed == {imported: "Antiga", short_form(untitled.id): "Nova conversa"}
        found = await maria.messages(imported)
        assert [message["content"] for message in found] == [str(number) for number in range(1, 702)]
        assert [message["type"] for message in found[:2]] == ["user", "bot"]
        assert contents(await maria.messages(short_form(untitled.id))) == [("user", "[anexo]")]
        assert len((await maria.say(imported.upper(), "oi"))["messages"]) == 703


@pytest.mark.contract("C11", "C58")
async def test_deleting_a_talk_ends_the_answer_in_it_and_who_waits_is_told() -> None:
    async with chatting() as maria:
        talk_id = (await maria.talk("[[mock text=Olá]]"))["talk"]["talk_id"]
        body = {"talk_id": talk_id, "content": "[[mock text=Nunca first_byte=20]]", "type": "user"}
        waiting = asyncio.create_task(maria.ask("POST", "/message", body))
        await asyncio.sleep(0.2)
        await maria.ask("DELETE", "/talk", talk_id=talk_id)
        answer = await waiting
        assert (answer.status_code, answer.json()) == (404, GONE)
        assert await maria.place.rows("SELECT state FROM runs WHERE state NOT IN ('completed', 'cancelled')") == []


@pytest.mark.contract("C09", "C39")
async def test_what_could_not_be_asked_leaves_no_talk() -> None:
    async with chatting({"PROSA_MAX_RUNS": "1"}) as maria:
        slow = asyncio.create_task(maria.talk("[[mock text=Sim first_byte=1]]"))
        await asyncio.sleep(0.3)
        refused = await maria.ask("POST", "/talk", {"message": "e mais uma"})
        assert refused.status_code == 429 and refused.json().keys() == {"message"}
        assert len(await maria.talks()) == 1
        assert (await slow)["n8n_status"] == "success"


@pytest.mark.contract("C48")
def test_every_route_stands_in_the_api_document_with_what_it_may_answer() -> None:
    paths = json.loads(openapi_document())["paths"]
    told = {
        f"{method} {path}" for path, methods in paths.items() for method, one in methods.items() if "ChatAI (C)" in one["tags"]
    }
    routes = {"get /api/talk-user", "post /api/talk", "put /api/talk", "delete /api/talk", "get /api/messages-by-talk"}
    assert told >= routes | {"post /api/message", "post /api/chat/stream", "post /api/login", "get /api/me", "post /api/refresh"}
    for path, method in ((route.partition(" ")[2], route.partition(" ")[0]) for route in told):
        failures = [answer for status, answer in paths[path][method]["responses"].items() if status >= "400"]
        assert failures and all("chatai__models__Failure" in json.dumps(answer) for answer in failures), (method, path)


def test_the_model_is_openais_where_its_key_is_set(tmp_path: Path) -> None:
    plain = {"PROSA_OLLAMA_DISCOVERY": "false"}
    openai = plain | {"OPENAI_API_KEY": "sk-of-the-tests-0123456789", "OPENAI_MODEL": "gpt-4o-mini"}
    assert load(plain, tmp_path).settings.chatai.model is None
    assert load(openai, tmp_path).settings.chatai.model == "openai/gpt-4o-mini"


def _said(role: str, text: str) -> bytes:
    kind = "input_text" if role == "user" else "output_text"
    return json.dumps({"type": "message", "role": role, "content": [{"type": kind, "text": text}]}).encode()
