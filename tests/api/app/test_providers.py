"""Providers on the app's pages: made, tried, changed, in force at once; their keys go where they belong and are never shown."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx2
import pytest

from prosa.administration import Actor, ProviderDraft, ProviderState
from prosa.identity import Role, Scope
from tests.api.app.house import House, Person, house, problem
from tests.upstream import Answer, Asked, Upstream, chunk, completion, in_turn, raw, saying, silent, streaming, upstream

KEY = "sk-of-the-lab-a1b2c3d4e5f6"
ANY = {"if-match": "*"}
LISTED = {"object": "list", "data": [{"id": "qwen3"}, {"id": "text-embedding-x"}]}
CHAT = {"messages": [{"role": "user", "content": "Oi"}]}


def lab() -> Answer:
    """A server that lists two models and answers with a word."""
    listing, word = saying(LISTED), streaming(chunk("ok"), chunk(finish="stop"), b"data: [DONE]\n\n")
    whole = saying(completion("Oi!"))

    async def answer(asked: Asked, writer: asyncio.StreamWriter) -> None:
        if asked.method == "GET":
            await listing(asked, writer)
        else:
            await (word if asked.fields.get("stream") else whole)(asked, writer)

    return answer


@asynccontextmanager
async def home(answer: Answer, **env: str) -> AsyncIterator[tuple[House, Person, Upstream]]:
    """A house whose operator allows this machine, with an administrator, and a server that answers so."""
    async with upstream(answer) as server, house({"PROSA_PRIVATE_HOSTS": "127.0.0.1"} | env) as found:
        yield found, await found.person("root", Role.ADMIN), server


async def add(root: Person, server: Upstream, **fields: object) -> httpx2.Response:
    body = {"name": "lab", "kind": "openai_compatible", "base_url": server.url, "api_key": KEY} | fields
    return await root.ask("POST", "/providers", body)


@pytest.mark.contract("A20")
@pytest.mark.attack("C6")
async def test_a_provider_that_is_added_answers_at_once_with_its_key_and_nobody_sees_that() -> None:
    async with home(lab()) as (found, root, server):
        made = await add(root, server, default_model="qwen3")
        told = made.json()
        assert made.status_code == 201 and (told["origin"], told["state"]) == ("database", "ready")
        assert told["key_set"] and told["key_hint"] == "…e5f6" and told["key_changed_at"] and told["position"] == 0
        program = await found.program(await found.key(root, Scope.READ, Scope.WRITE))
        answered = await program.post("/v1/chat/completions", json=CHAT | {"model": "lab/qwen3"})
        assert answered.json()["choices"][0]["message"]["content"] == "Oi!"
        assert server.asked[-1].headers["authorization"] == f"Bearer {KEY}"
        shown = [
            await root.ask("GET", path) for path in ("/providers", "/providers/lab", "/settings/changes", "/model-catalogue")
        ]
        assert all(answer.is_success and KEY not in answer.text for answer in (*shown, made))
        assert {"lab/qwen3", "lab/text-embedding-x"} <= {each["id"] for each in (await root.ask("GET", "/models")).json()["data"]}
        rows = await found.prosa.system.people.database.fetch("SELECT api_key FROM model_providers")
        assert KEY not in str(rows) and str(rows[0][0]).startswith("v1:")
        assert KEY.encode() not in found.prosa.database.read_bytes()


async def test_a_provider_is_changed_reordered_switched_off_and_taken_away() -> None:
    async with home(lab()) as (_found, root, server):
        assert (await add(root, server)).status_code == 201
        assert problem(await add(root, server)) == (409, "name_taken")
        assert (await add(root, server, name="other")).json()["position"] == 1
        path = "/providers/lab"
        assert problem(await root.ask("PATCH", path, {"enabled": False})) == (428, "precondition_required")
        tag = {"if-match": (await root.ask("GET", path)).headers["etag"]}
        moved = await root.ask("PATCH", path, {"position": 5, "models": ["m", "m", "n"]}, headers=tag)
        assert (moved.json()["position"], moved.json()["models"]) == (1, ["m", "n"])
        assert problem(await root.ask("PATCH", path, {"enabled": False}, headers=tag)) == (412, "edit_conflict")
        again = await root.ask("PATCH", path, {"enabled": False}, headers={"if-match": moved.headers["etag"]})
        assert again.json()["state"] == "disabled"
        names = [each["name"] for each in (await root.ask("GET", "/providers")).json()["data"]]
        assert names == ["mock", "other", "lab"]
        assert not [each for each in (await root.ask("GET", "/models")).json()["data"] if each["provider"] == "lab"]
        assert (await root.ask("DELETE", path)).status_code == 204
        assert problem(await root.ask("DELETE", path)) == (404, "not_found")
        assert problem(await root.ask("GET", path)) == (404, "not_found")


@pytest.mark.attack("C6", "D10")
async def test_a_key_stays_only_where_its_address_stays() -> None:
    async with home(lab()) as (_found, root, server), upstream(lab()) as thief:
        await add(root, server)
        for wish in ({"base_url": thief.url}, {"base_url": f"{server.url}/x"}, {"kind": "vllm", "base_url": thief.url}):
            assert problem(await root.ask("PATCH", "/providers/lab", wish, headers=ANY)) == (422, "key_needed_again")
        draft = {"name": "lab", "kind": "openai_compatible", "base_url": thief.url, "model": "qwen3"}
        assert problem(await root.ask("POST", "/provider-tests", draft)) == (422, "key_needed_again")
        assert thief.asked == []
        own = await root.ask("POST", "/provider-tests", draft | {"base_url": server.url})
        assert own.json()["ok"] and server.asked[-1].headers["authorization"] == f"Bearer {KEY}"
        removed = await root.ask("PATCH", "/providers/lab", {"base_url": thief.url, "api_key": None}, headers=ANY)
        assert (removed.json()["key_set"], removed.json()["key_hint"]) == (False, None)
        await root.ask("POST", "/providers/lab/test", {"model": "qwen3"})
        assert thief.asked and all("authorization" not in asked.headers for asked in thief.asked)


async def test_a_test_tells_how_it_went_and_what_models_there_are() -> None:
    async with home(lab()) as (_found, root, server):
        await add(root, server)
        told = (await root.ask("POST", "/providers/lab/test", {})).json()
        assert (told["ok"], told["listed"], told["answered"]) == (True, True, "qwen3")
        assert told["models"] == ["qwen3", "text-embedding-x"] and 0 <= told["milliseconds"] < 20_000 and told["code"] is None
        mock = (await root.ask("POST", "/providers/mock/test", {})).json()
        assert mock["ok"] and mock["answered"] == "mock"
        assert problem(await root.ask("POST", "/providers/nobody/test", {})) == (404, "not_found")


@pytest.mark.attack("M4")
async def test_a_refused_key_is_told_in_the_providers_own_words_without_the_key() -> None:
    said = {"error": {"message": f"Incorrect API key provided: {KEY}. See https://evil.example/x"}}
    async with home(saying(said, 401)) as (_found, root, server):
        await add(root, server, default_model="qwen3")
        told = (await root.ask("POST", "/providers/lab/test", {})).json()
        assert (told["ok"], told["listed"], told["code"]) == (False, False, "provider_auth")
        assert "Incorrect API key provided" in told["message"]
        assert KEY not in told["message"] and "evil.example" not in told["message"]


async def test_a_list_that_anybody_gets_is_no_proof_of_a_key() -> None:
    async with home(in_turn(saying(LISTED), saying({"error": {"message": "no"}}, 401))) as (_found, root, server):
        await add(root, server)
        told = (await root.ask("POST", "/providers/lab/test", {})).json()
        assert (told["ok"], told["listed"], told["code"]) == (False, True, "provider_auth")


@pytest.mark.attack("D4")
async def test_a_redirect_is_followed_nowhere() -> None:
    async with upstream(lab()) as inside:
        away = raw(f"HTTP/1.1 307 X\r\nlocation: {inside.url}/models\r\ncontent-length: 0\r\n\r\n".encode())
        async with home(away) as (_found, root, server):
            await add(root, server, default_model="qwen3")
            told = (await root.ask("POST", "/providers/lab/test", {})).json()
            assert (told["ok"], told["code"]) == (False, "provider_error")
        assert inside.asked == []


async def test_no_more_than_a_few_are_tried_at_once_and_none_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prosa.administration.trials.SECONDS", 1.0)
    async with home(silent()) as (_found, root, server):
        draft = {"kind": "openai_compatible", "base_url": server.url, "model": "m"}
        answers = await asyncio.gather(*(root.ask("POST", "/provider-tests", draft) for _ in range(8)))
        told = sorted(answer.status_code for answer in answers)
        assert told == [200] * 4 + [429] * 4
        assert {answer.json()["code"] for answer in answers} == {"upstream_timeout", "too_many_trials"}


@pytest.mark.attack("D1", "D2", "D3", "D6", "D10", "G2")
async def test_no_address_of_this_machine_or_network_is_taken_unless_the_operator_named_it() -> None:
    async with house() as found:
        root = await found.person("root", Role.ADMIN)
        for url in PRIVATE:
            for path, more in (("/providers", {"name": "lab"}), ("/provider-tests", {})):
                refused = await root.ask("POST", path, {"kind": "openai_compatible", "base_url": url} | more)
                assert refused.status_code == 422 and refused.json()["param"] == "base_url", (url, refused.text)
        for kind in ("ollama", "vllm", "llamacpp", "lmstudio"):  # whose usual address is this machine
            assert problem(await root.ask("POST", "/providers", {"name": kind, "kind": kind})) == (422, "address_not_allowed")
        assert [each["name"] for each in (await root.ask("GET", "/providers")).json()["data"]] == ["mock"]


PRIVATE = (
    *("http://127.0.0.1:8000/v1", "http://localhost/v1", "http://localhost./v1", "http://0.0.0.0/v1", "http://[::1]/v1"),
    *("http://10.0.0.5/v1", "http://192.168.1.1/v1", "http://172.16.0.1/v1", "http://100.64.0.1/v1", "http://[fd00::1]/v1"),
    *("http://169.254.169.254/latest", "http://[::ffff:169.254.169.254]/", "http://[64:ff9b::7f00:1]/", "http://[fe80::1]/"),
    *("http://2130706433/", "http://0x7f000001/", "http://0177.0.0.1/", "http://127.1/", "http://１２７.０.０.１/"),
    *("http://metadata.google.internal/", "http://printer.local/", "http://intranet/", "http://user@127.0.0.1/"),
    *(
        "http://evil.example@127.0.0.1/",
        "http://127.0.0.1\\@evil.example/",
        "http://evil.example:0/",
        "http://evil.example:70000/",
    ),
    *("file:///etc/passwd", "ftp://evil.example/", "gopher://evil.example/", "//evil.example/", "evil.example", "http://"),
    *("http://evil.example/v1?x=1", "http://evil.example/v1#x", "http://evil.example/v1\r\nX: y", "http://evil .example/"),
)


@pytest.mark.attack("D10")
async def test_prosa_is_not_made_its_own_provider() -> None:
    async with house({"PROSA_PRIVATE_HOSTS": "127.0.0.1,localhost", "PROSA_PORT": "4999"}) as found:
        root = await found.person("root", Role.ADMIN)
        for host in ("127.0.0.1", "localhost"):
            body = {"name": "lab", "kind": "openai_compatible", "base_url": f"http://{host}:4999/v1"}
            assert problem(await root.ask("POST", "/providers", body)) == (422, "unfit_value")


async def test_what_the_settings_say_is_shown_with_their_names_and_changed_there_alone() -> None:
    env = {"OPENAI_API_KEY": KEY, "PROSA_PROVIDER_LAB_BASE_URL": "http://10.1.2.3/v1", "PROSA_MOCK": "true"}
    async with house(env) as found:
        root = await found.person("root", Role.ADMIN)
        told = {each["name"]: each for each in (await root.ask("GET", "/providers")).json()["data"]}
        assert (told["openai"]["origin"], told["openai"]["setting"], told["openai"]["key_set"]) == (
            *("environment", "OPENAI_API_KEY"),
            True,
        )
        assert told["openai"]["key_setting"] == "OPENAI_API_KEY" and told["openai"]["key_hint"] is None
        assert told["lab"]["setting"] == "PROSA_PROVIDER_LAB_BASE_URL" and told["lab"]["key_setting"] is None
        assert (told["mock"]["origin"], told["mock"]["setting"]) == ("environment", "PROSA_MOCK")
        for name in ("openai", "lab", "mock"):
            changed = await root.ask("PATCH", f"/providers/{name}", {"enabled": False}, headers=ANY)
            assert problem(changed) == (409, "fixed_by_setting")
            assert problem(await root.ask("DELETE", f"/providers/{name}")) == (409, "fixed_by_setting")
        taken = {"name": "openai", "kind": "openai", "api_key": "sk-another-1234567890"}
        assert problem(await root.ask("POST", "/providers", taken)) == (409, "name_taken")


@pytest.mark.attack("C6")
async def test_a_key_of_the_settings_wins_over_a_stored_one_and_never_goes_to_a_stored_address(tmp_path: Path) -> None:
    async with upstream(lab()) as server, upstream(lab()) as thief:
        allowed = {"PROSA_PRIVATE_HOSTS": "127.0.0.1"}
        async with house_in(tmp_path, allowed) as found:
            root = await found.person("root", Role.ADMIN)
            assert (await add(root, thief, name="shop", api_key="sk-stored-1234567890")).status_code == 201
        given = {"PROSA_PROVIDER_SHOP_BASE_URL": server.url, "PROSA_PROVIDER_SHOP_API_KEY": KEY}
        async with house_in(tmp_path, allowed | given) as found:
            root = await found.person("ana", Role.ADMIN)
            told = [(each["origin"], each["state"]) for each in (await root.ask("GET", "/providers")).json()["data"]]
            assert told == [("environment", "ready"), ("default", "ready"), ("database", "shadowed")]
            program = await found.program(await found.key(root, Scope.READ, Scope.WRITE))
            assert (await program.post("/v1/chat/completions", json=CHAT | {"model": "shop/qwen3"})).status_code == 200
            assert server.asked[-1].headers["authorization"] == f"Bearer {KEY}" and thief.asked == []
            assert (await root.ask("DELETE", "/providers/shop")).status_code == 204  # the stored one, which nobody needs
            assert problem(await root.ask("DELETE", "/providers/shop")) == (409, "fixed_by_setting")


@asynccontextmanager
async def house_in(folder: Path, env: dict[str, str]) -> AsyncIterator[House]:
    """A house that lies where one lay before."""
    from contextlib import AsyncExitStack

    from tests.serving import running

    async with AsyncExitStack() as stack:
        yield House(await stack.enter_async_context(running(env, folder)), stack)


@pytest.mark.attack("D10")
async def test_an_address_that_isnt_allowed_any_more_is_asked_no_more(tmp_path: Path) -> None:
    async with upstream(lab()) as server:
        async with house_in(tmp_path, {"PROSA_PRIVATE_HOSTS": "127.0.0.1"}) as found:
            assert (await add(await found.person("root", Role.ADMIN), server)).status_code == 201
        async with house_in(tmp_path, {}) as found:
            root = await found.person("ana", Role.ADMIN)
            told = (await root.ask("GET", "/providers/lab")).json()
            assert told["state"] == "address_refused"
            assert problem(await root.ask("POST", "/providers/lab/test", {})) == (422, "address_not_allowed")
            assert "lab" not in found.prosa.system.gateway.catalogue.providers and server.asked == []


@pytest.mark.attack("C9")
async def test_a_sealed_key_in_another_providers_row_opens_nothing() -> None:
    async with home(lab()) as (found, root, server):
        await add(root, server)
        await add(root, server, name="other", api_key="sk-of-the-other-123456")
        administration, database = found.prosa.system.administration, found.prosa.system.people.database
        async with database.writing() as connection:
            from sqlalchemy import text

            swap = "UPDATE model_providers SET api_key = (SELECT api_key FROM model_providers WHERE name = 'lab')"
            await connection.execute(text(swap + " WHERE name = 'other'"))
        actor = Actor()
        await administration.providers.create(actor, ProviderDraft("third", "openai_compatible", server.url))
        states = {view.name: view.state for view in await administration.providers.list()}
        assert (states["lab"], states["other"]) == (ProviderState.READY, ProviderState.KEY_UNREADABLE)
        assert "other" not in found.prosa.system.gateway.catalogue.providers
        assert problem(await root.ask("POST", "/providers/other/test", {})) == (422, "unfit_value")


@pytest.mark.parametrize(
    ("fields", "param"),
    [
        ({"name": "Lab"}, "name"),
        ({"name": "mock"}, "name"),
        ({"name": "prosa"}, "name"),
        ({"name": "openai"}, "name"),  # people trust that name: it is the vendor's own
        ({"kind": "mock"}, "kind"),
        ({"kind": "nobody"}, "kind"),
        ({"base_url": None}, "base_url"),
        ({"kind": "groq", "base_url": None, "api_key": None}, "api_key"),
        ({"api_key": "with a blank"}, "api_key"),
        ({"api_key": "line\r\nx-evil: 1"}, "api_key"),
        ({"api_key": "chave-é"}, "api_key"),
        ({"models": ["a b"]}, "models.0"),
        ({"default_model": "a\nb"}, "default_model"),
        ({"context_length": 1}, "context_length"),
        ({"private": True}, "private"),
    ],
)
async def test_what_cant_be_is_refused_by_its_field(fields: dict[str, object], param: str) -> None:
    async with house() as found:
        root = await found.person("root", Role.ADMIN)
        body = {"name": "lab", "kind": "openai_compatible", "base_url": "https://llm.example/v1"} | fields
        refused = await root.ask("POST", "/providers", body)
        assert refused.status_code in (409, 422) and refused.json()["param"] == param, refused.text
        assert "line" not in refused.text or "x-evil" not in refused.text


async def test_who_is_no_admin_sees_and_changes_nothing_of_it() -> None:
    async with house() as found:
        await found.person("root", Role.ADMIN)
        ana, root = await found.person("ana"), await found.person("eva", Role.ADMIN)
        for method, path in (("GET", "/providers"), ("GET", "/model-catalogue"), ("GET", "/settings"), ("GET", "/limits")):
            assert problem(await ana.ask(method, path)) == (403, "permission_denied")
        assert problem(await ana.ask("GET", "/providers/mock")) == (404, "not_found")
        assert (await ana.ask("GET", "/models")).status_code == 200
        program = await found.program(await found.key(root, Scope.READ, Scope.WRITE, Scope.ADMIN))
        for path in ("/providers", "/settings", "/system"):
            assert (await program.get(f"/api/v1{path}")).status_code == 403


async def test_a_running_answer_goes_on_when_its_provider_is_taken_away() -> None:
    async with home(streaming(*[chunk(f"{each} ") for each in range(20)], chunk(finish="stop"), pause=0.03)) as (
        found,
        root,
        server,
    ):
        await add(root, server)
        program = await found.program(await found.key(root, Scope.READ, Scope.WRITE))
        body = CHAT | {"model": "lab/qwen3", "stream": True}
        async with program.stream("POST", "/v1/chat/completions", json=body) as answer:
            lines = answer.aiter_lines()
            first = await anext(lines)
            assert (await root.ask("DELETE", "/providers/lab")).status_code == 204
            rest = [line async for line in lines if line]
        said = "".join(json.loads(line[6:])["choices"][0]["delta"].get("content") or "" for line in (first, *rest[:-1]))
        assert said == "".join(f"{each} " for each in range(20)) and rest[-1] == "data: [DONE]"
        assert "lab" not in found.prosa.system.gateway.catalogue.providers
