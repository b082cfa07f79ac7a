"""What a run asks of the model: an assistant and a wish, as a request of the Responses API."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec import Raw

from prosa.answers.assisting.pinned import AUTO, Pinned, Truncation
from prosa.answers.assisting.resources import Resources
from prosa.answers.assisting.run_request import RunWish
from prosa.answers.responses import MCP, InvalidValue, ResponseRequest
from prosa.answers.responses.checking import checked
from prosa.assistants import (
    Assistant,
    CodeInterpreterTool,
    FileSearchTool,
    Format,
    FunctionTool,
    JsonObject,
    JsonSchema,
    ServerTool,
    Tool,
)
from prosa.conversations import CONVERSATION

FILE_SEARCH: Final = "file_search"
CODE: Final = "code_interpreter"
_STORE: Final = "vs_"
_FILE: Final = "file-"
# A step shows what its tools found; whether in words, whoever reads it says.
_FOUND: Final = ["file_search_call.results", "code_interpreter_call.outputs"]
_encode: Final = msgspec.json.Encoder().encode


@dataclass(frozen=True, slots=True)
class Ground:
    """In what a run is asked: its conversation, what its thread's tools get, and what the run's alone get in the place of the
    assistant's; `offered`: the types of tools that the server itself runs."""

    conversation_id: str
    resources: Resources
    instead: Resources | None = None
    offered: Collection[str] = ()


class _Chosen(msgspec.Struct, forbid_unknown_fields=True):
    """A tool that must be called."""

    type: str
    function: "_Named | None" = None


class _Named(msgspec.Struct, forbid_unknown_fields=True):
    name: str


_choice: Final = msgspec.json.Decoder(str | _Chosen | None)


def translated(assistant: Assistant, wish: RunWish, ground: Ground) -> tuple[ResponseRequest, Pinned]:
    """The request to the model, without input, and what the run keeps beside it. Raises BadRequest naming the field."""
    fields, pinned = worded(assistant, wish, ground)
    return ResponseRequest.from_json(_encode(fields), ground.offered), pinned


def worded(assistant: Assistant, wish: RunWish, ground: Ground) -> tuple[dict[str, Any], Pinned]:
    """The same as fields of the Responses API, as far as something is said of them."""
    definition = assistant.definition
    pinned = _pinned(assistant, wish, ground)
    tools = wish.tools if wish.tools is not None else definition.tools
    asked = [found for tool in tools if (found := _tool(tool, assistant, ground)) is not None]
    fields: dict[str, Any] = {
        "model": wish.model or definition.model,
        "instructions": _instructions(assistant, wish),
        "conversation": CONVERSATION + ground.conversation_id,
        "tools": asked,
        "tool_choice": _tool_choice(wish.tool_choice, tools, asked),
        "parallel_tool_calls": wish.parallel_tool_calls,
        "text": _form(_format(assistant, wish)),
        "reasoning": _thinking(wish.reasoning_effort or definition.reasoning_effort),
        "truncation": "auto",
        "max_output_tokens": pinned.max_completion_tokens,
        "temperature": wish.temperature if wish.temperature is not None else definition.temperature,
        "top_p": wish.top_p if wish.top_p is not None else definition.top_p,
        "metadata": wish.metadata,
        "include": _FOUND if len(asked) > _functions(asked) else None,
    }
    return {name: value for name, value in fields.items() if value is not None}, pinned


def _pinned(assistant: Assistant, wish: RunWish, ground: Ground) -> Pinned:
    definition = assistant.definition
    tools = wish.tools if wish.tools is not None else definition.tools
    own = ground.instead is None
    searches = own and any(isinstance(tool, FileSearchTool) for tool in tools)
    runs_code = own and any(isinstance(tool, CodeInterpreterTool) for tool in tools)
    return Pinned(
        assistant_id=assistant.shown,
        version=assistant.version,
        owner=assistant.space,
        tools=Raw(_encode(tools)),
        tool_choice=wish.tool_choice if bytes(wish.tool_choice) not in (b"", b"null") else AUTO,
        response_format=Raw(_encode(_format(assistant, wish))),
        truncation=wish.truncation_strategy or Truncation(),
        max_prompt_tokens=_least(wish.max_prompt_tokens, definition.limits.max_prompt_tokens),
        max_completion_tokens=_least(wish.max_completion_tokens, definition.limits.max_completion_tokens),
        granted=list(definition.store_ids or ()) if searches else [],
        files=list(definition.file_ids or ()) if runs_code else [],
        name=definition.name,
        awaited=[*(ground.resources.store_ids or ()), *((ground.instead.store_ids or ()) if ground.instead is not None else ())],
    )


