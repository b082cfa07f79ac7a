"""A document's text around a place: cut where lines begin, each part fit to be drawn alone; put together of passages again."""

import random

import pytest

from prosa.knowledge import Chunking, Excerpt, Wanted
from prosa.knowledge.excerpts import Mark, Stretch, cut, of_document, of_passages
from prosa.knowledge.extraction import Extracted, Heading, chunks

LINES = "".join(f"Linha {number} do texto.\n\n" for number in range(400))
TABLE = "| Nome | Patas |\n| --- | --- |\n" + "".join(f"| bicho {number} | {number % 5} |\n" for number in range(300))


def told(excerpt: Excerpt) -> str:
    return "".join(part.text for part in excerpt.parts)


def document(text: str, pages: tuple[int, ...] = ()) -> Extracted:
    at, headings = 0, []
    for line in text.split("\n"):
        if line.startswith("#"):
            headings.append(Heading(at, len(line) - len(line.lstrip("#")), line.lstrip("# ")))
        at += len(line) + 1
    return Extracted(text, "text/markdown", pages, tuple(headings))


def test_the_place_stands_between_whole_paragraphs_and_is_cited() -> None:
    start = LINES.index("Linha 200")
    found = cut(of_document(document(LINES), Wanted(start, start + 20, 300)), Wanted(start, start + 20, 300))
    before, cited, after = found.parts
    assert (cited.start, cited.end, cited.text, cited.cited) == (start, start + 20, LINES[start : start + 20], True)
    assert before.text.startswith("Linha ") and after.text.endswith("\n\n") and not before.cited and not after.cited
    assert found.start == before.start and found.end == after.end and found.length == len(LINES)
    assert start - 300 <= found.start and found.end <= start + 320


def test_reading_on_in_both_directions_gives_every_character_once() -> None:
    whole = document(LINES)
    wanted = Wanted(len(LINES) // 2, len(LINES) // 2 + 10, 700)
    first = cut(of_document(whole, wanted), wanted)
    texts, at = [told(first)], first.start
    while at > 0:
        wanted = Wanted(before=at, margin=700)
        page = cut(of_document(whole, wanted), wanted)
        assert page.end == at and page.start < at
        texts.insert(0, told(page))
        at = page.start
    at = first.end
    while at < len(LINES):
        wanted = Wanted(after=at, margin=700)
        page = cut(of_document(whole, wanted), wanted)
        assert page.start == at and page.end > at
        texts.append(told(page))
        at = page.end
    assert "".join(texts) == LINES


def test_pages_and_headings_are_told_where_they_change() -> None:
    text = "# Contrato\n\nUm.\n\n## Prazo\n\nDois.\n\n# Anexo\n\nTrês.\n"
    pages = (0, text.index("## Prazo"), text.index("# Anexo"))
    place = text.index("Dois")
    wanted = Wanted(place, place + 5)
    found = cut(of_document(document(text, pages), wanted), wanted)
    assert [(part.page, part.heading, part.cited) for part in found.parts] == [
        (1, ("Contrato",), False),
        (2, ("Contrato", "Prazo"), False),
        (2, ("Contrato", "Prazo"), True),  # what follows on this page is blank
        (3, ("Anexo",), False),
    ]


@pytest.mark.parametrize("wanted", [Wanted(9_999_999, 9_999_999), Wanted(after=9_999_999), Wanted(0, 0, 200), Wanted(before=0)])
def test_places_beyond_the_text_are_no_error(wanted: Wanted) -> None:
    for text in ("", "a", LINES):
        found = cut(of_document(document(text), wanted), wanted)
        assert 0 <= found.start <= found.end <= found.length == len(text)


def test_the_rows_of_a_table_keep_its_first_lines() -> None:
    head = TABLE[: TABLE.index("| bicho 0")]
    start = TABLE.index("| bicho 150")
    wanted = Wanted(start, TABLE.index("| bicho 152"), 400)
    for part in cut(of_document(document(TABLE), wanted), wanted).parts:
        assert part.text.startswith(head) and part.text.count("| --- |") == 1
    passages = list(chunks(document(TABLE), Chunking(200, 100)))
    later = [passage for passage in passages if passage.end > start]
    for part in cut(of_passages(later, len(TABLE)), wanted).parts:
        assert part.text.startswith(head)


def test_pieces_of_code_keep_their_fence() -> None:
    code = "".join(f"x{number} = {number}  # `{number}`\n" for number in range(200))
    text = f"Antes.\n\n```python\n{code}```\n\nDepois.\n"
    start = text.index("x100 =")
    wanted = Wanted(start, start + 8, 300)
    for part in cut(of_document(document(text), wanted), wanted).parts:
        assert part.text.startswith("```python\n") and part.text.endswith("\n```")
    whole = f"```py\n{code.rstrip()}\n```"
    wanted = Wanted(0, 0, 300)
    stretch = of_document(document(whole), wanted)
    [first] = cut(Stretch(0, stretch.text, len(whole), stretch.marks, code="py"), wanted).parts
    assert first.text.startswith("```py\nx0 = 0") and first.text.endswith("\n```") and first.text.count("```") == 2
    end = Wanted(before=len(whole), margin=300)
    [last] = cut(Stretch(0, whole, len(whole), (), code="py"), end).parts
    assert last.text.startswith("```py\nx") and last.text.endswith("x199 = 199  # `199`\n```")


def test_a_text_put_together_of_passages_is_the_text_but_for_blanks() -> None:
    random_ = random.Random(8)
    words = ["água", "pedra", "## Título", "fim.", "\n\n", "\n", "| a | b |", "日本語", "ver"]
    for _ in range(30):
        text = " ".join(random_.choices(words, k=400)).replace(" \n ", "\n").replace(" \n\n ", "\n\n").strip()
        passages = list(chunks(document(text), Chunking(100, random_.choice((0, 20, 50)))))
        made = of_passages(passages, len(text))
        assert (made.start, len(made.text)) == (0, len(text))
        assert [one for one, other in zip(made.text, text, strict=True) if one != other and not (one + other).isspace()] == []
        assert made.marks[0] == Mark(0, None, passages[0].heading)
