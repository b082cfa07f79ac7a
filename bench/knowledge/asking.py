"""Questions to a large store: `python -m bench.knowledge.asking ADDRESS COUNT` tells how long they take, and what memory.

With a third word, `off`, without pgvector.
"""

import asyncio
import json
import random
import sys
import time
from pathlib import Path
from typing import Final

from bench.finding import Language
from bench.knowledge.filling import SPACE, STORE, Numbers, address_of, an_index
from prosa.knowledge.retrieval import Ranker, SearchWish

_PAGE: Final = 4096
_MB: Final = 1024 * 1024


def _resident() -> float:
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE / _MB


async def ask(address: str, count: int, *, pgvector: bool = True) -> dict[str, float]:
    """By ranking: median and 95th of a hundred, in milliseconds of time, and the same of the processor's."""
    language, numbers = Language(random.Random(7)), Numbers(3)
    figures = {}
    async with an_index(address_of(address), pgvector=pgvector) as index:
        await index.search(SPACE, SearchWish(("0" * 32,), "nada", numbers.some(1)[0]))  # what is loaded at the first use is there
        before, began = _resident(), time.perf_counter()
        most = before
        await index.search(SPACE, SearchWish((STORE,), "nada", numbers.some(1)[0]))
        figures["first_ms"] = (time.perf_counter() - began) * 1000
        for ranker in Ranker:
            times, work = [], []
            for _ in range(count):
                asked = " ".join([*language.words(language.chance.choice((1, 2, 4, 8))), "para", "que"])
                wish = SearchWish((STORE,), asked, numbers.some(1)[0], ranker=ranker)
                began, busy = time.perf_counter(), time.process_time()
                await index.search(SPACE, wish)
                times.append((time.perf_counter() - began) * 1000)
                work.append((time.process_time() - busy) * 1000)
                most = max(most, _resident())
            times.sort()
            work.sort()
            figures[f"{ranker.name.lower()}_p50_ms"] = times[count // 2]
            figures[f"{ranker.name.lower()}_p95_ms"] = times[count * 95 // 100]
            figures[f"{ranker.name.lower()}_cpu_ms"] = work[count // 2]
            figures[f"{ranker.name.lower()}_cpu_p95_ms"] = work[count * 95 // 100]
    return figures | {"memory_mb": most - before}


if __name__ == "__main__":
    print(json.dumps(asyncio.run(ask(sys.argv[1], int(sys.argv[2]), pgvector=sys.argv[3:] != ["off"]))))
