"""Assistants in the app: who sees what, versions, sharing, copies."""

from collections.abc import AsyncIterator

import pytest

from tests.api.app.house import House, Person, house


@pytest.fixture
async def home() -> AsyncIterator[House]:
    async with house() as made:
        yield made


async def test_smoke(home: House) -> None:
    ana = await home.person("ana")
    bia = await home.person("bia")
    made = await ana.ask("POST", "/assistants", {"name": "Contratos", "instructions": "a\nb"})
    assert made.status_code == 201, made.text
    print(made.json())
    path = f"/assistants/{made.json()['id']}"
    assert (await bia.ask("GET", path)).status_code == 404
    tag = made.headers["etag"]
    changed = await ana.ask("PATCH", path, {"instructions": "a\nc", "limits": {"max_prompt_tokens": 500}}, headers={"if-match": tag})
    print(changed.text)
    print((await ana.ask("GET", path + "/versions")).text)
    print((await ana.ask("GET", path + "/versions/2/difference")).text)
    shared = await ana.ask("PUT", path + "/sharing", {"audience": "chosen", "people": [{"user": "bia@example.com", "edits": True}]}, headers={"if-match": "*"})
    print(shared.text)
    print((await bia.ask("GET", "/assistants", params={"search": "CONTRÁ"})).text)
    back = await bia.ask("POST", path + "/versions/1/restoration", headers={"if-match": "*"})
    print(back.text)
    print((await ana.ask("GET", path + "/versions")).text)
    print((await bia.ask("POST", path + "/duplicates")).text)
    file = await ana.ask("GET", path + "/export")
    print(file.text)
    print((await bia.ask("POST", "/assistant-imports", file.json())).text)
    print((await ana.ask("DELETE", path)).text)
