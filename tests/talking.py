"""What a test asks a running prosa from outside."""

import re

import httpx2

_LINE = re.compile(r"^(\w+)(?:\{(.*)\})? (\S+)$")


async def metric(base: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples that carry these labels, as `/metrics` tells it."""
    async with httpx2.AsyncClient() as client:
        text = (await client.get(f"{base}/metrics")).text
    wanted = [f'{key}="{value}"' for key, value in labels.items()]
    total = 0.0
    for line in text.splitlines():
        found = _LINE.match(line)
        if found and found[1] == name and all(one in (found[2] or "") for one in wanted):
            total += float(found[3])
    return total
