"""Contract A: the routes that its document promises to scripts (contracts: assistant, §2)."""

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from prosa.identity import OPERATOR, NewAccount, NewKey, Reach, Role, Scope
from tests.contracts.people import PASSWORD, Town, bearer, town

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002000001e221bc330000000049454e44ae426082"
)


async def key_of(place: Town, *scopes: Scope, name: str = "erp") -> dict[str, str]:
    """A key of Maria's as its header."""
    new = NewKey(place.maria.id, name, frozenset(scopes))
    return bearer((await place.identity.keys.create(Reach(place.maria.id), new))[1])


@asynccontextmanager
async def office() -> AsyncIterator[tuple[Town, dict[str, str]]]:
    """Maria with a key that may write."""
    async with town({"PROSA_KEY_LIMIT": "0"}) as place:
        yield place, await key_of(place, Scope.READ, Scope.WRITE)


async def made(place: Town, key: dict[str, str], **fields: object) -> str:
    """An assistant's id."""
    answer = await place.client.post("/api/assistants", json={"name": "12 - Jardim", "model": "mock"} | fields, headers=key)
    assert answer.status_code == 200, answer.text
    found: str = answer.json()["id"]
    return found


def error(answer: httpx2.Response) -> tuple[int, str]:
    """Status and text."""
    return answer.status_code, answer.json()["error"]


@pytest.mark.contract("A02", "A07")
async def test_an_assistant_is_made_and_shown_with_every_field_of_the_vendor() -> None:
    async with office() as (place, key):
        wish = {"name": "Contratos", "model": "gpt-4o-mini", "instructions": "Seja breve.", "tools": [{"type": "file_search"}]}
        answer = await place.client.post("/api/assistants", json=wish, headers=key)
        shown = answer.json()
        assert answer.status_code == 200 and shown | wish == shown and shown["id"].startswith("asst_")
        assert (shown["object"], shown["description"], shown["top_p"], shown["response_format"]) == ("assistant", "", 1.0, "auto")
        same = await place.client.get(f"/v1/assistants/{shown['id']}", headers=key)
        assert same.json()["instructions"] == "Seja breve." and same.json()["description"] is None
        for body, words in (({}, "name e model são campos obrigatórios"), ([], "O corpo não é um objeto JSON válido")):
            assert error(await place.client.post("/api/assistants", json=body, headers=key)) == (400, words)


@pytest.mark.contract("A06")
async def test_assistants_are_listed_by_name_searched_and_paged() -> None:
    async with office() as (place, key):
        for name in ("b", "C", "a", "Ágata"):
            await made(place, key, name=name)
        whole = (await place.client.get("/api/assistants", headers=key)).json()
        assert [each["name"] for each in whole["assistants"]] == ["a", "b", "C", "Ágata"]
        assert (whole["total"], whole["has_more"], whole["source"]) == (4, False, "api_key_auth")
        some = (await place.client.get("/api/assistants?limit=2&offset=1", headers=key)).json()
        assert [each["name"] for each in some["assistants"]] == ["b", "C"] and some["has_more"] and some["total"] == 4
        odd = (await place.client.get("/api/assistants?limit=-1&offset=x&search=ÁGA", headers=key)).json()
        assert [each["name"] for each in odd["assistants"]] == ["Ágata"]


@pytest.mark.contract("A06", "A18")
async def test_without_a_key_or_with_one_that_is_not_for_it_nothing_is_told() -> None:
    async with office() as (place, _):
        reads = await key_of(place, Scope.READ, name="reads")
        assert error(await place.client.get("/api/assistants")) == (401, "API key obrigatória")
        assert error(await place.client.get("/api/assistants", headers=bearer("zng_" + "x" * 43))) == (
            401,
            "API key inválida ou expirada",
        )
        refused = await place.client.post("/api/assistants", json={"name": "x", "model": "mock"}, headers=reads)
        assert error(refused) == (403, "Permissões insuficientes para esta operação")


@pytest.mark.contract("A04", "A05")
async def test_a_message_begins_a_conversation_and_the_next_one_goes_on() -> None:
    async with office() as (place, key):
        assistant = await made(place, key, instructions="Responda.")
        ask = {"assistant_id": assistant, "message": "[[mock text=Olá!]]"}
        first = (await place.client.post("/api/chat", json=ask, headers=key)).json()
        assert first == {"response": "Olá!", "thread_id": first["thread_id"], "assistant_id": assistant}
        again = ask | {"message": "[[mock text=Novamente]]", "thread_id": first["thread_id"]}
        second = (await place.client.post("/api/chat", json=again, headers=key)).json()
        assert second["response"] == "Novamente" and second["thread_id"] == first["thread_id"]
        said = (await place.client.get(f"/v1/threads/{first['thread_id']}/messages?order=asc", headers=key)).json()["data"]
        assert [each["role"] for each in said] == ["user", "assistant", "user", "assistant"]
        other = (await place.client.post("/api/chat", json=ask, headers=key)).json()
        assert other["thread_id"] != first["thread_id"]


