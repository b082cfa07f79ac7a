"""Who moved in signs in as before, by the old dialect, and finds everything that was theirs."""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx2
import pytest

from prosa.conversations import Ground, InstallationImport
from prosa.identity import Arrivals
from prosa.kit import moments
from tests.conversations.adopting import originals
from tests.serving import Running, running

QUIET = {"PROSA_ANONYMOUS_REQUESTS_PER_MINUTE": "0"}


@pytest.fixture
async def prosa() -> AsyncIterator[Running]:
    """A server that runs while somebody moves in."""
    async with running(QUIET) as found:
        yield found


def ground(prosa: Running) -> Ground:
    people = prosa.system.people
    return Ground(people.database, people.journal, people.identity.arrivals, moments.stored(people.clock.now()))


@pytest.mark.contract("C59")
@pytest.mark.contract("C54")
@pytest.mark.contract("C14")
async def test_a_person_of_chatai_finds_their_talks_under_their_old_ids(prosa: Running, tmp_path: Path) -> None:
    await InstallationImport(ground(prosa), Arrivals()).chatai(originals.chatai(tmp_path))
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        login = {"username": "maria.silva@observatorio.fiec.org.br", "password": originals.PASSWORD_OF_C}
        entered = (await client.post("/api/login", json=login)).json()
        assert entered["user"]["id"] == originals.MARIA and entered["user"]["cargo"] == "Analista Sênior"
        client.headers["authorization"] = f"Bearer {entered['token']}"
        [talk] = (await client.get("/api/talk-user")).json()
        assert (talk["_id"]["$oid"], talk["name"]) == (originals.TALK, "Quais são os 10 maiores…")
        assert talk["create_at"]["$date"] == "2024-02-15T10:00:00Z"
        said = (await client.get("/api/messages-by-talk", params={"talk_id": originals.TALK})).json()
        assert [(one["_id"]["$oid"], one["type"], one["content"]) for one in said] == [
            (originals.message_id(1), "user", "Quais são?"),
            (originals.message_id(2), "bot", "Estes dez."),
            (originals.message_id(3), "user", "E depois?"),
        ]
        assert (await client.get("/api/messages-by-talk", params={"talk_id": originals.DELETED})).status_code == 404
        gone = {"username": "saiu@empresa.com.br", "password": originals.PASSWORD_OF_C}
        assert (await client.post("/api/login", json=gone)).status_code == 401
        more = await client.post("/api/message", json={"talk_id": originals.TALK, "content": "E agora?"})
        assert [one["content"] for one in more.json()["messages"]][:4] == ["Quais são?", "Estes dez.", "E depois?", "E agora?"]


@pytest.mark.contract("M24")
@pytest.mark.contract("M08")
async def test_a_person_of_multiuser_finds_their_conversations_under_their_old_ids(prosa: Running, tmp_path: Path) -> None:
    await InstallationImport(ground(prosa), Arrivals()).multiuser(originals.multiuser(tmp_path))
    async with httpx2.AsyncClient(base_url=prosa.base, timeout=30) as client:
        entered = await client.post("/login", json={"username": "Bia", "password": originals.SCRYPT_PASSWORD})
        assert entered.status_code == 200 and entered.json()["user_id"] == 7
        client.headers["authorization"] = f"Bearer {entered.json()['access_token']}"
        listed = (await client.get("/history/7")).json()
        assert [one["id"] for one in listed] == [originals.CHAT, "conversa-antiga"]
        assert listed[1]["title"] == "Receitas"
        opened = (await client.get(f"/conversation/{originals.CHAT}")).json()
        assert opened["history"] == [{"role": "human", "content": "Oi"}, {"role": "ai", "content": "Olá!"}]
        old = (await client.get("/conversation/conversa-antiga")).json()
        assert [one["content"] for one in old["history"]] == ["Bolo?"]
        renamed = await client.put("/conversation/conversa-antiga", json={"title": "Bolos"})
        assert renamed.json()["title"] == "Bolos"
        assert (await client.get("/history/1")).status_code == 404


async def test_who_goes_on_here_keeps_what_was_said_since_when_the_import_runs_again(prosa: Running, tmp_path: Path) -> None:
    files = originals.chatai(tmp_path)
    await InstallationImport(ground(prosa), Arrivals()).chatai(files)
    database, conversations = prosa.system.people.database, prosa.system.features.conversations
    talk, maria = originals.TALK + "0" * 8, originals.MARIA + "0" * 8
    said = b'{"type":"message","role":"user","status":"completed","content":[{"type":"input_text","text":"daqui"}]}'
    await conversations.add_items(maria, talk, [said])
    [[head]] = await database.fetch("SELECT head_id FROM conversations WHERE id = $1", talk)
    originals.written(files[2], (*originals.MESSAGES, originals.message(15, originals.TALK, originals.MARIA, "de lá")))
    report = await InstallationImport(replace(ground(prosa)), Arrivals()).chatai(files)
    assert report.conversations.words_added == 1
    assert await database.fetch("SELECT head_id FROM conversations WHERE id = $1", talk) == [(head,)]
