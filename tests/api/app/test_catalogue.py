"""Models on the app's pages: what people may choose, aliases, fallbacks, the default, and what is switched off."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from prosa.identity import OPERATOR, NewKey, Role, Scope
from tests.api.app.house import House, Person, house, problem
from tests.upstream import Upstream, completion, saying, upstream

ANY = {"if-match": "*"}
CHAT = {"messages": [{"role": "user", "content": "Oi"}]}
TOML = '[models.curated]\ntargets = ["lab/qwen3"]\nfallbacks = ["mock"]\n'


@asynccontextmanager
async def home(**env: str) -> AsyncIterator[tuple[House, Person, Upstream]]:
    """A house with an administrator and a provider of the settings that serves two models."""
    async with upstream(saying(completion("from the lab"))) as server:
        lab = {"PROSA_PROVIDER_LAB_BASE_URL": server.url, "PROSA_PROVIDER_LAB_MODELS": "qwen3,nomic-embed-text,whisper-1"}
        async with house(lab | env) as found:
            yield found, await found.person("root", Role.ADMIN), server


async def program(found: House, root: Person) -> httpx2.AsyncClient:
    return await found.program(await found.key(root, Scope.READ, Scope.WRITE))


async def ids(person: Person) -> list[str]:
    return [each["id"] for each in (await person.ask("GET", "/models")).json()["data"]]


@pytest.mark.contract("A20")
async def test_an_alias_is_chosen_called_changed_and_taken_away() -> None:
    async with home() as (found, root, _server):
        body = {"name": "fast", "title": "Fast one", "targets": [{"model": "lab/qwen3", "weight": 2}], "fallbacks": ["mock"]}
        made = await root.ask("POST", "/models", body)
        assert made.status_code == 201 and made.headers["location"] == "/api/v1/models/fast"
        assert (made.json()["origin"], made.json()["provider"], made.json()["targets"]) == (
            *("database", None),
            [{"model": "lab/qwen3", "weight": 2}],
        )
        ana = await found.person("ana")
        first = (await ana.ask("GET", "/models")).json()["data"][0]
        assert first == {
            "id": "fast",
            "title": "Fast one",
            "kind": "chat",
            "provider": None,
            "context_length": None,
            "default": False,
        }
        client = await program(found, root)
        said = await client.post("/v1/chat/completions", json=CHAT | {"model": "fast"})
        assert said.json()["choices"][0]["message"]["content"] == "from the lab"
        tag = {"if-match": (await root.ask("GET", "/models/fast")).headers["etag"]}
        changed = await root.ask("PATCH", "/models/fast", {"targets": [{"model": "mock"}], "title": None}, headers=tag)
        assert (changed.json()["title"], changed.json()["fallbacks"]) == ("fast", ["mock"])
        assert problem(await root.ask("PATCH", "/models/fast", {"title": "X"}, headers=tag)) == (412, "edit_conflict")
        assert problem(await root.ask("POST", "/models", body)) == (409, "name_taken")
        assert (await root.ask("DELETE", "/models/fast")).status_code == 204
        assert "fast" not in await ids(root) and problem(await root.ask("DELETE", "/models/fast")) == (404, "not_found")


async def test_names_that_lead_nowhere_and_loops_are_refused_by_their_field() -> None:
    async with home() as (_found, root, _server):
        await root.ask("POST", "/models", {"name": "one", "targets": [{"model": "lab/qwen3"}]})
        for fields, code, param in (
            ({"targets": [{"model": "mock"}, {"model": "lab/qwen33"}]}, "unknown_model", "targets.1.model"),
            ({"targets": [{"model": "nobody/x"}]}, "unknown_model", "targets.0.model"),
            ({"targets": [{"model": "gpt-4o"}]}, "unknown_model", "targets.0.model"),
            ({"targets": [{"model": "one"}]}, "unfit_value", "targets.0.model"),
            ({"name": "mock-two", "targets": [{"model": "mock-two"}]}, "unfit_value", "targets.0.model"),
            ({"targets": [{"model": "mock"}], "fallbacks": ["mock", "one"]}, "unfit_value", "fallbacks.1"),
            ({"targets": [{"model": "mock"}], "fallbacks": ["lab/none"]}, "unknown_model", "fallbacks.0"),
            ({"name": "lab/mine", "targets": [{"model": "mock"}]}, "unfit_value", "name"),
            ({"name": "with blank", "targets": [{"model": "mock"}]}, "unfit_value", "name"),
            ({"targets": [{"model": "mock"}], "title": "a\u202eb"}, "unfit_value", "title"),
            ({"targets": []}, "invalid_body", "targets"),
            ({"targets": [{"model": "mock", "weight": 0}]}, "invalid_body", "targets.0.weight"),
        ):
            refused = await root.ask("POST", "/models", {"name": "two"} | fields)
            assert (problem(refused), refused.json()["param"]) == ((422, code), param), refused.text
        assert problem(await root.ask("POST", "/models", {"name": "mock", "targets": [{"model": "lab/qwen3"}]})) == (
            *(409, "name_taken"),
        )


@pytest.mark.attack("C11")
async def test_a_model_that_is_switched_off_is_neither_listed_nor_called_by_any_name_but_an_alias_leads_to_it() -> None:
    async with home() as (found, root, server):
        await root.ask("POST", "/models", {"name": "smart", "targets": [{"model": "lab/qwen3"}]})
        await root.ask("PATCH", "/settings", {"values": {"gateway.default_model": "smart"}}, headers=ANY)
        off = await root.ask("PATCH", "/models/lab/qwen3", {"enabled": False}, headers=ANY)
        assert off.status_code == 200 and not off.json()["enabled"]
        assert "lab/qwen3" not in await ids(root)
        client = await program(found, root)
        listed = [each["id"] for each in (await client.get("/v1/models")).json()["data"]]
        assert "lab/qwen3" not in listed and "smart" in listed and (await client.get("/v1/models/lab/qwen3")).status_code == 404
        for name in ("lab/qwen3", "qwen3"):
            refused = await client.post("/v1/chat/completions", json=CHAT | {"model": name})
            assert (refused.status_code, refused.json()["error"]["code"]) == (404, "model_not_found"), name
        assert [asked for asked in server.asked if asked.method == "POST"] == []
        for more in ({"model": "smart"}, {}):
            assert (await client.post("/v1/chat/completions", json=CHAT | more)).status_code == 200
        every = {each["id"]: each for each in (await root.ask("GET", "/model-catalogue")).json()["data"]}
        assert every["lab/qwen3"]["enabled"] is False and every["smart"]["default"]
        assert (await root.ask("DELETE", "/models/lab/qwen3")).status_code == 204  # as it was
        assert "lab/qwen3" in await ids(root)


async def test_the_default_is_neither_switched_off_nor_taken_away() -> None:
    async with home() as (_found, root, _server):
        lab = {"name": "own", "kind": "openai_compatible", "base_url": "https://llm.example/v1", "models": ["m"]}
        assert (await root.ask("POST", "/providers", lab)).status_code == 201
        wish = {"values": {"gateway.default_model": "own/m"}}
        assert (await root.ask("PATCH", "/settings", wish, headers=ANY)).status_code == 200
        assert problem(await root.ask("PATCH", "/models/own/m", {"enabled": False}, headers=ANY)) == (409, "in_use")
        assert problem(await root.ask("PATCH", "/providers/own", {"enabled": False}, headers=ANY)) == (409, "in_use")
        assert problem(await root.ask("DELETE", "/providers/own")) == (409, "in_use")
        for value, code in (("own/none", 422), ("nobody/m", 422), ("lab/none", 422)):
            changed = await root.ask("PATCH", "/settings", {"values": {"gateway.default_model": value}}, headers=ANY)
            assert changed.status_code == code, (value, changed.text)
        await root.ask("PATCH", "/settings", {"values": {"gateway.default_model": None}}, headers=ANY)
        assert (await root.ask("DELETE", "/providers/own")).status_code == 204


async def test_a_model_is_given_fallbacks_and_a_title() -> None:
    async with home() as (found, root, _server):
        async with upstream(saying({"error": {"message": "no"}}, 500)) as broken:
            body = {"name": "weak", "kind": "openai_compatible", "base_url": broken.url, "models": ["m"]}
            assert problem(await root.ask("POST", "/providers", body)) == (422, "address_not_allowed")
        changed = await root.ask("PATCH", "/models/lab/qwen3", {"fallbacks": ["mock"], "title": "Qwen"}, headers=ANY)
        assert (changed.json()["origin"], changed.json()["fallbacks"], changed.json()["targets"]) == ("database", ["mock"], [])
        plan = found.prosa.system.gateway.catalogue.explain("lab/qwen3")
        assert [attempt.key for attempt in plan.attempts] == ["lab/qwen3", "mock/mock"]
        refused = await root.ask("PATCH", "/models/lab/qwen3", {"targets": [{"model": "mock"}]}, headers=ANY)
        assert (problem(refused), refused.json()["param"]) == ((422, "unfit_value"), "targets")


async def test_kinds_and_prices_are_told() -> None:
    async with home(PROSA_PRICES='{"lab/qwen3": {"input": 1.5, "output": 6}}') as (_found, root, _server):
        every = {each["id"]: each for each in (await root.ask("GET", "/model-catalogue?prices=true")).json()["data"]}
        assert every["lab/qwen3"]["price"] == {"input": 1.5, "output": 6.0, "cached": None}
        assert {name: every[f"lab/{name}"]["kind"] for name in ("qwen3", "nomic-embed-text", "whisper-1")} == {
            "qwen3": "chat",
            "nomic-embed-text": "embedding",
            "whisper-1": "other",
        }
        assert every["lab/whisper-1"]["price"] is None
        assert not [name for name in await ids(root) if name.startswith("mock")]  # where there is a real one


@pytest.mark.contract("A20")
async def test_a_price_is_said_by_an_administrator_counts_from_then_on_and_is_taken_back() -> None:
    async with home() as (found, root, _server):
        client = await program(found, root)

        async def cost() -> str | None:
            await client.post("/v1/chat/completions", json=CHAT | {"model": "lab/qwen3"})
            await found.prosa.system.metering.recorder.flush()
            calls = (await root.ask("GET", "/usage/calls?limit=1")).json()["data"]
            return None if calls[0]["cost_usd"] is None else str(calls[0]["cost_usd"])

        assert await cost() is None  # nobody knows
        changed = await root.ask("PATCH", "/models/lab/qwen3", {"price": {"input": 1000, "output": 2000}}, headers=ANY)
        assert (changed.json()["own_price"], changed.json()["price_origin"]) == (
            {"input": 1000.0, "output": 2000.0, "cached": None},
            "database",
        )
        assert float(await cost() or 0) > 0
        every = {each["id"]: each for each in (await root.ask("GET", "/model-catalogue?prices=true")).json()["data"]}
        assert every["lab/qwen3"]["price"]["output"] == 2000.0
        log = (await root.ask("GET", "/settings/changes?kind=model&limit=1")).json()["data"][0]
        assert (log["name"], log["after"]["price"]["input"]) == ("lab/qwen3", 1000.0)
        taken = await root.ask("PATCH", "/models/lab/qwen3", {"price": None}, headers=ANY)
        assert (taken.json()["own_price"], taken.json()["price_origin"]) == (None, "default")
        assert await cost() is None
        await root.ask("PATCH", "/models/lab/qwen3", {"price": {"input": 1, "output": 0}}, headers=ANY)
        await root.ask("DELETE", "/models/lab/qwen3")
        assert (await root.ask("GET", "/models/lab/qwen3")).json()["own_price"] is None


async def test_a_price_that_cant_be_is_refused() -> None:
    async with home(PROSA_PRICES='{"whisper-1": {"input": 1.5, "output": 6}}') as (_found, root, _server):
        alias = {"name": "fast", "targets": [{"model": "mock"}]}
        await root.ask("POST", "/models", alias)
        for name, price, told in (
            ("lab/qwen3", {"input": -1, "output": 1}, (422, "invalid_body")),
            ("lab/qwen3", {"input": 1}, (422, "invalid_body")),
            ("fast", {"input": 1, "output": 1}, (422, "unfit_value")),
            ("lab/whisper-1", {"input": 1, "output": 1}, (409, "fixed_by_setting")),
        ):
            assert problem(await root.ask("PATCH", f"/models/{name}", {"price": price}, headers=ANY)) == told
        assert (await root.ask("GET", "/models/lab/whisper-1")).json()["price_origin"] == "file"


async def test_who_has_only_the_mock_chooses_among_the_few_that_show_something() -> None:
    async with house() as found:
        assert await ids(await found.person("ana")) == ["mock", "mock-embedding", "mock-markdown", "mock-reasoning"]


@pytest.mark.attack("C11")
async def test_a_key_for_some_models_sees_those() -> None:
    async with home() as (found, root, _server):
        wish = NewKey(root.account.id, "narrow", frozenset({Scope.READ}), models=("lab/qwen3",))
        text = (await found.prosa.system.people.identity.keys.create(OPERATOR, wish))[1]
        told = (await (await found.program(text)).get("/api/v1/models")).json()["data"]
        assert [each["id"] for each in told] == ["lab/qwen3"]