@pytest.mark.contract("A05")
async def test_what_is_missing_unknown_or_anothers_is_told_in_the_contracts_words() -> None:
    async with office() as (place, key):
        assistant = await made(place, key)
        ask = {"assistant_id": assistant, "message": "Olá"}
        eva = await place.identity.accounts.create(
            OPERATOR, NewAccount(email="eva@exemplo.br", password=PASSWORD, name="Eva", role=Role.USER)
        )
        hers = bearer(
            (await place.identity.keys.create(Reach(eva.id), NewKey(eva.id, "k", frozenset({Scope.WRITE, Scope.READ}))))[1]
        )
        chat = place.client.post
        missing = (400, "assistant_id e message são campos obrigatórios")
        assert error(await chat("/api/chat", json={"message": "Olá"}, headers=key)) == missing
        assert error(await chat("/api/chat", json=ask | {"message": ""}, headers=key)) == missing
        unknown = (404, "Assistente não encontrado")
        assert error(await chat("/api/chat", json=ask | {"assistant_id": "asst_none"}, headers=key)) == unknown
        assert error(await chat("/api/chat", json=ask, headers=hers)) == unknown
        thread = (await chat("/api/chat", json=ask, headers=key)).json()["thread_id"]
        nowhere = (404, "Conversa não encontrada")
        assert error(await chat("/api/chat", json=ask | {"thread_id": "thread_none"}, headers=key)) == nowhere
        own = await made(place, hers)
        assert (
            error(await chat("/api/chat", json={"assistant_id": own, "message": "x", "thread_id": thread}, headers=hers))
            == nowhere
        )
        assert error(await chat("/api/chat", content=b"{", headers=key)) == (400, "O corpo não é um objeto JSON válido")


@pytest.mark.contract("A03", "A08", "A09", "A72")
async def test_files_are_stored_searched_and_seen() -> None:
    async with office() as (place, key):
        files = {"file": ("ata.txt", b"O portao abre as sete horas.", "text/plain")}
        document = (await place.client.post("/api/upload", files=files, headers=key)).json()
        assert document | {"object": "file", "bytes": 28, "filename": "ata.txt", "purpose": "assistants"} == document
        image = {"file": ("ponto.png", PNG, "image/png")}
        picture = (await place.client.post("/api/upload", files=image, data={"purpose": "vision"}, headers=key)).json()
        assert (await place.client.get(f"/v1/files/{picture['id']}", headers=key)).json()["purpose"] == "vision"
        assert error(await place.client.post("/api/upload", data={"purpose": "vision"}, files={}, headers=key))[0] == 400
        nothing = await place.client.post("/api/upload", files={"other": (None, "x")}, headers=key)
        assert error(nothing) == (400, "Nenhum arquivo enviado")
        odd = await place.client.post("/api/upload", files=files, data={"purpose": "batch"}, headers=key)
        assert error(odd) == (400, "purpose deve ser assistants ou vision")
        assistant = await made(place, key, tools=[{"type": "file_search"}])
        ask = {"assistant_id": assistant, "message": "[[mock text=Vi.]]", "file_ids": [document["id"], picture["id"]]}
        answer = await place.client.post("/api/chat", json=ask, headers=key)
        assert answer.status_code == 200 and answer.json()["response"] == "Vi.", answer.text
        said = (await place.client.get(f"/v1/threads/{answer.json()['thread_id']}/messages?order=asc", headers=key)).json()[
            "data"
        ][0]
        assert [part["type"] for part in said["content"]] == ["text", "image_file"]
        assert [each["file_id"] for each in said["attachments"]] == [document["id"]]
        call = json.dumps([{"name": "file_search", "arguments": {"queries": ["Quando abre o portão?"]}}])
        asked = ask | {"message": f"[[mock text=Sete. tool_calls={call}]]"}
        thread = (await place.client.post("/api/chat", json=asked, headers=key)).json()["thread_id"]
        runs = (await place.client.get(f"/v1/threads/{thread}/runs", headers=key)).json()["data"]
        steps = (await place.client.get(f"/v1/threads/{thread}/runs/{runs[0]['id']}/steps", headers=key)).json()["data"]
        found = [call for step in steps for call in step["step_details"].get("tool_calls", ())]
        assert [each["file_id"] for each in found[0]["file_search"]["results"]] == [document["id"]], "though it was just uploaded"
        gone = await place.client.post("/api/chat", json=ask | {"file_ids": ["file-none"]}, headers=key)
        assert error(gone) == (404, "Arquivo não encontrado")


