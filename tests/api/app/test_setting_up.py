"""The first visit to an empty installation, as the web app's page does it: the code, the first account, a model, an answer."""

import pytest

from tests.api.app.house import CODE, PASSWORD, house, problem


@pytest.mark.contract("A16")
@pytest.mark.attack("B13")
async def test_who_has_the_code_is_in_within_three_calls_and_nobody_learns_anything_before() -> None:
    async with house() as found:
        browser = await found.browser()
        before = (await browser.get("/api/v1/auth/options")).json()
        assert (before["set_up_needed"], before["mock"], before["name"]) == (True, True, "prosa")
        wish = {"email": "root@example.com", "password": PASSWORD, "name": "Root"}
        wrong = await browser.post("/api/v1/auth/register", json=wish | {"code": "AAAA-AAAA"})
        assert problem(wrong) == (403, "setup_code_invalid")
        assert (await browser.post("/api/v1/auth/register", json=wish | {"code": CODE})).status_code == 202
        signed = await browser.post("/api/v1/auth/sign-in", json={"login": "root@example.com", "password": PASSWORD})
        assert signed.json()["user"]["role"] == "admin"
        assert not (await browser.get("/api/v1/auth/options")).json()["set_up_needed"]
        again = await (await found.browser()).post(
            "/api/v1/auth/register", json=wish | {"email": "eve@example.com", "code": CODE}
        )
        assert problem(again) == (403, "setup_code_invalid")
        # "Try with the mock model": it is the default already, and can be tried.
        choosable = (await browser.get("/api/v1/models")).json()["data"]
        assert [each["id"] for each in choosable if each["default"] and each["kind"] == "chat"] == ["mock"]
        assert (await browser.post("/api/v1/providers/mock/test", json={})).json()["ok"]
        # Or a provider's key, tried before it is stored: this one leads nowhere, which is told and no failure.
        draft = {"kind": "openai_compatible", "base_url": "https://llm.example/v1", "api_key": "sk-1"}
        tried = await browser.post("/api/v1/provider-tests", json=draft)
        assert tried.status_code == 200 and not tried.json()["ok"]
        added = await browser.post("/api/v1/providers", json=draft | {"name": "lab"})
        assert added.status_code == 201 and added.json()["state"] == "ready"


async def test_in_production_there_is_no_mock_to_try() -> None:
    async with house({"PROSA_ENV": "production", "PROSA_SETUP_CODE": "K7QD-AAAA-BBBB-CCCC-9913"}) as found:
        options = (await (await found.browser()).get("/api/v1/auth/options")).json()
        assert (options["mock"], options["registration"]) == (False, "invite")
