"""Tools that the server runs itself, behind one port."""

from prosa.answers.tools.attempt import ToolResult, attempt
from prosa.answers.tools.calculator import Calculator
from prosa.answers.tools.clock_tool import CurrentTime
from prosa.answers.tools.port import Tool, ToolContext, ToolFailed

BUILT_IN: tuple[Tool, ...] = (CurrentTime(), Calculator())

__all__ = ["BUILT_IN", "Calculator", "CurrentTime", "Tool", "ToolContext", "ToolFailed", "ToolResult", "attempt"]
