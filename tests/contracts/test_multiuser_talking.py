"""Contract M: conversations, as its page has them (contracts: multiuser, §1 to §3)."""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass

import httpx2
import pytest

from prosa.conversations import Face, naming
from prosa.identity import OPERATOR, Account, NewAccount
from prosa.kit.ids import new_object_id, new_uuid
from tests.contracts.people import PASSWORD, Town, bearer, town
from tests.upstream import Asked, Upstream, upstream

PAGE = "http://localhost:8000"
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MISSING = {"detail": "Conversa não encontrada."}


@dataclass
class Visitor:
    """Somebody with M's page: a client of their own with its cookies, the token that the page keeps beside, and their number."""

    client: httpx2.AsyncClient
    token: str
    number: int

    async def begin(self) -> str:
        answer = await self.client.post("/session", params={"user_id": self.number}, headers=bearer(self.token))
        assert answer.status_code == 200, answer.text
        return str(answer.json()["sessionId"])

    async def ask(self, session: str, text: str) -> httpx2.Response:
        body = {"conversationId": session, "message": text, "userId": self.number}
        return await self.client.post("/chat", json=body, headers=bearer(self.token) | {"origin": PAGE})

    async def said(self, session: str) -> list[tuple[str, str]]:
        answer = await self.client.get(f"/conversation/{session}")
        assert answer.status_code == 200 and answer.json()["sessionId"] == session, answer.text
        return [(turn["role"], turn["content"]) for turn in answer.json()["history"]]

    async def listed(self) -> list[dict[str, str]]:
        answer = await self.client.get(f"/history/{self.number}")
        assert answer.status_code == 200, answer.text
        found: list[dict[str, str]] = answer.json()
        return found


@asynccontextmanager
async def visitor(place: Town, username: str = "maria") -> AsyncIterator[Visitor]:
    async with httpx2.AsyncClient(base_url=place.running.base, timeout=30) as client:
        signed = (await client.post("/login", json={"username": username, "password": PASSWORD})).json()
        yield Visitor(client, signed["access_token"], signed["user_id"])


async def second_person(place: Town) -> Account:
    new = NewAccount(email="joao@exemplo.br", password=PASSWORD, name="João", username="joao")
    return await place.identity.accounts.create(OPERATOR, new)


async def streamed(asked: Asked, writer: asyncio.StreamWriter) -> None:
    """Answers `resposta N`, N being the messages that it was asked with; refuses what asks it to."""
    words = asked.fields["messages"]
    if "falhe" in json.dumps(words[-1]):
        writer.write(b'HTTP/1.1 400 X\r\ncontent-type: application/json\r\nconnection: close\r\n\r\n{"error":{"message":"no"}}')
        return
    delta = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    said = delta | {"choices": [{"index": 0, "delta": {"content": f"resposta {len(words)}"}, "finish_reason": None}]}
    last = delta | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    for event in (json.dumps(said), json.dumps(last), "[DONE]"):
        writer.write(f"data: {event}\n\n".encode())


@asynccontextmanager
async def talking(env: Mapping[str, str] | None = None, name: str = "GEMINI") -> AsyncIterator[tuple[Town, Upstream]]:
    async with upstream(streamed) as provider, town(provider.env(name) | dict(env or {})) as place:
        yield place, provider


@pytest.mark.contract("M03", "M25")
async def test_a_session_is_a_uuid_with_the_first_title_and_belongs_to_the_token() -> None:
    async with town() as place, visitor(place) as maria:
        answers = [
            await maria.client.post("/session?user_id=999999", headers=bearer(maria.token)),
            await maria.client.post("/session", headers=bearer(maria.token)),
        ]
        listed = await maria.listed()
    assert all(answer.json().keys() == {"sessionId", "title"} and answer.json()["title"] == "Novo Chat" for answer in answers)
    ids = [answer.json()["sessionId"] for answer in answers]
    assert all(UUID.fullmatch(id) for id in ids)
    assert listed == [{"id": id, "title": "Novo Chat"} for id in ids]


@pytest.mark.contract("M03")
async def test_the_first_title_is_a_setting() -> None:
    async with town({"MULTIUSER_NEW_TITLE": "Nova Conversa"}) as place, visitor(place) as maria:
        answer = await maria.client.post("/session", headers=bearer(maria.token))
        assert answer.json()["title"] == "Nova Conversa"
        assert [each["title"] for each in await maria.listed()] == ["Nova Conversa"]


