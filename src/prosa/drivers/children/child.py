"""A child process: asked once for one answer, or talked to in frames."""

import asyncio
import logging
import os
import re
import sys
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator
from contextlib import aclosing, asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Final

from prosa.drivers.children.confinement import HEAD, length_of
from prosa.kit.errors import ProsaError

_logger = logging.getLogger("prosa.children")
_PIECE: Final = 1 << 16
_ONE_THREAD: Final = {"OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}  # a child has one processor
_KIND: Final = re.compile(r"^(?:[A-Za-z_]\w*\.)*([A-Z]\w*(?:Error|Exception))\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Bounds:
    """`seconds` on the clock (for one answer), `processor_seconds`, and bytes of `memory` that it may have in all."""

    seconds: float = 120.0
    processor_seconds: int = 60
    memory: int = 2 << 30


class ChildFailed(ProsaError):
    """The child ended without an answer: its work was beyond its bounds, or has a mistake that nobody foresaw."""

    def __init__(self, reason: str = "") -> None:
        super().__init__("The work could not be done within its bounds.")
        self.reason = reason


async def answer(module: str, order: bytes, bounds: Bounds) -> bytes:
    """What the module, run as a process, writes when it has read the order. Raises ChildFailed."""
    child = await _started(module, bounds)
    try:
        async with asyncio.timeout(bounds.seconds):
            found, complaint = await child.communicate(order)
    except TimeoutError as error:
        raise ChildFailed("it took too long") from error
    finally:
        await _end(child)
    if child.returncode != 0:
        raise _failure(module, child, complaint)
    return found


@asynccontextmanager
async def talking(module: str, pieces: AsyncIterable[bytes], bounds: Bounds) -> AsyncIterator[AsyncIterator[bytes]]:
    """Feed the pieces to the module, run as a process; gives the frames that it answers with, as they come.

    The frames raise ChildFailed where it fails, and whatever the pieces raise. What is left early ends the child.
    """
    child = await _started(module, bounds)
    feeding = asyncio.create_task(_feed(child, pieces))
    try:
        async with aclosing(_frames(module, child, feeding)) as frames:
            yield frames
    finally:
        feeding.cancel()
        await asyncio.wait([feeding])
        await _end(child)


async def _started(module: str, bounds: Bounds) -> asyncio.subprocess.Process:
    pipe = asyncio.subprocess.PIPE
    around = {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)} | _ONE_THREAD
    limits = (str(bounds.processor_seconds), str(bounds.memory))
    try:
        # Without the environment, in which secrets may be; what we can import it can.
        return await asyncio.create_subprocess_exec(
            *(sys.executable, "-X", "utf8", "-m", module, *limits), stdin=pipe, stdout=pipe, stderr=pipe, env=around
        )
    except OSError as error:
        raise ChildFailed("no process for it") from error


async def _feed(child: asyncio.subprocess.Process, pieces: AsyncIterable[bytes]) -> None:
    assert child.stdin is not None
    with suppress(BrokenPipeError, ConnectionResetError):  # it has ended; its frames tell why
        async for piece in pieces:
            child.stdin.write(piece)
            await child.stdin.drain()
        child.stdin.close()


async def _frames(module: str, child: asyncio.subprocess.Process, feeding: "asyncio.Task[None]") -> AsyncGenerator[bytes, None]:
    assert child.stdout is not None and child.stderr is not None
    complaining = asyncio.create_task(_complaint(child.stderr))
    try:
        while True:
            reading = asyncio.ensure_future(child.stdout.readexactly(HEAD))
            await _first(reading, feeding)
            try:
                head = await reading
            except asyncio.IncompleteReadError:
                break
            yield await child.stdout.readexactly(length_of(head))
        if await child.wait() != 0:
            raise _failure(module, child, await complaining)
        await feeding
    except asyncio.IncompleteReadError as error:
        raise ChildFailed("its answer was cut off") from error
    finally:
        complaining.cancel()


async def _first(reading: "asyncio.Future[bytes]", feeding: "asyncio.Task[None]") -> None:
    """Wait for the child; where feeding it fails, that is what is told."""
    while not reading.done():
        waiting: set[asyncio.Future[bytes] | asyncio.Task[None]] = {reading} if feeding.done() else {reading, feeding}
        try:
            await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        except asyncio.CancelledError:
            reading.cancel()
            raise
        if feeding.done() and not feeding.cancelled() and feeding.exception() is not None:
            reading.cancel()
            await feeding


async def _complaint(stream: asyncio.StreamReader) -> bytes:
    """The end of what the child complains of; all of it is taken, so that it never waits."""
    held = b""
    while piece := await stream.read(_PIECE):
        held = (held + piece)[-_PIECE:]
    return held


def _failure(module: str, child: asyncio.subprocess.Process, complaint: bytes) -> ChildFailed:
    # Only the kind of the mistake: its words may hold what somebody wrote.
    kinds = _KIND.findall(complaint.decode("utf-8", "replace"))
    reason = kinds[-1] if kinds else f"status {child.returncode}"
    _logger.warning("a process of %s failed: %s", module.rpartition(".")[2], reason)
    return ChildFailed(reason)


async def _end(child: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        child.kill()
    await child.wait()
