"""Words, stems and sections: pure functions, of whatever text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.conversations.searching.entries import (
    GAP,
    Section,
    indexed_postgresql,
    indexed_sqlite,
    key_of,
    sections_of,
    stored_sqlite,
)
from prosa.conversations.searching.questions import asked_postgresql, asked_sqlite, question_of
from prosa.conversations.searching.texts import Piece
from prosa.kit.stems import BOTH, Language, language_of, stem
from prosa.kit.words import LONGEST, placed, words_of

SAME = (  # in Portuguese
    "informação informações informacao informacoes",
    "reunião reuniões reuniao reunioes",
    "hospital hospitais",
    "homem homens",
    "papel papéis papeis",
    "trabalhar trabalho trabalhos trabalhamos trabalhando trabalhei trabalhou trabalhavam",
    "amável amáveis amavel amaveis",
    "frequência frequências frequencia",
    "conversa conversas conversar conversando conversávamos conversavamos",
    "rápido rápida rápidos rapidas",
    "commit commits",
    "token tokens",
    "link links",
    "decisão decisões decisao decisoes",
    "casa casas",
)
SAME_ENGLISH = ("meeting meetings", "run runs running", "city cities", "decide decided deciding", "happy happiness", "box boxes")
APART = ("relatório relação", "pais paz", "cidade cidra", "vendas vento", "não note")


@pytest.mark.parametrize("forms", SAME)
def test_forms_of_a_word_come_to_one_stem(forms: str) -> None:
    assert len({stem(word, Language.PORTUGUESE) for word in words_of(forms)}) == 1


def test_english_forms_do_too() -> None:
    for forms in SAME_ENGLISH:
        assert len({stem(word, Language.ENGLISH) for word in words_of(forms)}) == 1, forms


def test_other_words_stay_apart() -> None:
    for words in APART:
        assert len({stem(word, Language.PORTUGUESE) for word in words_of(words)}) == 2, words


@pytest.mark.parametrize(
    ("text", "languages"),
    [
        ("O que é isso que você fez para eles?", (Language.PORTUGUESE,)),
        ("What is it that you did to them?", (Language.ENGLISH,)),
        ("Relatório anual", BOTH),
        ("O erro é: the file could not be read, e o que eu faço com isso?", BOTH),
        ("", BOTH),
    ],
)
def test_a_text_tells_its_language_by_its_small_words(text: str, languages: tuple[Language, ...]) -> None:
    assert language_of(words_of(text)) == languages


@given(st.text())
def test_words_are_fit_for_both_databases(text: str) -> None:
    for word in words_of(text):
        assert word and len(word) <= LONGEST
        assert re.fullmatch(r"[0-9a-z\u0080-\U0010ffff]+", word), ascii(word)
        assert not word.isspace() and GAP not in word
        assert words_of(word) in ([word], []) or not word.isascii(), "what is asked is cut as what was said"


@given(st.text())
def test_places_are_those_of_the_words(text: str) -> None:
    found = list(placed(text))
    assert [word for word, _, _ in found] == words_of(text)
    last = 0
    for _, begin, end in found:
        assert last <= begin < end <= len(text)
        last = end


@given(st.lists(st.text(max_size=40), max_size=4))
def test_what_is_kept_is_what_is_indexed(texts: list[str]) -> None:
    key = key_of("ana")
    for section in sections_of([Piece(text) for text in texts]):
        told = indexed_sqlite("ana", stored_sqlite(section)).split(" ")
        assert len(told) == section.size
        assert all(token.startswith(key) for token in told)
        assert set(re.findall(r"'([^']+)'", indexed_postgresql("ana", section))) == set(told)


@given(st.text(max_size=60))
def test_nothing_that_is_typed_gets_out_of_its_quotes(text: str) -> None:
    question = question_of(text)
    if question.clauses:
        key = key_of("ana")
        token = rf"{key}[012][0-9a-z\u0080-\U0010ffff]+"
        clause = rf'\("{token}( {token})*"( \*)?( OR "{token}")?\)'
        assert re.fullmatch(rf"{clause}( AND {clause})*", asked_sqlite("ana", question)), asked_sqlite("ana", question)
        clause = rf"\('{token}'(:\*)?( (<->|\|) '{token}'(:\*)?)*\)"
        assert re.fullmatch(rf"{clause}( & {clause})*", asked_postgresql("ana", question))


def test_sections_share_their_stems_and_overlap() -> None:
    words = " ".join(f"w{number}" for number in range(10_000))
    sections = sections_of([Piece(words)])
    assert len(sections) == 3
    assert len({section.stems for section in sections}) == 1
    assert sections[0].words[-32:] == sections[1].words[:32]
    assert sum(len(section.words) for section in sections) == 10_000 + 2 * 32
    assert sections_of([Piece("! ?")]) == []
    assert sections_of([Piece("um"), Piece("?"), Piece("dois")])[0].words == ("um", GAP, "dois")


def test_an_endless_text_is_bounded() -> None:
    sections = sections_of([Piece("sim não " * 80_000)])
    assert sum(section.size for section in sections) < 150_000
    assert isinstance(sections[0], Section)