@pytest.mark.contract("M04", "M06", "M07", "M08", "M12", "M25")
async def test_the_model_hears_the_turns_of_this_conversation_and_no_other() -> None:
    async with talking() as (place, provider), visitor(place) as maria:
        one, other = await maria.begin(), await maria.begin()
        first = await maria.ask(one, "Qual é a capital do Ceará?")
        second = await maria.ask(one, "E do Piauí?")
        apart = await maria.ask(other, "Oi")
        said = await maria.said(one)
    assert (first.status_code, first.json()) == (200, {"answer": "resposta 2"})
    assert (second.json(), apart.json()) == ({"answer": "resposta 4"}, {"answer": "resposta 2"})
    assert {asked.fields["model"] for asked in provider.asked} == {"gemini-2.5-flash"}
    heard = [(each["role"], _text(each["content"])) for each in provider.asked[1].fields["messages"]]
    assert heard[0][0] in ("system", "developer")
    assert heard[1:] == [
        ("user", "Qual é a capital do Ceará?"),
        ("assistant", "resposta 2"),
        ("user", "E do Piauí?"),
    ]
    assert said == [
        ("human", "Qual é a capital do Ceará?"),
        ("ai", "resposta 2"),
        ("human", "E do Piauí?"),
        ("ai", "resposta 4"),
    ]


def _text(content: object) -> str:
    return content if isinstance(content, str) else "".join(part["text"] for part in content)  # type: ignore[attr-defined]  # JSON


@pytest.mark.contract("M12", "M13")
async def test_the_provider_is_a_setting() -> None:
    async with talking(name="OPENAI", env={"OPENAI_MODEL": "gpt-x"}) as (place, provider), visitor(place) as maria:
        await maria.ask(await maria.begin(), "Oi")
        assert provider.asked[-1].fields["model"] == "gpt-x"
    async with talking(env={"MULTIUSER_MODEL": "gemini/outra"}) as (place, provider), visitor(place) as maria:
        await maria.ask(await maria.begin(), "Oi")
        assert provider.asked[-1].fields["model"] == "outra"


@pytest.mark.contract("M27", "M22", "M11")
async def test_a_failed_call_is_told_in_json_and_leaves_nothing_behind() -> None:
    async with talking() as (place, provider), visitor(place) as maria:
        session = await maria.begin()
        failed = [await maria.ask(session, "falhe"), await maria.ask(session, "falhe de novo")]
        empty = await maria.said(session)
        title = (await maria.listed())[0]["title"]
        works = await maria.ask(session, "E agora, tudo bem?")
        again = await maria.ask(session, "falhe mais")
        then = await maria.ask(session, "Obrigada")
        said = await maria.said(session)
        heard = [_text(each["content"]) for each in provider.asked[-1].fields["messages"][1:]]
    for answer in (*failed, again):
        assert answer.status_code in (502, 503) and answer.headers["access-control-allow-origin"] == PAGE
        assert answer.json() == {"detail": "O modelo não conseguiu responder agora. Tente de novo em um momento."}
    assert empty == [] and title == "Novo Chat"
    assert (works.json(), then.json()) == ({"answer": "resposta 2"}, {"answer": "resposta 4"})
    assert [text for _, text in said] == ["E agora, tudo bem?", "resposta 2", "Obrigada", "resposta 4"]
    assert heard == ["E agora, tudo bem?", "resposta 2", "Obrigada"]


@pytest.mark.contract("M27")
async def test_without_any_model_the_answer_is_a_503() -> None:
    env = {"PROSA_MOCK": "false"}
    async with town(env) as place, visitor(place) as maria:
        answer = await maria.ask(await maria.begin(), "Oi")
    assert answer.status_code == 503 and answer.json().keys() == {"detail"} and isinstance(answer.json()["detail"], str)


@pytest.mark.contract("M03", "M19")
async def test_the_first_words_become_the_title_and_a_title_that_was_given_stays() -> None:
    async with town() as place, visitor(place) as maria:
        session, named, short = await maria.begin(), await maria.begin(), await maria.begin()
        given = await maria.client.put(f"/conversation/{named}", json={"title": "  Minhas\tférias ", "x": 1})
        for each, text in (
            (session, "Qual  é a capital?"),
            (named, "Para onde vou?"),
            (short, "Oi"),
            (session, "E depois disso?"),
        ):
            assert (await maria.ask(each, text)).status_code == 200
        titles = [each["title"] for each in await maria.listed()]
        unnamed = await maria.client.put(f"/conversation/{short}", json={"title": ""})
    assert (given.status_code, given.json()) == (200, {"message": "Título atualizado.", "title": "Minhas férias"})
    assert titles == ["Qual é a...", "Minhas férias", "Oi..."]
    assert unnamed.json()["title"] == "Novo Chat"