def _format(assistant: Assistant, wish: RunWish) -> Format:
    return wish.response_format if wish.response_format is not None else assistant.definition.response_format


def _instructions(assistant: Assistant, wish: RunWish) -> str | None:
    """The run's own in the place of the assistant's, and what is to be said beside them."""
    first = wish.instructions if wish.instructions is not None else assistant.definition.instructions
    return "\n".join(text for text in (first, wish.additional_instructions) if text) or None


def _functions(asked: Sequence[dict[str, Any]]) -> int:
    return sum(tool["type"] == "function" for tool in asked)


def _tool(tool: Tool, assistant: Assistant, ground: Ground) -> dict[str, Any] | None:
    """A tool as the Responses API names it; None for one that this server doesn't offer now, which the run goes without."""
    if isinstance(tool, FunctionTool):
        named = tool.function
        return {
            "type": "function",
            "name": named.name,
            "description": named.description,
            "parameters": named.parameters if named.parameters is not None else {"type": "object", "properties": {}},
            "strict": named.strict,
        }
    if isinstance(tool, ServerTool):
        return {"type": MCP, "server_label": tool.server_label} if MCP in ground.offered else None
    if isinstance(tool, FileSearchTool):
        return _search(tool, assistant, ground) if FILE_SEARCH in ground.offered else None
    if isinstance(tool, CodeInterpreterTool) and CODE in ground.offered:
        return {"type": CODE, "container": {"type": "auto", "file_ids": _files(assistant, ground)}}
    return None


def _search(tool: FileSearchTool, assistant: Assistant, ground: Ground) -> dict[str, Any] | None:
    stores = _stores(assistant, ground)
    if not stores:
        return None
    found: dict[str, Any] = {"type": FILE_SEARCH, "vector_store_ids": stores}
    how = tool.file_search
    if how is not None and how.max_num_results is not None:
        found["max_num_results"] = how.max_num_results
    if how is not None and how.ranking_options is not None:
        ranking = {"ranker": how.ranking_options.ranker, "score_threshold": how.ranking_options.score_threshold}
        found["ranking_options"] = {name: value for name, value in ranking.items() if value is not None}
    return found


def _stores(assistant: Assistant, ground: Ground) -> list[str]:
    """The assistant's store and the thread's, which are searched together."""
    own = [_STORE + id for id in assistant.definition.store_ids or ()] if ground.instead is None else ground.instead.stores
    return list(dict.fromkeys([*own, *ground.resources.stores]))


def _files(assistant: Assistant, ground: Ground) -> list[str]:
    own = [_FILE + id for id in assistant.definition.file_ids or ()] if ground.instead is None else ground.instead.files
    return list(dict.fromkeys([*own, *ground.resources.files]))


def _tool_choice(raw: Raw, tools: Sequence[Tool], asked: Sequence[dict[str, Any]]) -> object:
    """How the model is to choose, in the words of the Responses API. Raises BadRequest."""
    if not bytes(raw):
        return None
    chosen = checked(_choice, raw, "tool_choice")
    if not isinstance(chosen, _Chosen):
        if chosen not in (None, "none", "auto", "required"):
            raise InvalidValue("tool_choice", "'none', 'auto', 'required', or a tool")
        return None if chosen == "required" and not asked and tools else chosen
    if chosen.type == "function":
        if chosen.function is None:
            raise InvalidValue("tool_choice.function", "the function that is to be called")
        return {"type": "function", "name": chosen.function.name}
    if chosen.type not in (FILE_SEARCH, CODE):
        raise InvalidValue("tool_choice.type", f"'function', '{FILE_SEARCH}' or '{CODE}'")
    named = FileSearchTool if chosen.type == FILE_SEARCH else CodeInterpreterTool
    there = any(tool["type"] == chosen.type for tool in asked)
    if not there and any(isinstance(tool, named) for tool in tools):
        return None  # it isn't offered now
    return {"type": chosen.type}


def _form(form: Format) -> dict[str, Any] | None:
    if isinstance(form, JsonObject):
        return {"format": {"type": "json_object"}}
    if isinstance(form, JsonSchema):
        schema = form.json_schema
        fields = {"description": schema.description, "strict": schema.strict}
        named = {"type": "json_schema", "name": schema.name, "schema": schema.schema if schema.schema is not None else {}}
        return {"format": named | {name: value for name, value in fields.items() if value is not None}}
    return None


def _thinking(effort: str | None) -> dict[str, str] | None:
    return None if effort is None else {"effort": effort}


def _least(one: int | None, other: int | None) -> int | None:
    bounds = [bound for bound in (one, other) if bound is not None]
    return min(bounds) if bounds else None
