"""The index follows what is stored, whoever writes it, however it is killed."""

import asyncio
from collections.abc import Sequence

import msgspec
import pytest

from prosa.conversations import Face
from prosa.conversations.searching import SearchChecks, SearchIndexer, SearchQuery
from prosa.conversations.searching.index_store import ADD, IndexStore
from prosa.drivers.archive import Finding
from prosa.drivers.journal import Journal, Part
from prosa.drivers.sql import Database, DatabaseUnavailable
from prosa.kit.clock import SystemClock
from tests.conversations.searching.library import SPACE, Library, message


async def findings(library: Library) -> list[Finding]:
    """What `prosa verify` finds wrong with the index."""
    async with library.database.reading() as connection:
        return await SearchChecks().look(connection)


async def nothing(space: str, id: str) -> None:
    """Ends no run."""


async def test_what_is_added_later_is_found_and_what_is_deleted_is_not(library: Library) -> None:
    kept = await library.keep("o gato dorme")
    (added,) = await library.conversations.add_items(SPACE, kept, [message("a lontra nada")])
    assert not await library.ids("lontra"), "not before it is indexed"
    await library.indexer.look()
    assert await library.ids("lontra") == {kept}
    await library.conversations.delete_item(SPACE, kept, added.id)
    assert not await library.ids("lontra"), "at once, and not only when the index is kept up"
    await library.indexer.look()
    assert await library.ids("gato") == {kept}
    await library.conversations.delete(SPACE, kept, nothing)
    assert not await library.ids("gato")
    await library.indexer.look()
    assert await findings(library) == []
    assert (await library.database.fetch("SELECT count(*) FROM search_entries")) == [(0,)]


async def test_titles_are_found_as_they_are_now(library: Library) -> None:
    kept = await library.keep("nada de mais", title="Viagem a Lisboa")
    (hit,) = (await library.search.search(SPACE, SearchQuery("viagens"))).hits
    assert (hit.found.number, hit.found.conversation_id, hit.snippet.text) == (None, kept, "Viagem a Lisboa")
    await library.change("UPDATE conversations SET title = 'Receitas'")
    await library.indexer.look()
    assert await library.ids("receita") == {kept}
    assert not await library.ids("lisboa")
    await library.change("UPDATE conversations SET title = NULL")
    await library.indexer.look()
    assert not await library.ids("receita")
    assert await findings(library) == []


async def test_what_is_in_the_trash_or_was_deleted_where_it_came_from_is_not_found(library: Library) -> None:
    kept = await library.keep("um pinguim", title="Sobre pinguins")
    await library.change("UPDATE conversations SET deleted_at = 5")
    assert not await library.ids("pinguim")
    await library.change("UPDATE conversations SET deleted_at = NULL")
    assert await library.ids("pinguim") == {kept}
    await library.change("UPDATE items SET deleted_at = 5")
    (hit,) = (await library.search.search(SPACE, SearchQuery("pinguim"))).hits
    assert hit.found.number is None, "the title alone"


async def test_what_changes_hands_is_found_by_the_new_owner_alone(library: Library) -> None:
    kept = await library.keep("um segredo", title="Segredos")
    await library.change("UPDATE conversations SET space = 'eva'")
    await library.change("UPDATE items SET space = 'eva'")
    assert not await library.ids("segredo"), "not for a moment"
    await library.indexer.look()
    assert not await library.ids("segredo")
    assert await library.ids("segredo", "eva") == {kept}
    assert await findings(library) == []


async def test_an_edited_item_is_found_by_its_new_words(library: Library) -> None:
    kept = await library.keep("resumo antigo")
    body = message("resumo novo").decode()
    await library.change("UPDATE items SET body = ?" if library.database.kind == "sqlite" else "UPDATE items SET body = $1", body)
    await library.indexer.look()
    assert await library.ids("novo") == {kept}
    assert not await library.ids("antigo")


async def test_items_of_every_kind_that_holds_words_are_found(library: Library) -> None:
    items = [
        {"type": "message", "role": "user", "content": "texto simples"},
        {"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "não posso recusar"}]},
        {
            "type": "message",
            "role": "user",
            "content": [{"type": "input_file", "filename": "orçamento.xlsx", "file_id": "file_1"}],
        },
        {"type": "message", "role": "user", "content": [{"type": "input_image", "image_url": "data:image/png;base64,banana"}]},
        {"type": "function_call_output", "call_id": "1", "output": "previsão chuvosa"},
        {"type": "function_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "lista molhada"}]},
        {"type": "function_call", "call_id": "1", "name": "clima", "arguments": '{"cidade":"Fortaleza"}'},
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "pensamento íntimo"}], "encrypted_content": "abc"},
        {"type": "message", "role": "user", "content": [5, None, {"type": "input_text", "text": 7}, "solto"]},
    ]
    await library.keep_items([msgspec.json.encode(item) for item in items])
    found = {word: len(await library.ids(word)) for word in ("simples", "recusar", "orcamento", "chuvosa", "molhada")}
    assert found == dict.fromkeys(found, 1)
    for word in ("banana", "fortaleza", "intimo", "abc", "solto"):
        assert not await library.ids(word), word
    assert await findings(library) == []


async def test_bodies_that_nobody_can_read_stop_nothing(library: Library) -> None:
    await library.keep("primeiro")
    await library.change('UPDATE items SET body = \'{"type":"message","content":[{"text":"\\ud800"\'')
    kept = await library.keep("segundo")
    assert await library.ids("segundo") == {kept}
    assert not await library.ids("primeiro")


