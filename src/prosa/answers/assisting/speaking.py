"""An assistant that answers in a conversation of the app, where its own words and the person's come together.

Whoever asks there runs no functions: those of the assistant aren't offered to the model.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from prosa.answers.assisting.pinned import Pinned
from prosa.answers.assisting.run_request import RunWish
from prosa.answers.assisting.translating import CODE, FILE_SEARCH, Ground, worded
from prosa.assistants import Assistant, FunctionTool, Tool

Fields = dict[str, Any]
"""Of a request of the Responses API: JSON."""
FOUND: Final = ("file_search_call.results", "code_interpreter_call.outputs")
"""What an answer in the app keeps of its tools: it is shown with it."""
_BOUND: Final = "max_output_tokens"


def spoken(assistant: Assistant, ground: Ground, usual: Fields, own: Fields) -> tuple[Fields, Pinned]:
    """What is asked where this assistant answers, and what the run keeps of it: `own` is what the question itself says, `usual`
    what holds where neither the question nor the assistant says anything.

    Instructions stand one behind the other, tools beside each other; of two bounds the lower one counts.
    """
    tools: list[Tool] = [tool for tool in assistant.definition.tools if not isinstance(tool, FunctionTool)]
    lent, pinned = worded(assistant, RunWish(assistant_id=assistant.shown, tools=tools), ground)
    del lent["conversation"]
    fields = usual | lent | own
    told = own.get("instructions", usual.get("instructions"))
    fields["instructions"] = "\n\n".join(text for text in (lent.get("instructions"), told) if text) or None
    fields["tools"] = together(lent.get("tools", ()), own.get("tools") or ())
    bounds = [found for found in (lent.get(_BOUND), own.get(_BOUND, usual.get(_BOUND))) if found is not None]
    fields[_BOUND] = min(bounds) if bounds else None
    return fields, msgspec.structs.replace(pinned, waits=False)


def together(lent: Sequence[Fields], own: Sequence[Mapping[str, Any]]) -> list[Fields]:
    """The assistant's tools and the question's. What both have is one, with the knowledge of both."""
    found = [dict(tool) for tool in lent]
    joined = {tool["type"]: tool for tool in found if tool["type"] in _JOINED}
    for tool in own:
        type = tool.get("type")
        if isinstance(type, str) and type in joined:
            _JOINED[type](joined[type], tool)
        else:
            found.append(dict(tool))
    return found


def _join_search(same: Fields, tool: Mapping[str, Any]) -> None:
    stores = _both(same.get("vector_store_ids"), tool.get("vector_store_ids"))
    same.update(tool)
    same["vector_store_ids"] = stores


def _join_code(same: Fields, tool: Mapping[str, Any]) -> None:
    container, before = tool.get("container"), same.get("container")
    same.update(tool)
    if isinstance(container, dict) and isinstance(before, dict):
        same["container"] = before | container | {"file_ids": _both(before.get("file_ids"), container.get("file_ids"))}


def _both(one: object, other: object) -> object:
    """Two lists as one; what is no list is told as it is, for the tool to refuse."""
    if not isinstance(other, list):
        return one if other is None else other
    first = one if isinstance(one, list) else []
    return [*first, *(each for each in other if each not in first)]


_JOINED: Final = {FILE_SEARCH: _join_search, CODE: _join_code}
