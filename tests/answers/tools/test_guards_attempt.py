"""The time of a tool's call by itself."""

import asyncio

from prosa.answers.tools import Calculator, ToolContext, attempt

CONTEXT = ToolContext("ana", "0" * 32, "call_1", 0.0, {})


class Slow(Calculator):
    """Answers after a while."""

    async def call(self, arguments: bytes, context: ToolContext) -> str:
        await asyncio.sleep(0.5)
        return "42"


async def test_a_tool_that_takes_too_long_has_no_result() -> None:
    result = await attempt(Slow(), "{}", CONTEXT, 0.01)
    assert result.failed and "42" not in result.output and "0.01 seconds" in result.output
    assert (await attempt(Slow(), "{}", CONTEXT, 5.0)).output == "42"
