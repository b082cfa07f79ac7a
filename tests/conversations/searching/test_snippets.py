"""What is shown of a hit: the words that were found, in what stands around them."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.conversations.searching.questions import question_of
from prosa.conversations.searching.snippets import WIDTH, snippet_of
from prosa.conversations.searching.texts import Piece


def marked(question: str, *texts: str) -> list[str]:
    """The words that are marked."""
    found = snippet_of([Piece(text, index) for index, text in enumerate(texts)], question_of(question))
    return [found.text[begin:end] for begin, end in found.marks]


@pytest.mark.parametrize(
    ("question", "text", "marks"),
    [
        ("relatorio", "O RELATÓRIO e os relatórios.", ["RELATÓRIO", "relatórios"]),
        ('"de vendas"', "de vendas, vendas de", ["de vendas"]),
        ("vend*", "vendas e vendedores; revenda", ["vendas", "vendedores"]),
        ('"de vend*"', "de vendas, de vender e vendas", ["de vendas", "de vender"]),
        ("x@y.com", "fale com x@y.com, não com x de y", ["x@y.com"]),
        ("天気", "東京の天気は", ["天気"]),
        ("note", "I have not a note of that, and it is what they said to you", ["note"]),
        ("vendas vend*", "vendas", ["vendas"]),
        ("sa\u0303o", "São Paulo", ["São"]),
        ("nada", "outra coisa", []),
    ],
)
def test_what_was_found_is_marked(question: str, text: str, marks: list[str]) -> None:
    assert marked(question, text) == marks


def test_the_piece_and_the_place_with_most_of_it_are_shown() -> None:
    filling = "uma coisa qualquer " * 40
    found = snippet_of([Piece("gato", 0), Piece(f"gato {filling} cão e gato {filling}", 1)], question_of("cão gato"))
    assert found.index == 1
    assert [found.text[begin:end] for begin, end in found.marks] == ["cão", "gato"]
    assert len(found.text) <= WIDTH
    whole = f"gato {filling} cão e gato {filling}"
    assert whole[found.start : found.start + len(found.text)] == found.text
    assert not found.text[0].isspace() and not found.text[-1].isspace()


@given(st.text(max_size=600), st.text(min_size=1, max_size=20))
def test_marks_lie_in_the_text_whatever_it_is(text: str, question: str) -> None:
    found = snippet_of([Piece(text)], question_of(question))
    assert len(found.text) <= WIDTH
    last = -1
    for begin, end in found.marks:
        assert last < begin < end <= len(found.text)
        last = end
    found.text.encode()


def test_a_huge_text_takes_no_more_than_a_moment() -> None:
    text = "palavra " * 500_000
    began = time.process_time()
    found = snippet_of([Piece(text), Piece(text)], question_of("palavra palavras p*"))
    assert found.marks and time.process_time() - began < 2.0
