"""What is being answered in a conversation ends with it."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from prosa.conversations.shelf.models import EndRun
from prosa.conversations.shelf.store import ShelfStore
from prosa.kit.errors import NotFound

_ATTEMPTS: Final = 10


async def end_runs(store: ShelfStore, space: str, ids: Sequence[str], end_run: EndRun) -> None:
    """End what is open in these conversations, also what began while that was being done."""
    for _ in range(_ATTEMPTS):
        open_ones = await store.open_runs(space, ids)
        if not open_ones:
            return
        for run_id in open_ones:  # those that wait first: none of them is to begin because the one before it ends
            with suppress(NotFound):
                await end_run(space, run_id)
        await asyncio.sleep(0)
