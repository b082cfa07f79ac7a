"""One child with the model: begun by the first question, ended when nobody asked for a while."""

import asyncio
import logging
import struct
from collections import deque
from collections.abc import AsyncIterator, Sequence
from typing import Final

import msgspec

from prosa.drivers.children import Bounds, ChildFailed, frame, talking

MODULE: Final = "prosa.knowledge.offline.child"
BOUNDS: Final = Bounds(processor_seconds=1 << 30, memory=2 << 30)
IDLE: Final = 600.0  # seconds after which the child ends
TOGETHER: Final = 4  # texts of one question to it, so that others' come in between
DIMENSIONS: Final = 384
_TOKENS: Final = struct.Struct(">I")

Answer = asyncio.Future[bytes]
_logger: Final = logging.getLogger("prosa.knowledge")
_encode: Final = msgspec.json.Encoder().encode


class Worker:
    """Asks the child. One for each process."""

    def __init__(self, idle: float = IDLE, module: str = MODULE) -> None:
        self._idle = idle
        self._module = module
        self._asked: deque[Answer] = deque()  # what the child has been asked and hasn't answered
        self._questions: asyncio.Queue[tuple[bytes, Answer]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def embed(self, texts: Sequence[str]) -> tuple[int, list[bytes]]:
        """How many tokens the texts have, and their vectors. Raises ChildFailed."""
        tokens, vectors = 0, list[bytes]()
        for begin in range(0, len(texts), TOGETHER):
            some = texts[begin : begin + TOGETHER]
            answer = await self._ask(_encode(some))
            tokens += _TOKENS.unpack_from(answer)[0]
            found = answer[_TOKENS.size :]
            size = DIMENSIONS * 4
            vectors += [found[place : place + size] for place in range(0, len(found), size)]
        return tokens, vectors

    async def aclose(self) -> None:
        """End the child; who waits is told that it failed."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.wait([task])

    async def _ask(self, question: bytes) -> bytes:
        answer: Answer = asyncio.get_running_loop().create_future()
        self._questions.put_nowait((question, answer))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        return await answer

    async def _run(self) -> None:
        reason = ""
        try:
            while True:
                async with talking(self._module, self._pieces(), BOUNDS) as found:
                    async for answer in found:
                        asked = self._asked.popleft()
                        if not asked.done():
                            asked.set_result(answer)
                if self._questions.empty():
                    return  # it was idle
        except ChildFailed as error:
            reason = error.reason
            _logger.warning("the offline embedding model failed: %s", reason)
        finally:
            self._give_up(reason)

    async def _pieces(self) -> AsyncIterator[bytes]:
        """Questions as they come; ends after a time without any."""
        while True:
            try:
                async with asyncio.timeout(self._idle):
                    question, answer = await self._questions.get()
            except TimeoutError:
                if self._asked:
                    continue
                return
            self._asked.append(answer)
            yield frame(question)

    def _give_up(self, reason: str) -> None:
        while not self._questions.empty():
            self._asked.append(self._questions.get_nowait()[1])
        while self._asked:
            answer = self._asked.popleft()
            if not answer.done():
                answer.set_exception(ChildFailed(reason))