async def test_words_are_found_in_whichever_section_of_a_long_item_they_stand(library: Library) -> None:
    text = " ".join(f"palavra{number} de" for number in range(2_600))
    kept = await library.keep(f"começo {text} meio {text} fim exato aqui")
    for asked in (
        "começo",
        "palavra2599 comecos",
        '"fim exato aqui"',
        "palavra1300 meio fim",
        '"palavra1999 de palavra2000"',
        "exat*",
    ):
        assert await library.ids(asked) == {kept}, asked
    assert len((await library.search.search(SPACE, SearchQuery("palavra1"))).hits) == 1
    await library.conversations.delete(SPACE, kept, nothing)
    await library.indexer.look()
    assert (await library.database.fetch("SELECT count(*) FROM search_entries")) == [(0,)]
    assert await findings(library) == []


async def test_a_text_of_nothing_but_different_long_words_is_found(library: Library) -> None:
    """More than a tsvector holds, were it not cut (PostgreSQL's manual, 12.11)."""
    words = [f"{number:x}" + "\U00010330" * 60 for number in range(5_100)]  # Gothic letters: four bytes each
    kept = await library.keep(" ".join(words))
    for asked in (words[0], words[-1], f'"{words[4_000]} {words[4_001]}"', words[5_000][:10] + "*"):
        assert await library.ids(asked) == {kept}, ascii(asked)
    assert await findings(library) == []


async def test_a_word_that_stands_thousands_of_times_breaks_nothing(library: Library) -> None:
    kept = await library.keep("ah " * 5_000 + "fim")
    assert await library.ids('"ah ah ah"') == await library.ids('"ah fim"') == {kept}
    assert not await library.ids('"fim ah"')


async def test_one_who_is_cut_off_anywhere_leaves_an_index_that_another_makes_true(library: Library) -> None:
    """A journal that fails at its nth write stands for the process that was killed there."""
    long = "longo " + " ".join(f"w{number}" for number in range(4_500))
    for at in range(4):
        made = await library.conversations.create(SPACE, b"{}", [message(f"texto {at}"), message(long)], face=Face(title="T"))
        journal = Dying(library.database, at)
        with pytest.raises(DatabaseUnavailable):
            await SearchIndexer(library.database, journal, SystemClock()).look()
        await journal.aclose()
        await library.change("UPDATE search_turn SET until = 0")  # its time is over
        assert await library.indexer.look()
        assert made.id in await library.ids("longo w4499")
        await library.indexer.release()
    assert await findings(library) == []


class Dying(Journal):
    """Writes so many times, and never again."""

    def __init__(self, database: Database, left: int) -> None:
        super().__init__(database)
        self._left = left

    async def append_all(self, parts: Sequence[Part]) -> tuple[int, ...]:
        """See Journal."""
        self._left -= 1
        if self._left < 0:
            raise DatabaseUnavailable
        return await super().append_all(parts)


async def test_who_slept_through_its_turn_writes_nothing(library: Library) -> None:
    kept = await library.keep("nada")
    await library.conversations.add_items(SPACE, kept, [message("primeira forma")])
    sleeper = SearchIndexer(library.database, library.journal, SystemClock())
    await library.indexer.release()
    assert await sleeper._take()
    batch = await IndexStore(library.database).batch()
    await library.change("UPDATE search_turn SET until = 0")
    await library.change("UPDATE items SET body = " + f"'{message('segunda forma').decode()}'" + " WHERE position > 1")
    assert await library.indexer.look()
    assert not await sleeper._write(batch)
    assert await library.ids("segunda forma") == {kept}
    assert not await library.ids("primeira")
    assert await findings(library) == []


async def test_many_may_keep_it_up_while_many_write(library: Library) -> None:
    others = [SearchIndexer(library.database, library.journal, SystemClock(), every=0.01) for _ in range(3)]
    for other in others:
        other.start()
    kept = await library.keep("raiz")

    async def write(number: int) -> None:
        (added,) = await library.conversations.add_items(SPACE, kept, [message(f"folha numero{number}")])
        if number % 3 == 0:
            await asyncio.sleep(0.01)
            await library.conversations.delete_item(SPACE, kept, added.id)

    await asyncio.gather(*(write(number) for number in range(60)))
    for other in others:
        await other.stop()
    assert await library.indexer.settle()
    hits = (await library.search.search(SPACE, SearchQuery("folhas", limit=100))).hits
    assert len(hits) == 40
    assert await findings(library) == []


async def test_a_row_that_the_index_can_not_hold_keeps_no_other_from_being_found(library: Library) -> None:
    def poisoned(*given: object) -> object:
        parts = whole(*given)  # type: ignore[arg-type]  # as they are given
        return parts if b"veneno" not in given[0].body else [(ADD, ("x",) * 9)]  # type: ignore[attr-defined]  # of a subject

    whole = library.indexer._store.addition
    library.indexer._store.addition = poisoned  # type: ignore[method-assign, assignment]  # a defect of our own, made for this
    kept = await library.keep("antes", "veneno", "depois")
    assert await library.ids("antes") == await library.ids("depois") == {kept}
    assert not await library.ids("veneno")
    assert ["places: item" in finding.text for finding in await findings(library)] == [True]


async def test_verify_finds_what_is_wrong(library: Library) -> None:
    await library.keep("uma frase", "outra frase", title="Frases")
    await library.change("UPDATE search_entries SET created_at = 5 WHERE item IS NULL")
    await library.change("DELETE FROM search_entries WHERE item = (SELECT max(item) FROM search_entries)")
    await library.change("INSERT INTO search_queue (item) SELECT min(number) FROM items")
    told = " ".join(finding.text for finding in await findings(library))
    assert "1 changes wait" in told
    assert "2 places" in told
    await library.change("DROP TRIGGER search_item_gone" + ("" if library.database.kind == "sqlite" else " ON items"))
    assert "search_item_gone is missing" in " ".join(finding.text for finding in await findings(library))
