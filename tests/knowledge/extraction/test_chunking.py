"""Passages: cut where the document is divided itself, complete, in order, and not longer than they may be."""

import random

import pytest

from prosa.knowledge.extraction import Chunking, Extracted, Heading, chunks

SMALL = Chunking(100, 0)  # 400 characters


def document(text: str, pages: tuple[int, ...] = ()) -> Extracted:
    """With its headings."""
    found, at = [], 0
    for line in text.split("\n"):
        if line.startswith("#"):
            found.append(Heading(at, len(line) - len(line.lstrip("#")), line.lstrip("# ")))
        at += len(line) + 1
    return Extracted(text, "text/markdown", pages, tuple(found))


def test_a_short_document_is_one_passage() -> None:
    [passage] = chunks(document("# A\n\nfine\n"), SMALL)
    assert (passage.text, passage.heading, passage.page, passage.start, passage.end) == ("# A\n\nfine", ("A",), None, 0, 9)
    assert list(chunks(document(" \n\n "), SMALL)) == []


def test_passages_know_their_page_and_the_headings_above() -> None:
    text = "# A\n\n" + "a " * 150 + "\n\n## B\n\n" + "b " * 150 + "\n\n# C\n\n" + "c " * 150
    found = list(chunks(document(text, (0, text.index("## B"), text.index("# C"))), SMALL))
    assert [(each.heading, each.page) for each in found] == [(("A",), 1), (("A", "B"), 2), (("C",), 3)]
    assert [each.text.split()[1] for each in found] == ["A", "B", "C"]


def test_paragraphs_are_kept_whole_and_what_ends_a_passage_begins_the_next() -> None:
    paragraphs = [f"{number} " + "word " * 19 + "end" for number in range(20)]
    found = list(chunks(document("\n\n".join(paragraphs)), Chunking(100, 30)))
    assert all(each.text[0].isdigit() and each.text.endswith("end") for each in found)
    firsts = [each.text.split("\n\n")[0] for each in found[1:]]
    lasts = [each.text.split("\n\n")[-1] for each in found[:-1]]
    assert firsts == lasts


def test_a_table_cut_apart_keeps_its_header_in_every_passage() -> None:
    rows = [f"| row {number} | {number * 7} |" for number in range(60)]
    text = "before\n\n| Name | Value |\n| --- | --- |\n" + "\n".join(rows) + "\n\nafter"
    found = [each for each in chunks(document(text), SMALL) if "row" in each.text]
    assert len(found) >= 3 and all("| Name | Value |\n| --- | --- |\n| row" in each.text for each in found)
    assert [row for each in found for row in each.text.split("\n") if row.startswith("| row")] == rows
    assert all(len(each.text) <= 400 for each in found)


def test_letters_of_several_bytes_make_shorter_passages() -> None:
    assert max(len(each.text) for each in chunks(document("水" * 3_000), SMALL)) <= 134
    assert max(len(each.text) for each in chunks(document("x" * 3_000), SMALL)) == 400


@pytest.mark.parametrize("seed", range(8))
def test_passages_are_within_their_bounds_and_leave_nothing_out(seed: int) -> None:
    chance = random.Random(seed)
    marks = ["\n", "\n\n", " ", ". ", "# x\n", "| a | b |\n", "|---|---|\n", "\t", " " * 300, "\n" * 300]
    kinds = [*marks, "word", "y" * 300, "ção", "水火"]
    text = "".join(chance.choice(kinds) for _ in range(800))
    pages = tuple(sorted({0, *(chance.randrange(len(text)) for _ in range(5))}))
    overlap = chance.choice((0, 20, 50))
    found = list(chunks(document(text, pages), Chunking(100, overlap)))
    covered = bytearray(len(text))
    for each in found:
        assert each.text.endswith(text[each.start : each.end]) and len(each.text) <= 400 and each.page
        covered[each.start : each.end] = b"\1" * (each.end - each.start)
    assert all(text[at].isspace() for at in range(len(text)) if not covered[at])
    assert [each.start for each in found] == sorted({each.start for each in found})
    assert all(after.start <= before.end or text[before.end : after.start].isspace() for before, after in zip(found, found[1:]))  # noqa: RUF007, B905  # as it reads
