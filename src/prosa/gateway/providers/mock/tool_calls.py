"""Chooses the tools that the mock calls, and their arguments."""

import msgspec

from prosa.gateway.providers.mock.models import ToolCall
from prosa.gateway.providers.mock.requests import ChatRequest, Function, NamedTool, digest
from prosa.gateway.providers.mock.schema import instance
from prosa.gateway.providers.mock.vocabulary import Directions


def tool_calls(request: ChatRequest, directions: Directions, identity: str) -> tuple[ToolCall, ...]:
    """The calls of this answer: none once the tools were called `rounds` times since the user last spoke."""
    if request.tool_choice == "none" or request.tool_rounds() >= directions.rounds:
        return ()
    chosen = _from_offer(request, directions) if directions.tool_calls is None else _spelled_out(request, directions)
    if request.parallel_tool_calls is False:
        chosen = chosen[:1]
    return tuple(
        ToolCall("call_" + digest(identity.encode(), b"%d" % number)[:24], name, arguments)
        for number, (name, arguments) in enumerate(chosen)
    )


def _spelled_out(request: ChatRequest, directions: Directions) -> list[tuple[str, str]]:
    return [
        (call.name, call.arguments if isinstance(call.arguments, str) else _arguments(request, call.name, call.arguments))
        for call in directions.tool_calls or ()
    ]


def _from_offer(request: ChatRequest, directions: Directions) -> list[tuple[str, str]]:
    offered = [function.name for function in _functions(request)]
    choice, wanted = request.tool_choice, directions.tools
    if isinstance(choice, NamedTool):
        names = [choice.function.name] if choice.function else []
    elif wanted == "all":
        names = offered
    elif wanted and wanted != "auto":
        names = [name for part in wanted.split(",") if (name := part.strip())]
    else:
        names = offered[:1] if wanted or choice == "required" else []
    return [(name, _arguments(request, name, None)) for name in names]


def _arguments(request: ChatRequest, name: str, given: dict[str, object] | None) -> str:
    """Arguments as JSON text: the given ones, else some that fit the tool's schema."""
    if given is not None:
        return msgspec.json.encode(given).decode()
    schema = next((function.parameters for function in _functions(request) if function.name == name), None)
    built = instance({"type": "object"} | (schema or {}))
    return msgspec.json.encode(built if isinstance(built, dict) else {}).decode()


def _functions(request: ChatRequest) -> list[Function]:
    return [tool.function for tool in request.tools or () if tool.function]
