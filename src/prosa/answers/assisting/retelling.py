"""A run's log as it is followed in the Assistants API: frames of server-sent events, numbered as the log is."""

from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import aclosing
from typing import Final

from prosa.answers.assisting.showing import Facts
from prosa.answers.assisting.story import PIECE, Story
from prosa.runs import Engine

DONE: Final = b"event: done\ndata: [DONE]\n\n"
"""What stands at the end of every stream."""
Named = tuple[str, bytes]
_NUMBERED: Final = b"id: %d\nevent: %b\ndata: %b\n\n"


class Frames:
    """What some of a log gives: for each of its events the events of the Assistants API.

    The last frame of each has its number as the id: who comes again with it misses nothing, and gets again at most the frames of
    one event.
    """

    def __init__(self, told: Sequence[bytes]) -> None:
        self._told = told

    def frames(self, *, ids: bool = True) -> Iterator[bytes]:
        """Pieces of whole frames, in this dialect with `ids` always."""
        assert ids
        yield b"".join(self._told)


def _framed(number: int | None, events: Sequence[Named]) -> bytes:
    frames = [b"event: " + name.encode() + b"\ndata: " + data + b"\n\n" for name, data in events]
    if number is not None:
        frames[-1] = b"id: %d\n" % number + frames[-1]
    return b"".join(frames)


async def retold(
    engine: Engine, facts: Facts, after: int = -1, *, first: Sequence[Named] = (), through: bool = False
) -> AsyncGenerator[Frames, None]:
    """What the log's events after this number give, as they come, behind what is told `first`; to the run's end, or until it
    waits for the client, which a stream that goes `through` outlasts. Raises as `Engine.follow`."""
    story, run = Story(facts), facts.run
    if first:
        yield Frames([_framed(None, first)])
    async with aclosing(engine.follow(run)) as batches:
        async for batch in batches:
            ended_at = batch.ended_at
            if batch.final and ended_at is None:
                ended_at = (await engine.get(run.space, run.id)).ended_at
            told: list[bytes] = []
            for number, data in enumerate(batch.payload.split(b"\n"), batch.first):
                if number > after and (piece := story.piece(data)) is not None:
                    told.append(_NUMBERED % (number, PIECE, piece))
                    continue
                waited, telling = story.waits, number > after
                if events := story.feed(data, telling=telling, ended_at=ended_at):
                    told.append(_framed(number, events))
                if not through and telling and story.waits and not waited:
                    yield Frames(told)
                    return
            if told:
                yield Frames(told)