@pytest.mark.contract("A03", "A74")
async def test_a_run_that_needs_a_function_says_so_and_takes_its_outputs_by_the_assistants_api() -> None:
    function = {"type": "function", "function": {"name": "saldo", "parameters": {"type": "object", "properties": {}}}}
    async with office() as (place, key):
        assistant = await made(place, key, tools=[function])
        ask = {"assistant_id": assistant, "message": "[[mock tools=auto]]"}
        waits = (await place.client.post("/api/chat", json=ask, headers=key)).json()
        assert waits["status"] == "requires_action" and waits["assistant_id"] == assistant, json.dumps(waits)
        calls = waits["requires_action"]["submit_tool_outputs"]["tool_calls"]
        assert [call["function"]["name"] for call in calls] == ["saldo"]
        where = f"/v1/threads/{waits['thread_id']}/runs/{waits['run_id']}"
        outputs = {"tool_outputs": [{"tool_call_id": calls[0]["id"], "output": "42"}]}
        assert (await place.client.post(f"{where}/submit_tool_outputs", json=outputs, headers=key)).status_code == 200


@pytest.mark.contract("A71")
async def test_the_names_that_its_document_shows_are_models() -> None:
    async with office() as (place, key):
        for name in ("gpt-4o-mini", "gpt-4", "gpt-3.5-turbo"):
            answer = await place.client.post(
                "/api/chat", json={"assistant_id": await made(place, key, model=name), "message": "Oi"}, headers=key
            )
            assert answer.status_code == 200, answer.text


@pytest.mark.contract("A18")
async def test_keys_are_made_by_a_person_shown_once_and_revoked() -> None:
    async with office() as (place, key):
        assert error(await place.client.get("/api/user/api-keys", headers=key))[0] == 403, "keys don't manage keys"
        signed = await place.client.post("/api/v1/auth/sign-in", json={"login": "maria@exemplo.br", "password": PASSWORD})
        assert signed.status_code in (200, 201), signed.text
        page = {"x-prosa-csrf": "1"}
        wish = {"name": "planilha", "permissions": "write", "expires_days": 30}
        keys = "/api/user/api-keys"
        assert error(await place.client.post(keys, json=wish, headers=page)) == (
            400,
            "Confirme sua senha: envie current_password",
        )
        wish["current_password"] = PASSWORD
        new = await place.client.post(keys, json=wish, headers=page)
        assert new.status_code == 201 and new.json()["message"] == "API key criada com sucesso", new.text
        text, id = new.json()["api_key"], new.json()["key_id"]
        assert (await place.client.get("/api/assistants", headers=bearer(text))).status_code == 200
        listed = (await place.client.get(keys)).json()["api_keys"]
        assert next((each["key_name"], each["permissions"], each["is_active"]) for each in listed) == ("planilha", "write", True)
        assert text not in json.dumps(listed)
        odd = await place.client.post(keys, json=wish | {"permissions": "all"}, headers=page)
        assert error(odd) == (400, "Permissões inválidas. Use: read, write, admin")
        off = await place.client.put(f"{keys}/{id}/toggle", json={"is_active": False}, headers=page)
        assert off.json() == {"success": True, "message": "Chave de API desativada com sucesso"}
        assert (await place.client.get("/api/assistants", headers=bearer(text))).status_code == 401
        assert (await place.client.delete(f"{keys}/{id}", headers=page)).json()["message"] == "Chave de API removida com sucesso"
        assert error(await place.client.delete(f"{keys}/key_none", headers=page))[0] == 404


@pytest.mark.contract("A45")
async def test_the_guides_example_runs_as_it_stands() -> None:
    guide = await asyncio.to_thread(Path("docs/guides/assistant-scripts.md").read_text)
    code = guide.split("```python\n")[1].split("```")[0]
    async with office() as (place, key):
        code = code.replace("http://localhost:3000", place.running.base).replace("prosa_sk_…", key["authorization"].split()[1])
        ran = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE)
        printed, _ = await ran.communicate()
    assert ran.returncode == 0 and len(printed.decode().splitlines()) >= 2
