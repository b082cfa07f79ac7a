"""Marks of sources in a model's words: found however the words are cut, and nothing else taken for one."""

import random

import pytest

from prosa.answers.asking.citing import Citing
from prosa.answers.responses import Source

SOURCES = {"4:0": Source("4:0", "file-a", "a.md"), "4:1": Source("4:1", "file-b", "b.md")}
WORDS = "Anselmo【4:0†source】 e Benedita【4:1†b.md】【4:0】; não【9:9†source】 nem 【x】 ou 【" + "y" * 300 + "】 fim【4:0"
PLAIN = "Anselmo e Benedita; não【9:9†source】 nem 【x】 ou 【" + "y" * 300 + "】 fim【4:0"


@pytest.mark.parametrize("seed", range(20))
def test_marks_are_found_however_the_words_are_cut(seed: int) -> None:
    chance = random.Random(seed)
    kept, bare = Citing(SOURCES, keep=True), Citing(SOURCES, keep=False)
    told, left, rest = [], [], WORDS
    while rest:
        size = chance.randint(1, 30)
        told += kept.feed(rest[:size])
        left += bare.feed(rest[:size])
        rest = rest[size:]
    told += kept.rest()
    left += bare.rest()
    assert "".join(words for words, _ in told) == WORDS
    assert "".join(words for words, _ in left) == PLAIN
    for found in (told, left):
        assert [source.file_id for _, source in found if source is not None] == ["file-a", "file-b", "file-a"]
    assert [words for words, source in told if source is not None] == ["【4:0†source】", "【4:1†b.md】", "【4:0】"]


def test_words_without_brackets_pass_at_once() -> None:
    citing = Citing(SOURCES, keep=False)
    assert citing.feed("plain") == [("plain", None)] and citing.feed("【4") == [] and citing.feed(" no") == []
    assert "".join(words for words, _ in [*citing.feed("】 more"), *citing.rest()]) == "【4 no】 more"
