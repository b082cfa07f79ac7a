"""Looking for what was said by `GET /api/v1/search`: one's own, wherever it is kept, and nobody else's."""

import time
from collections.abc import AsyncIterator, Sequence
from typing import Any

import pytest

from prosa.conversations import Face, ShelfChanges
from tests.api.app.house import House, Person, house, problem
from tests.conversations.searching.library import message
from tests.databases import KINDS, an_address, environment


@pytest.fixture(params=KINDS)
async def home(request: pytest.FixtureRequest) -> AsyncIterator[House]:
    with an_address(request.param) as address:
        async with house(environment(address)) as found:
            yield found


async def said(home: House, person: Person, *items: bytes, title: str | None = None) -> str:
    """A conversation as it is stored, and can be found; its id as the API shows it."""
    system = home.prosa.system
    made = await system.features.conversations.create(person.account.id, b"{}", items, face=Face(title=title, dialect="app"))
    await indexed(home)
    return f"conv_{made.id}"


async def indexed(home: House) -> None:
    """Whatever was said until now can be found."""
    assert home.prosa.system.indexer is not None
    assert await home.prosa.system.indexer.settle()


async def found(person: Person, q: str, **filters: Any) -> dict[str, Any]:
    """A page of hits."""
    answer = await person.ask("GET", "/search", params={"q": q} | filters)
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


async def texts(person: Person, q: str, **filters: Any) -> list[str]:
    """What is shown of each hit."""
    return [hit["excerpt"]["text"] for hit in (await found(person, q, **filters))["data"]]


@pytest.mark.contract("C43")
async def test_a_hit_says_where_it_is_and_what_was_found_in_it(home: House) -> None:
    ana = await home.person("ana")
    place = await said(home, ana, message("nada"), message("<b>Os relatórios</b> 🎉 de vendas"), title="Relatório anual")
    title, item = (await found(ana, "relatorio"))["data"]
    assert title["conversation"] == item["conversation"] == {"id": place, "title": "Relatório anual"}
    assert (title["item_id"], title["excerpt"]["content_index"]) == (None, None)
    assert item["item_id"].startswith("msg_") and item["excerpt"]["content_index"] == 0
    text, marks = item["excerpt"]["text"], item["excerpt"]["marks"]
    assert text == "<b>Os relatórios</b> 🎉 de vendas", "plain text, for whoever shows it to escape"
    assert [text[begin:end] for begin, end in marks] == ["relatórios"]
    shown = await ana.ask("GET", f"/conversations/{place}/items")
    assert item["item_id"] in shown.text
    (both,) = (await found(ana, "vendas relatórios"))["data"]
    assert [both["excerpt"]["text"][begin:end] for begin, end in both["excerpt"]["marks"]] == ["relatórios", "vendas"]


@pytest.mark.contract("C43")
async def test_what_is_said_through_the_server_is_found_within_a_second(home: House) -> None:
    ana = await home.person("ana")
    place = (await ana.ask("POST", "/conversations", {"title": "Perguntas"})).json()["id"]
    body = {"model": "mock", "conversation": place, "input": "Quem inventou o saxofone?"}
    answer = await ana.browser.post("/v1/responses", json=body)
    assert answer.status_code == 200, answer.text
    until = time.monotonic() + 10.0
    while not await texts(ana, "saxofones") and time.monotonic() < until:
        pass
    assert "Quem inventou o saxofone?" in await texts(ana, "saxofones")


@pytest.mark.contract("C43")
async def test_filters_narrow_it_down(home: House) -> None:
    ana = await home.person("ana")
    shelf, space = home.prosa.system.features.shelf, ana.account.id
    first = await said(home, ana, message("um barco azul"), message("o barco partiu", role="assistant"), title="Barcos")
    other = await said(home, ana, message("outro barco"))
    folder = (await ana.ask("POST", "/folders", {"name": "Mar"})).json()["id"]
    changes = ShelfChanges(folder_id=folder.removeprefix("folder_"), tags=["Água"])
    await shelf.change(space, first.removeprefix("conv_"), changes)
    assert len(await texts(ana, "barco")) == 4
    assert await texts(ana, "barco", role="assistant") == ["o barco partiu"]
    assert await texts(ana, "barco", conversation_id=other) == ["outro barco"]
    assert set(await texts(ana, "barco", folder_id=folder)) == {"Barcos", "um barco azul", "o barco partiu"}
    assert set(await texts(ana, "barco", tag="agua")) == {"Barcos", "um barco azul", "o barco partiu"}
    assert await texts(ana, "barco", tag="fogo") == []
    assert await texts(ana, "barco", to="2020-01-01T00:00:00Z") == []
    assert len(await texts(ana, "barco", **{"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00-03:00"})) == 4
    await ana.ask("DELETE", f"/conversations/{other}", headers={"if-match": "*"})
    assert "outro barco" not in await texts(ana, "barco"), "what is in the trash isn't found"


