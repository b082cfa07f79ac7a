"""What is told of a test that hangs."""

import asyncio
import io

from checks.hanging import tell


async def test_every_task_tells_what_it_waits_for() -> None:
    async def stuck() -> None:
        await deeper()

    async def deeper() -> None:
        await asyncio.Event().wait()

    task = asyncio.create_task(stuck(), name="the one that hangs")
    await asyncio.sleep(0)
    out = io.StringIO()
    tell(out)
    task.cancel()
    told = out.getvalue()
    names = ("the one that hangs\n", "test_hanging.py:11 stuck\n", "test_hanging.py:14 deeper\n", "locks.py:", "Future")
    places = [told.find(name) for name in names]
    assert min(places) >= 0 and sorted(places) == places, told
