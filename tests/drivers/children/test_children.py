"""Children have their bounds, and end with those who talk to them."""

import logging
from collections.abc import AsyncIterator

import pytest

from prosa.drivers.children import Bounds, ChildFailed, answer, talking
from prosa.kit.errors import BadRequest

PARROT = "tests.drivers.children.parrot"
BOUNDS = Bounds(seconds=20.0, processor_seconds=10, memory=1 << 30)


async def words(*told: str) -> AsyncIterator[bytes]:
    """What the child hears."""
    for word in told:
        yield word.encode() + b"\n"


async def test_a_child_answers_without_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PROSA_SECRET", "x")
    async with talking(PARROT, words("one", "environment"), BOUNDS) as frames:
        first, second = [frame async for frame in frames]
    assert first == b"one" and b"PROSA_SECRET" not in second
    assert (await answer(PARROT, b"a\nb\n", BOUNDS)) == b"\0\0\0\1a\0\0\0\1b"


@pytest.mark.parametrize("word", ["fail", "grow"])
async def test_a_child_that_fails_tells_no_words_of_its_own(word: str, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(ChildFailed) as failed:
        async with talking(PARROT, words("one", word), BOUNDS) as frames:
            assert [frame async for frame in frames] == []
    assert failed.value.reason == ("ValueError" if word == "fail" else "MemoryError") and "secret" not in caplog.text
    with pytest.raises(ChildFailed):
        await answer(PARROT, word.encode(), BOUNDS)


async def test_a_child_has_its_time_and_ends_with_its_caller() -> None:
    with pytest.raises(ChildFailed):
        await answer(PARROT, b"sleep\n", Bounds(seconds=0.5))
    async with talking(PARROT, words("one", "sleep"), BOUNDS) as frames:
        assert await anext(frames) == b"one"  # and leave: the child is gone when this returns


async def test_what_the_pieces_raise_is_what_is_told() -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"one\n"
        raise BadRequest("damaged")

    with pytest.raises(BadRequest):
        async with talking(PARROT, broken(), BOUNDS) as frames:
            async for _ in frames:
                pass