@pytest.mark.contract("C43")
@pytest.mark.parametrize("order", ["best", "newest"])
async def test_pages_show_every_hit_once_in_one_order(home: House, order: str) -> None:
    ana = await home.person("ana")
    for number in range(4):
        await said(home, ana, *(message(f"a maré {part} {number}" + " das marés" * part) for part in range(3)), title="Maré")
    whole = (await found(ana, "maré", order=order, limit=100))["data"]
    assert len(whole) == 16
    pages: list[dict[str, Any]] = []
    cursor = None
    while True:
        page = await found(ana, "maré", order=order, limit=3, **({"cursor": cursor} if cursor else {}))
        pages += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            break
    assert pages == whole
    if order == "newest":
        moments = [hit["created_at"] for hit in whole]
        assert moments == sorted(moments, reverse=True)
    else:
        assert all(hit["item_id"] is None for hit in whole[:4]), "titles come first"


@pytest.mark.attack("A4", "A13")
async def test_others_find_nothing_and_use_no_cursor_but_their_own(home: House) -> None:
    ana, eva = await home.person("ana"), await home.person("eva")
    place = await said(home, ana, *(message(f"um segredo {number}") for number in range(5)))
    cursor = (await found(ana, "segredo", limit=2))["next_cursor"]
    assert cursor is not None
    for filters in ({}, {"conversation_id": place}, {"conversation_id": "conv_" + "0" * 32}, {"folder_id": "nonsense"}):
        assert await found(eva, "segredo", **filters) == {"data": [], "next_cursor": None}
    for person, asked in ((eva, "segredo"), (ana, "segredos")):
        answer = await person.ask("GET", "/search", params={"q": asked, "limit": 2, "cursor": cursor})
        assert problem(answer) == (400, "unknown_cursor")


@pytest.mark.attack("A14")
async def test_a_word_that_others_wrote_takes_as_long_as_one_that_nobody_wrote(home: House) -> None:
    """Kolmogorov and Smirnov: no difference that chance makes less often than once in a hundred thousand times."""
    ana, eva = await home.person("ana"), await home.person("eva")
    for _ in range(3):
        await said(home, ana, *(message("o ornitorrinco dorme " * 20) for _ in range(40)))
    await said(home, eva, message("a lontra nada"))
    search, space = home.prosa.system.features.search, eva.account.id
    taken: dict[str, list[float]] = {"ornitorrinco": [], "paralelepipedo": []}
    for turn in range(400):
        for word in sorted(taken, reverse=bool(turn % 2)):
            began = time.perf_counter()
            assert not (await search.search(space, _query(word))).hits
            taken[word].append(time.perf_counter() - began)
    assert _distance(*taken.values()) < 2.47 * (2 / 400) ** 0.5


def _query(word: str) -> Any:
    from prosa.conversations import SearchQuery

    return SearchQuery(word)


def _distance(one: Sequence[float], other: Sequence[float]) -> float:
    """The most by which the shares of what is shorter than any time differ."""
    return max(
        abs(sum(value <= at for value in one) / len(one) - sum(value <= at for value in other) / len(other))
        for at in (*one, *other)
    )


@pytest.mark.parametrize(
    ("query", "status", "param"),
    [
        ({"q": ""}, 422, "q"),
        ({}, 422, "q"),
        ({"q": "a" * 501}, 422, "q"),
        ({"q": " ".join(f"w{n}" for n in range(33))}, 400, "q"),
        ({"q": "a", "role": "nobody"}, 422, "role"),
        ({"q": "a", "from": "2026-01-01T00:00:00"}, 422, "from"),
        ({"q": "a", "order": "rank"}, 422, "order"),
        ({"q": "a", "limit": 101}, 422, "limit"),
    ],
)
async def test_what_can_not_be_asked_is_told(home: House, query: dict[str, str], status: int, param: str) -> None:
    ana = await home.person("ana")
    answer = await ana.ask("GET", "/search", params=query)
    assert problem(answer)[0] == status
    told = answer.json()
    assert param in (told.get("param"), *(each["param"] for each in told.get("errors") or ()))
