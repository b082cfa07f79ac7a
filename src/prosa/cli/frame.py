"""What every group of commands stands on: the groups of the help, examples, and how a command's work is run."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING

from cyclopts import Group

from prosa.cli.terminal import complain

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from prosa.administration import Administration
    from prosa.cli.port import BootPort, Workshop
    from prosa.identity import IdentityParts

RUN, LOOK, PEOPLE, KEEP, SHELL = (
    Group(name, sort_key=place) for place, name in enumerate(("Run", "Look", "People", "Keep", "Shell"))
)


def examples(*lines: str) -> str:
    """The examples below a command's help."""
    return "\n".join(("Examples:", *(f"  prosa {line}" for line in lines)))


def run(work: Coroutine[None, None, int]) -> int:
    """Run a command's asynchronous part; SIGTERM ends it as Ctrl+C does."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        return 0


def with_identity(port: "BootPort", work: "Callable[[IdentityParts], Awaitable[int]]") -> int:
    """Run a command that looks at people and their credentials, or changes them, beside a running server or without one."""
    from prosa.kit.errors import ProsaError

    try:
        return run(_within(port.identity(), work))
    except ProsaError as error:
        complain(error.message)
        return 1


def with_administration(port: "BootPort", work: "Callable[[Administration], Awaitable[int]]") -> int:
    """The same for a command that looks at what is administered, or changes it."""
    from prosa.kit.errors import ProsaError

    try:
        return run(_administering(port.administration(), work))
    except ProsaError as error:
        complain(error.message)
        return 1


async def _administering(
    opened: "AbstractAsyncContextManager[Administration]", work: "Callable[[Administration], Awaitable[int]]"
) -> int:
    async with opened as administration:
        return await work(administration)


def with_workshop(port: "BootPort", work: "Callable[[Workshop], Awaitable[int]]", *, aside: bool = False) -> int:
    """The same for a command that works with what people have stored; `aside`: see `BootPort.workshop`."""
    from prosa.kit.errors import ProsaError

    try:
        return run(_working(port.workshop(aside=aside), work))
    except ProsaError as error:
        complain(error.message)
        return 1


async def _working(opened: "AbstractAsyncContextManager[Workshop]", work: "Callable[[Workshop], Awaitable[int]]") -> int:
    async with opened as shop:
        return await work(shop)


async def _within(parts: "AbstractAsyncContextManager[IdentityParts]", work: "Callable[[IdentityParts], Awaitable[int]]") -> int:
    async with parts as identity:
        return await work(identity)
