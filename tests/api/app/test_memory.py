"""What is remembered of a person, and of a conversation whose older part doesn't fit any more."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from prosa.answers.upkeep.titles import clean, first_words
from tests.api.app.house import House, Person, house, problem
from tests.databases import KINDS, an_address, environment

LONG = "[[mock text='sim']] " + "os burros da serra cantam de madrugada " * 60


@pytest.fixture(params=KINDS)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    with an_address(request.param) as address:
        async with house(environment(address) | {"PROSA_MEMORY_TOKENS": "1500"}) as found:
            yield found


async def made(person: Person, **fields: Any) -> str:
    """A new conversation's path."""
    answer = await person.ask("POST", "/conversations", fields)
    assert answer.status_code == 201, answer.text
    return f"/conversations/{answer.json()['id']}"


async def asked(person: Person, path: str, text: str) -> str:
    """Ask in it, to the end; the run's id."""
    answer = await person.ask("POST", f"{path}/answers", {"input": text, "stream": False})
    assert answer.status_code == 200, answer.text
    run = str(answer.json()["id"])
    for _ in range(200):
        if (await person.ask("GET", f"/runs/{run}")).json()["state"] == "completed":
            return run
        await asyncio.sleep(0.02)
    raise AssertionError("no answer")


async def until(person: Person, path: str, name: str) -> Any:
    """What a resource shows under a name, once it shows something."""
    for _ in range(300):
        found = (await person.ask("GET", path)).json()[name]
        if found:
            return found
        await asyncio.sleep(0.02)
    raise AssertionError(name)


async def test_memories_are_off_until_switched_on_and_are_listed_changed_and_forgotten(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    assert (await ana.ask("GET", "/me/memory")).json() == {"memories": False, "titles": True}
    wish = await ana.ask("POST", "/memories", {"text": " Chame-me de Aninha. "})
    told = wish.json()
    assert wish.status_code == 201 and told["text"] == "Chame-me de Aninha."
    path = f"/memories/{told['id']}"
    assert problem(await bia.ask("GET", path)) == (404, "memory_not_found")
    assert (await bia.ask("DELETE", path)).status_code == 404
    changed = await ana.ask("PATCH", path, {"text": "Chame-me de Ana."}, headers={"if-match": told["etag"]})
    assert changed.json()["text"] == "Chame-me de Ana."
    late = await ana.ask("PATCH", path, {"text": "x"}, headers={"if-match": told["etag"]})
    assert problem(late) == (412, "edit_conflict")
    talk = await made(ana)
    without = await asked(ana, talk, "[[mock text='a']]")
    assert (await ana.ask("GET", f"/runs/{without}/context")).json()["whole"]
    assert (await ana.ask("PATCH", "/me/memory", {"memories": True})).json()["memories"]
    run = await asked(ana, talk, "[[mock text='b']]")
    context = (await ana.ask("GET", f"/runs/{run}/context")).json()
    assert context["memories"] == [told["id"]] and len(context["items"]) == 3 and not context["whole"]
    assert (await bia.ask("GET", f"/runs/{run}/context")).status_code == 404
    assert (await ana.ask("DELETE", path)).status_code == 204
    assert (await ana.ask("GET", "/memories")).json()["data"] == []
    for _ in range(2):
        await ana.ask("POST", "/memories", {"text": "a"})
    assert (await ana.ask("DELETE", "/memories")).status_code == 204
    assert (await ana.ask("GET", "/memories")).json()["data"] == []
    assert (await ana.ask("POST", "/memories", {"text": "x" * 2001})).status_code == 422


async def test_the_older_part_becomes_a_summary_that_can_be_read_edited_and_deleted(home: House) -> None:
    ana, bia = await home.person("ana"), await home.person("bia")
    talk = await made(ana)
    for turn in range(3):  # the third is too much; a fourth might come before the summary, and ask for one more
        await asked(ana, talk, f"{turn} {LONG}")
    [summary] = await until(ana, f"{talk}/summaries", "data")
    assert summary["text"] and not summary["edited"]
    before = (await ana.ask("GET", f"{talk}/items")).json()["data"]
    assert summary["id"] not in [item["id"] for item in before], "it stands beside the path"
    run = await asked(ana, talk, "[[mock text='e agora']]")
    context = (await ana.ask("GET", f"/runs/{run}/context")).json()
    assert context["summary"] == summary["id"] and summary["covers"] not in context["items"]
    assert len(context["items"]) < len(before) + 1
    path = f"{talk}/summaries/{summary['id']}"
    assert (await bia.ask("PATCH", path, {"text": "x"})).status_code == 404
    edited = (await ana.ask("PATCH", path, {"text": "Falamos de burros."})).json()
    assert (edited["text"], edited["edited"]) == ("Falamos de burros.", True)
    assert (await ana.ask("GET", f"{talk}/summaries")).json()["data"] == [edited]
    assert (await ana.ask("DELETE", path)).status_code == 204
    assert (await ana.ask("DELETE", path)).status_code == 404


async def test_a_title_is_made_after_the_first_answer_unless_somebody_gave_one(home: House) -> None:
    ana = await home.person("ana")
    talk, named = await made(ana), await made(ana, title="Minha")
    await asked(ana, talk, "Quais são os dez maiores burros do mundo inteiro, e por quê?")
    await asked(ana, named, "Quais são?")
    assert await until(ana, talk, "title") == "Quais são os dez maiores burros do mundo…"
    assert (await ana.ask("GET", talk)).json()["title_by"] == "model"
    assert (await ana.ask("GET", named)).json()["title"] == "Minha"
    await ana.ask("PATCH", "/me/memory", {"titles": False})
    without = await made(ana)
    await asked(ana, without, "Quais são?")
    await asked(ana, without, "E agora?")
    assert (await ana.ask("GET", without)).json()["title"] is None


async def test_a_question_that_got_no_answer_has_a_title_too(home: House) -> None:
    ana = await home.person("ana")
    talk = await made(ana)
    await ana.ask("POST", f"{talk}/answers", {"input": "Quais são? [[mock status=400]]"})
    assert (await until(ana, talk, "title")).startswith("Quais são?")


def test_a_title_is_what_a_model_said_without_what_models_put_around_it() -> None:
    assert clean('**"Os maiores burros"**.\n\nBecause…') == "Os maiores burros"
    assert clean("x" * 200) == "x" * 79 + "…"
    assert clean(' "" \n') == ""
    assert first_words("um dois") == "um dois"