@pytest.mark.contract("M05", "M17", "M18", "M19", "M21", "M22", "M06")
@pytest.mark.attack("A1")
async def test_not_mine_unknown_and_malformed_are_one_and_the_same_404() -> None:
    async with town() as place:
        await second_person(place)
        async with visitor(place) as maria, visitor(place, "joao") as joao:
            session = await maria.begin()
            numbers = [maria.number, 999_999, "x", "-1", f" {joao.number}", "9" * 5000, f"{joao.number}.0"]
            names = [session, new_uuid(), session.upper(), session.replace("-", ""), "x", "%00", "a" * 3000, f"{session}/x"]
            answers = [await joao.client.get(f"/history/{number}") for number in numbers]
            answers += [await joao.client.get(f"/conversation/{name}") for name in names]
            answers += [await joao.client.put(f"/conversation/{name}", json={"title": "Meu"}) for name in names]
            answers += [await joao.ask(name, "Oi") for name in names]
            untouched = await maria.listed(), await maria.said(session), await joao.listed()
    assert {(answer.status_code, answer.text) for answer in answers} == {
        (404, json.dumps(MISSING, ensure_ascii=False).replace(": ", ":"))
    }
    assert untouched == ([{"id": session, "title": "Novo Chat"}], [], [])


@pytest.mark.contract("M21", "M17", "M18", "M19")
@pytest.mark.attack("B6")
async def test_the_cookies_are_narrow() -> None:
    async with town({"MULTIUSER_TOKEN_MINUTES": "5"}) as place, visitor(place) as maria:
        answer = await maria.client.post("/login", json={"username": "maria", "password": PASSWORD})
        behind = {"x-forwarded-proto": "https"}
        secure = await maria.client.post("/login", json={"username": "maria", "password": PASSWORD}, headers=behind)
        session = await maria.begin()
        cookie = answer.headers.get_list("set-cookie")[0].partition(";")[0]
        async with httpx2.AsyncClient(base_url=place.running.base) as bare:
            shown = {"cookie": cookie}
            opened = [
                await bare.get(f"/history/{maria.number}", headers=shown),
                await bare.get(f"/conversation/{session}", headers=shown),
                await bare.put(f"/conversation/{session}", json={"title": "x"}, headers=shown),
            ]
            closed = [
                await bare.post("/session", headers=shown),
                await bare.post("/chat", json={"conversationId": session, "message": "Oi"}, headers=shown),
                await bare.get("/api/v1/me", headers=shown),
                await bare.get("/api/me", headers=shown),
                await bare.get("/v1/files", headers=shown | {"x-forwarded-for": "203.0.113.7"}),
                await bare.get(f"/history/{maria.number}", headers=bearer(cookie.partition("=")[2])),  # no token either
                await bare.get(f"/history/{maria.number}", headers={"cookie": f"prosa_multiuser={maria.token}"}),  # nor is that
                await bare.post("/api/refresh", headers=bearer(cookie.partition("=")[2])),
                await bare.get(f"/history/{maria.number}", headers=shown | bearer("a.b.c")),  # the token is what counts
                await bare.get(f"/history/{maria.number}", headers={"cookie": f"{cookie}; {cookie}"}),
                await bare.get(f"/history/{maria.number}"),
            ]
            form = await bare.put(
                f"/conversation/{session}", content='{"title":"x"}', headers=shown | {"content-type": "text/plain"}
            )
    told = answer.headers.get_list("set-cookie")
    assert all(re.search(r"; Path=/(history|conversation); Max-Age=(299|300); HttpOnly; SameSite=Strict$", each) for each in told)
    assert len({each.partition("Path=")[2].partition(";")[0] for each in told}) == len(told) == 2
    assert [each.status_code for each in opened] == [200] * 3
    assert {each.status_code for each in closed} == {401}
    assert form.status_code == 422
    assert "__Secure-" not in secure.headers["set-cookie"]  # nobody trusts that proxy


@pytest.mark.contract("M21")
@pytest.mark.attack("B20")
async def test_behind_https_the_cookie_is_secure() -> None:
    async with town({"PROSA_TRUSTED_PROXIES": "127.0.0.1"}) as place:
        answer = await place.client.post(
            "/login", json={"username": "maria", "password": PASSWORD}, headers={"x-forwarded-proto": "https"}
        )
        number = answer.json()["user_id"]
        cookie = answer.headers.get_list("set-cookie")[0]
        shown = {"cookie": cookie.partition(";")[0]}
        there = await place.client.get(f"/history/{number}", headers=shown | {"x-forwarded-proto": "https"})
        plain = await place.client.get(f"/history/{number}", headers=shown)
    assert cookie.startswith("__Secure-prosa-multiuser=") and cookie.endswith("; HttpOnly; SameSite=Strict; Secure")
    assert (there.status_code, plain.status_code) == (200, 401)


