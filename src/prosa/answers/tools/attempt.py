"""One call of a built-in tool: bounded in time, and always with a result that the model can read."""

import asyncio
import logging
from dataclasses import dataclass
from typing import Final

from prosa.answers.tools.port import Answered, Tool, ToolContext, ToolFailed

_log = logging.getLogger(__name__)

LONGEST_OUTPUT: Final = 64 * 1024  # characters of a result that the model hears


@dataclass(frozen=True, slots=True)
class ToolResult:
    """What a call came to: the text for the model, whether it failed and why, and what a hosted tool's item shows."""

    output: str
    failed: bool = False
    answered: Answered | None = None
    fault: ToolFailed | None = None


async def attempt(tool: Tool, arguments: str, context: ToolContext, seconds: float) -> ToolResult:
    """Call a tool. Whatever goes wrong becomes a failed result: a run doesn't end because a tool did."""
    try:
        async with asyncio.timeout(seconds):
            found = await tool.call(arguments.encode("utf-8", "replace"), context)
    except ToolFailed as error:
        return ToolResult(f"Error: {error.message}", failed=True, fault=error)
    except TimeoutError:
        return ToolResult(f"Error: the tool didn't answer within {seconds:g} seconds.", failed=True)
    except Exception:
        # The tool-call edge: a defect of a tool is told to the log, and to the model only that there is one.
        _log.exception("a tool failed: %s", tool.name)
        return ToolResult("Error: the tool failed.", failed=True)
    answered = found if isinstance(found, Answered) else None
    output = found.output if isinstance(found, Answered) else found
    if len(output) > LONGEST_OUTPUT:
        output = output[:LONGEST_OUTPUT] + "\n[cut off]"
    return ToolResult(output, answered=answered)
