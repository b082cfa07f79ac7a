"""Tools of other servers in answers: who names the servers, what they offer, and whose word a call needs."""

from prosa.answers.servers.approvals import Approvals
from prosa.answers.servers.entries import header_lines
from prosa.answers.servers.errors import ToolServerNotFound
from prosa.answers.servers.models import (
    Allowed,
    Approval,
    Decision,
    Entrance,
    Label,
    NamedServer,
    ToolServerSettings,
)
from prosa.answers.servers.service import ToolServers

__all__ = [
    "Allowed",
    "Approval",
    "Approvals",
    "Decision",
    "Entrance",
    "Label",
    "NamedServer",
    "ToolServerNotFound",
    "ToolServerSettings",
    "ToolServers",
    "header_lines",
]