@pytest.mark.contract("M21")
@pytest.mark.attack("B6", "B7")
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": PAGE},  # configured, and another origin all the same
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site", "origin": "http://127.0.0.1:3001"},
    ],
)
async def test_no_page_of_another_origin_uses_the_cookie(headers: dict[str, str]) -> None:
    async with town() as place, visitor(place) as maria:
        session = await maria.begin()
        put = await maria.client.put(f"/conversation/{session}", json={"title": "Roubado"}, headers=headers)
        read = await maria.client.get(f"/conversation/{session}", headers=headers)
        own = {"origin": place.running.base, "sec-fetch-site": "same-origin"}
        mine = await maria.client.put(f"/conversation/{session}", json={"title": "Meu"}, headers=own)
        by_token = await place.client.get(f"/conversation/{session}", headers=headers | bearer(maria.token))
    assert (put.status_code, read.status_code, mine.status_code, by_token.status_code) == (403, 403, 200, 200)
    assert put.json().keys() == {"detail"} and "access-control-allow-credentials" not in put.headers


@pytest.mark.contract("M21", "M10")
@pytest.mark.attack("B3")
async def test_the_cookie_ends_with_its_token_and_a_later_sign_in_replaces_it() -> None:
    async with town() as place:
        joao = await second_person(place)
        async with visitor(place) as maria:
            signed = (await maria.client.post("/login", json={"username": "joao", "password": PASSWORD})).json()
            assert (await maria.client.get(f"/history/{maria.number}")).status_code == 404
            assert (await maria.client.get(f"/history/{signed['user_id']}")).json() == []
            await place.identity.accounts.suspend(OPERATOR, joao.id)
            assert (await maria.client.get(f"/history/{signed['user_id']}")).status_code == 401


@pytest.mark.contract("M17", "M18")
async def test_a_conversation_keeps_the_name_under_which_it_came() -> None:
    async with town() as place, visitor(place) as maria:
        features, people = place.running.system.features, place.running.system.people
        id = new_object_id()
        await features.conversations.create(place.maria.id, id=id, face=Face("Antiga", dialect="multiuser"))
        await people.journal.append(*naming(place.maria.id, "conversation", "sessao antiga/1", id))
        hidden = await features.conversations.create(place.maria.id)  # of a program: no list shows it
        listed = await maria.listed()
        opened = await maria.client.get("/conversation/sessao antiga%2F1")
        by_id = await maria.said(f"{hidden.id[:8]}-{hidden.id[8:12]}-{hidden.id[12:16]}-{hidden.id[16:20]}-{hidden.id[20:]}")
    assert listed == [{"id": "sessao antiga/1", "title": "Antiga"}]
    assert by_id == []
    assert opened.status_code in (200, 404)  # a slash within a name can't be told from one between two


@pytest.mark.contract("M04", "M22")
async def test_malformed_bodies_are_lists_and_large_ones_a_sentence() -> None:
    async with town() as place, visitor(place) as maria:
        session = await maria.begin()
        shown = bearer(maria.token)
        lists = [
            await maria.client.post("/chat", json={"message": "Oi"}, headers=shown),
            await maria.client.post("/chat", json={"conversationId": session}, headers=shown),
            await maria.client.post("/chat", json={"conversationId": session, "message": 5}, headers=shown),
            await maria.client.put(f"/conversation/{session}", json={}),
        ]
        large = await maria.ask(session, "x" * 1_100_000)
        empty = await maria.ask(session, "")
    assert all(answer.status_code == 422 and isinstance(answer.json()["detail"], list) for answer in lists)
    assert large.status_code == 413 and isinstance(large.json()["detail"], str)
    assert empty.status_code == 200


@pytest.mark.contract("M16")
async def test_two_questions_at_once_are_answered_one_after_the_other() -> None:
    async with talking() as (place, _), visitor(place) as maria:
        session = await maria.begin()
        answers = await asyncio.gather(*(maria.ask(session, f"pergunta {number}") for number in range(4)))
        said = await maria.said(session)
    assert sorted(answer.json()["answer"] for answer in answers) == [f"resposta {number}" for number in (2, 4, 6, 8)]
    assert [role for role, _ in said] == ["human", "ai"] * 4
