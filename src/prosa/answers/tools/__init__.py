"""Tools that the server runs itself, behind one port."""

from prosa.answers.tools.attempt import ToolResult, attempt
from prosa.answers.tools.calculator import Calculator
from prosa.answers.tools.clock_tool import CurrentTime
from prosa.answers.tools.code_interpreter import CodeInterpreter, ContainerNotFound, Containing
from prosa.answers.tools.file_search import FileSearch
from prosa.answers.tools.port import Admitting, Answered, Granted, Preparing, Tool, ToolContext, ToolFailed

BUILT_IN: tuple[Tool, ...] = (CurrentTime(), Calculator())

__all__ = [
    "BUILT_IN",
    "Admitting",
    "Answered",
    "Calculator",
    "CodeInterpreter",
    "ContainerNotFound",
    "Containing",
    "CurrentTime",
    "FileSearch",
    "Granted",
    "Preparing",
    "Tool",
    "ToolContext",
    "ToolFailed",
    "ToolResult",
    "attempt",
]
