"""Tool servers of others, over the Model Context Protocol."""

from prosa.drivers.mcp.client import MOST_BYTES, MOST_TOOLS, ToolClient
from prosa.drivers.mcp.errors import ToolChanged, ToolServerFailed
from prosa.drivers.mcp.models import OfferedTool, ToolAnswer, ToolServer

__all__ = ["MOST_BYTES", "MOST_TOOLS", "OfferedTool", "ToolAnswer", "ToolChanged", "ToolClient", "ToolServer", "ToolServerFailed"]
