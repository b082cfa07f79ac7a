"""Settings and limits on the app's pages: where each value comes from, what it can be, and that a change is in force at once."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.identity import Role, Scope
from tests.api.app.house import PASSWORD, House, Person, house, problem

ANY = {"if-match": "*"}
MESSAGE = b'{"type":"message","role":"user","status":"completed","content":[{"type":"input_text","text":"hello"}]}'


@pytest.fixture
async def home() -> AsyncIterator[tuple[House, Person]]:
    async with house() as found:
        yield found, await found.person("root", Role.ADMIN)


async def told(root: Person, page: str = "/settings") -> dict[str, dict[str, Any]]:
    return {each["key"]: each for each in (await root.ask("GET", page)).json()["data"]}


async def change(root: Person, page: str = "/settings", **values: object) -> Any:
    wish = {key.replace("__", "."): value for key, value in values.items()}
    return await root.ask("PATCH", page, {"values": wish}, headers=ANY)


@pytest.mark.contract("A20")
async def test_a_setting_is_changed_and_had_back_as_it_was(home: tuple[House, Person]) -> None:
    _found, root = home
    before = (await told(root))["upkeep.trash_days"]
    assert (before["value"], before["default"], before["origin"], before["editable"]) == (30, 30, "default", True)
    assert (before["setting"], before["least"], before["most"], before["unit"]) == ("PROSA_TRASH_DAYS", 0, 36_500, "days")
    assert (await change(root, upkeep__trash_days=60)).status_code == 200
    after = (await told(root))["upkeep.trash_days"]
    assert (after["value"], after["default"], after["origin"]) == (60, 30, "database")
    assert (await change(root, upkeep__trash_days=None)).status_code == 200
    assert (await told(root))["upkeep.trash_days"] == before


async def test_all_of_a_change_is_taken_or_none_and_two_dont_overwrite_each_other(home: tuple[House, Person]) -> None:
    _found, root = home
    refused = await change(root, upkeep__trash_days=60, answers__titles="yes")
    assert (problem(refused), refused.json()["param"]) == ((422, "unfit_value"), "values.answers.titles")
    assert (await told(root))["upkeep.trash_days"]["value"] == 30
    assert problem(await root.ask("PATCH", "/settings", {"values": {"upkeep.trash_days": 5}})) == (428, "precondition_required")
    tag = {"if-match": (await root.ask("GET", "/settings")).headers["etag"]}
    done = await root.ask("PATCH", "/settings", {"values": {"upkeep.trash_days": 5}}, headers=tag)
    again = await root.ask("PATCH", "/settings", {"values": {"upkeep.trash_days": 6}}, headers=tag)
    assert done.status_code == 200 and problem(again) == (412, "edit_conflict")
    newer = {"if-match": done.headers["etag"]}
    assert (await root.ask("PATCH", "/settings", {"values": {"upkeep.trash_days": 7}}, headers=newer)).status_code == 200


@pytest.mark.parametrize(
    ("page", "key", "value"),
    [
        ("/settings", "upkeep.trash_days", -1),
        ("/settings", "upkeep.trash_days", True),
        ("/settings", "upkeep.trash_days", 1.5),
        ("/settings", "people.registration", "everybody"),
        ("/settings", "people.registration", "domain:"),
        ("/settings", "people.registration", "domain:<script>"),
        ("/settings", "installation.language", "fr"),
        ("/settings", "installation.name", ""),
        ("/settings", "installation.name", "a\u202eb"),
        ("/settings", "installation.name", "x" * 61),
        ("/settings", "installation.support", "javascript:alert(1)"),
        ("/settings", "installation.support", "data:text/html,x"),
        ("/settings", "installation.support", 'https://a.example/"onx='),
        ("/settings", "gateway.default_model", "nobody/x"),
        ("/settings", "limits.max_runs", 5),  # of the other page
        ("/settings", "server.port", 1),
        ("/settings", "storage.secret", "mine"),
        ("/limits", "limits.requests_per_minute", 5),  # an administrator could mend it no more
        ("/limits", "limits.failed_per_minute", 0),
        ("/limits", "upkeep.trash_days", 5),
    ],
)
async def test_what_cant_be_is_refused_by_its_field(home: tuple[House, Person], page: str, key: str, value: object) -> None:
    _found, root = home
    refused = await root.ask("PATCH", page, {"values": {key: value}}, headers=ANY)
    assert refused.status_code == 422, refused.text
    assert refused.json()["param"].startswith(f"values.{key}")


async def test_what_is_set_at_the_start_is_shown_with_its_name_and_not_changed_here() -> None:
    async with house({"PROSA_TRASH_DAYS": "45", "RATE_LIMIT_PER_MINUTE": "70"}) as found:
        root = await found.person("root", Role.ADMIN)
        for page, key, value in (("/settings", "upkeep.trash_days", 45), ("/limits", "limits.rate_limit_per_minute", 70)):
            row = (await told(root, page))[key]
            assert (row["value"], row["origin"], row["editable"]) == (value, "environment", False)
            refused = await root.ask("PATCH", page, {"values": {key: 5}}, headers=ANY)
            assert (problem(refused), refused.json()["param"]) == ((409, "fixed_by_setting"), f"values.{key}")
            assert row["setting"] in refused.json()["detail"]
        still = (await told(root, "/limits"))["limits.max_body_mb"]
        assert not still["editable"]
        assert problem(await change(root, "/limits", limits__max_body_mb=5)) == (409, "fixed_by_setting")


async def test_registration_is_closed_and_opened_at_once(home: tuple[House, Person]) -> None:
    found, root = home
    browser = await found.browser()

    async def register(email: str) -> int:
        return (await browser.post("/api/v1/auth/register", json={"email": email, "password": PASSWORD})).status_code

    for value, shown, inside, outside in (
        ("closed", "closed", 403, 403),
        ("domain:Site.example, other.example", "domain", 202, 403),
        ("invite", "invite", 403, 403),
        ("open", "open", 202, 202),
    ):
        assert (await change(root, people__registration=value)).status_code == 200
        assert (await browser.get("/api/v1/auth/options")).json()["registration"] == shown
        assert await register(f"{shown}@site.example") == inside, value
        assert await register(f"{shown}@elsewhere.example") == outside, value
    assert (await told(root))["people.registration"]["value"] == "open"


async def test_what_the_installation_is_called_is_told_to_who_isnt_signed_in(home: tuple[House, Person]) -> None:
    found, root = home
    browser = await found.browser()
    options = (await browser.get("/api/v1/auth/options")).json()
    assert (options["name"], options["support"], options["language"], options["mock"]) == ("prosa", None, "auto", True)
    values = {"installation__name": " Casa da Prosa ", "installation__support": "ajuda@casa.example"}
    assert (await change(root, **values, installation__language="pt-BR")).status_code == 200
    options = (await browser.get("/api/v1/auth/options")).json()
    assert (options["name"], options["support"], options["language"]) == ("Casa da Prosa", "ajuda@casa.example", "pt-BR")


async def test_limits_hold_from_then_on(home: tuple[House, Person]) -> None:
    found, root = home
    system = found.prosa.system
    values = {"limits__requests_per_minute": 61, "limits__max_runs": 2, "limits__max_file_mb": 1}
    assert (await change(root, "/limits", **values, limits__failed_per_minute=7)).status_code == 200
    edge = system.administration  # of the same process
    assert edge.values.value("limits.max_runs") == 2
    program = await found.program(await found.key(await found.person("ana"), Scope.READ))
    answer = await program.get("/v1/models")
    assert answer.headers["x-ratelimit-limit-requests"] == "61"
    assert system.features.files.settings.file_bytes == 1024 * 1024
    assert (await change(root, "/limits", limits__requests_per_minute=0)).status_code == 200
    assert "x-ratelimit-limit-requests" not in (await program.get("/v1/models")).headers


async def test_sharing_is_switched_off_and_what_was_shared_is_gone_at_once(home: tuple[House, Person]) -> None:
    found, root = home
    talks = found.prosa.system.features.conversations
    made = await talks.create(root.account.id, b"{}", [MESSAGE])
    link = (await root.ask("POST", f"/conversations/conv_{made.id}/shares", {})).json()
    for enabled, status in ((True, 200), (False, 404), (True, 200)):
        await change(root, access__sharing=enabled)
        assert (await (await found.browser()).get(link["path"])).status_code == status


@pytest.mark.contract("A20")
async def test_who_changed_what_is_written_down_and_read(home: tuple[House, Person]) -> None:
    found, root = home
    await change(root, upkeep__trash_days=60)
    await root.ask("POST", "/models", {"name": "fast", "targets": [{"model": "mock"}]})
    body = {"name": "lab", "kind": "openai_compatible", "base_url": "https://llm.example/v1", "api_key": "sk-1234567890abcdef"}
    await root.ask("POST", "/providers", body)
    await root.ask("PATCH", "/providers/lab", {"api_key": "sk-fedcba0987654321"}, headers=ANY)
    page = (await root.ask("GET", "/settings/changes?limit=3")).json()
    changed, made, alias = page["data"]
    assert (changed["kind"], changed["name"], changed["action"]) == ("provider", "lab", "changed")
    assert (changed["before"], changed["after"]) == ({"api_key": "set"}, {"api_key": "set"})
    assert made["after"]["base_url"] == "https://llm.example/v1" and made["after"]["api_key"] == "set" and made["before"] == {}
    assert (alias["kind"], alias["action"], alias["by"], alias["by_name"]) == ("model", "created", root.id, "root")
    rest = (await root.ask("GET", f"/settings/changes?limit=3&cursor={page['next_cursor']}")).json()
    assert [(each["name"], each["before"], each["after"]) for each in rest["data"]] == [
        ("upkeep.trash_days", {"value": 30}, {"value": 60})
    ]
    assert rest["next_cursor"] is None
    only = (await root.ask("GET", "/settings/changes?kind=setting")).json()["data"]
    assert [each["kind"] for each in only] == ["setting"]
    assert all(word not in str(page) for word in ("sk-1234567890abcdef", "sk-fedcba0987654321"))
    log = found.prosa.log.getvalue()
    assert "sk-1234567890abcdef" not in log and "sk-fedcba0987654321" not in log


async def test_how_the_server_is_is_told_without_paths_and_hosts(home: tuple[House, Person]) -> None:
    found, root = home
    state = (await root.ask("GET", "/system")).json()
    assert (state["status"], state["environment"], state["database"]["kind"]) == ("ok", "development", "sqlite")
    assert state["database"]["bytes"] > 0 and state["database"]["revision"] and state["limiter_ok"]
    assert state["workers"]["count"] == 1 and state["machine"]["cores"] and state["machine"]["disk_free_bytes"]
    assert [each["name"] for each in state["providers"]] == ["mock"]
    assert str(found.prosa.data) not in str(state)


async def test_programs_of_an_administrator_dont_shut_them_out_of_their_own_pages() -> None:
    async with house({"PROSA_REQUESTS_PER_MINUTE": "60"}) as home:
        root = await home.person("root", Role.ADMIN)
        program = await home.program(await home.key(root, Scope.READ, Scope.WRITE))
        answers = await asyncio.gather(*(program.get("/v1/models") for _ in range(90)))
        assert 429 in {answer.status_code for answer in answers}
        assert {(await root.ask("GET", "/settings")).status_code for _ in range(90)} == {200}
        # What a page asks a model for counts with the person's programs.
        asked = await asyncio.gather(*(root.browser.post("/v1/chat/completions", json={}) for _ in range(90)))
        assert 429 in {answer.status_code for answer in asked}
