"""What a caller gets for a request: an answer that is being given, stored or passing."""

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from prosa.answers.settling import shown_last
from prosa.runs import Batch, Run

Follow = Callable[[int], AsyncGenerator[Batch, None]]


@dataclass(frozen=True, slots=True)
class Given:
    """An answer under way. `stored`: it goes on without a reader, and can be read again by its run's id."""

    run: Run
    stored: bool
    _follow: Follow
    heard: Sequence[
        bytes
    ] = ()  # of an answer that isn't stored: the items that the model hears, so that a caller can go on from it

    def follow(self, after: int = -1) -> AsyncGenerator[Batch, None]:
        """The events after this number, as they come. Close it (`aclosing`) when leaving early: an answer that isn't stored ends
        by that; of such a one there is one reader, from its beginning on.

        Raises what `Engine.follow` raises.
        """
        return self._follow(after)

    async def response(self) -> bytes:
        """The response object, once it has ended."""
        last = b""
        async with aclosing(self.follow()) as batches:
            async for batch in batches:
                last = batch.payload
        return shown_last(last[last.rfind(b"\n") + 1 :])
