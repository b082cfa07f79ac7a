"""Which calls are made at once, and which once somebody has approved (docs/guides/tools-mcp.md, attacks.md I1, I2, G8).

The rule is here and not in a prompt, so that a model which obeys whatever it reads can't go past it.
"""

from collections.abc import Iterable
from typing import Final

import msgspec

from prosa.answers.responses import CodeCall, FileSearchCall, OutputItem, ServedCall
from prosa.answers.servers.models import Allowed, Approval, Known, Server, ToolFilter

# Items that bring words of somebody else.
_FOREIGN: Final = frozenset(
    {
        *("file_search_call", "code_interpreter_call", "mcp_call", "web_search_call", "image_generation_call"),
        *("function_call_output", "custom_tool_call_output", "compaction", "compaction_summary"),
    }
)
_PARTS: Final = (b'"type":"input_file"', b'"type":"input_image"', b"This is a summary of what was said before")


class _Head(msgspec.Struct):
    type: str = "message"


_head: Final = msgspec.json.Decoder(_Head).decode


def foreign(items: Iterable[bytes]) -> bool:
    """Whether among these items stands what the caller didn't write: documents, files, pictures, what tools gave, summaries."""
    return any(_head(item).type in _FOREIGN or any(part in item for part in _PARTS) for item in items)


def foreign_said(items: Iterable[OutputItem]) -> bool:
    """The same for what was said in this answer."""
    return any(isinstance(item, FileSearchCall | CodeCall | ServedCall) for item in items)


def asks(server: Server, known: Known, *, untrusted: bool) -> bool:
    """Whether somebody has to approve a call. `untrusted`: words of somebody else stand in what the model hears."""
    wish, named = server.entry.require_approval, server.named
    if known.changed:
        return True
    if named is None:
        return _wanted("always" if wish is None else wish, known)
    if _wanted(named.require_approval, known) or (wish is not None and _wanted(wish, known)):
        return True
    # Who says "never" here and now has decided; the operator's word and an assistant's are older than what the model has read.
    return wish is None and untrusted and not known.harmless


def offered(allowed: Allowed | None, known: Known) -> bool:
    """Whether a request or the operator lets the model know of a tool."""
    if allowed is None:
        return True
    if isinstance(allowed, list):
        return known.name in allowed
    return _fits(allowed, known)


def _wanted(approval: Approval, known: Known) -> bool:
    if isinstance(approval, str):
        return approval == "always"
    if approval.always is not None and _names_something(approval.always) and _fits(approval.always, known):
        return True
    return approval.never is None or not _names_something(approval.never) or not _fits(approval.never, known)


def _names_something(filter: ToolFilter) -> bool:
    return filter.read_only is not None or filter.tool_names is not None


def _fits(filter: ToolFilter, known: Known) -> bool:
    named = filter.tool_names is None or known.name in filter.tool_names
    return named and (filter.read_only is None or filter.read_only == known.read_only)
