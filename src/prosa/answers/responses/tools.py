"""The tools that a request names, and how the model is to choose among them.

Source: `openai.types.responses.FunctionTool`, `ToolChoiceAllowed`, `ToolChoiceFunction`. A hosted tool is named by its type
(`prosa:current_time`), which Open Responses wants prefixed ("Extending tools").
"""

from collections.abc import Collection, Sequence
from typing import Annotated, Final, Literal

import msgspec
from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from prosa.answers.responses.checking import checked
from prosa.answers.responses.errors import InvalidValue, MissingParameter, UnsupportedTool
from prosa.answers.responses.served import tool_key

MCP: Final = "mcp"
MOST_TOOLS: Final = 128
MOST_SCHEMA: Final = 256 * 1024  # bytes
ABSENT: Final = Raw()  # a field that was not sent

Name = Annotated[str, Meta(min_length=1, max_length=64, pattern="^[a-zA-Z0-9_-]+$")]


class FunctionTool(Struct, tag="function", tag_field="type", forbid_unknown_fields=True):
    """A function that the client runs. `strict` null: the provider's own default."""

    name: Name
    description: Annotated[str, Meta(max_length=65_536)] | None = None
    parameters: Raw = Raw(b"null")
    strict: bool | None = None
    output_schema: Raw | UnsetType = UNSET
    defer_loading: bool | UnsetType = UNSET
    allowed_callers: list[Literal["direct", "programmatic"]] | UnsetType | None = UNSET


class _Named(Struct):
    """A tool, or a choice of one, as far as it says what it is."""

    type: str
    name: str | None = None
    server_label: str | None = None


class _ChosenFunction(Struct, tag="function", tag_field="type", forbid_unknown_fields=True):
    name: Name


class AllowedTools(Struct, tag="allowed_tools", tag_field="type", forbid_unknown_fields=True):
    """The tools, of those that are there, which may be called."""

    tools: Annotated[list[Raw], Meta(min_length=1, max_length=MOST_TOOLS)]
    mode: Literal["auto", "required"] = "auto"


class Choice(Struct, frozen=True):
    """How the model is to choose: `mode` is auto, required or none; `only` the names (of functions), types (of hosted tools) or
    keys (of tools of other servers, or of all of one) that may be called, None for all; `named` whether one of them must be."""

    mode: str = "auto"
    only: frozenset[str] | None = None
    named: bool = False

    def admits(self, label: str, name: str) -> bool:
        """Whether this tool of this server may be called."""
        return self.only is None or tool_key(label) in self.only or tool_key(label, name) in self.only


_object: Final = msgspec.json.Decoder(dict[str, object])
_function: Final = msgspec.json.Decoder(FunctionTool)
_named: Final = msgspec.json.Decoder(_Named)
_mode: Final = msgspec.json.Decoder(Literal["auto", "required", "none"])
_chosen: Final = msgspec.json.Decoder(_ChosenFunction)
_allowed: Final = msgspec.json.Decoder(AllowedTools)
_encode: Final = msgspec.json.Encoder().encode


def tool_list(raws: Sequence[Raw], offered: Collection[str]) -> list[Raw]:
    """The tools as a response shows them. Raises BadRequest: UnsupportedTool for one that is no function and not offered."""
    found = []
    for index, raw in enumerate(raws):
        place = f"tools[{index}]"
        type = checked(_named, raw, place).type
        if type == "function":
            found.append(_function_tool(raw, place))
        elif type in offered:
            found.append(raw)
        else:
            raise UnsupportedTool(f"{place}.type", type, ("function", *offered))
    return found


def names_of(tools: Sequence[Raw]) -> frozenset[str]:
    """The names of functions, the types of hosted tools, and the labels of tool servers."""
    return frozenset(map(_known_as, map(_named.decode, tools)))


def _known_as(tool: _Named) -> str:
    if tool.type == MCP and tool.server_label:
        return tool_key(tool.server_label)
    return tool.name if tool.type == "function" and tool.name else tool.type


def choice_of(raw: Raw, tools: Sequence[Raw]) -> Choice:
    """How the model is to choose among these tools. Raises BadRequest with `tool_choice` for what can't be."""
    written = bytes(raw)
    if written in (b"", b"null"):
        return Choice()
    there = names_of(tools)
    if written.startswith(b'"'):
        mode = checked(_mode, raw, "tool_choice")
        if mode == "required" and not there:
            raise InvalidValue("tool_choice", "'auto' or 'none', since 'required' needs 'tools'")
        return Choice(mode)
    chosen = checked(_named, raw, "tool_choice")
    type = chosen.type
    if type == MCP:
        return _served(chosen, there)
    if type == "function":
        return _one(checked(_chosen, raw, "tool_choice").name, "tool_choice.name", there)
    if type != "allowed_tools":
        return _one(type, "tool_choice.type", there)
    allowed = checked(_allowed, raw, "tool_choice")
    known = names_of(allowed.tools) if _all_named(allowed.tools) else frozenset()
    if not known <= there:
        raise InvalidValue("tool_choice.tools", f"tools that are in 'tools', not '{min(known - there)[:64]}'")
    return Choice(allowed.mode, frozenset(map(_narrowed, map(_named.decode, allowed.tools))))


def _narrowed(tool: _Named) -> str:
    """As `_known_as`; a tool of a server that is named is it alone."""
    return tool_key(tool.server_label, tool.name) if tool.type == MCP and tool.server_label else _known_as(tool)


def _served(chosen: _Named, there: frozenset[str]) -> Choice:
    """A tool of a server, or any of its tools."""
    if not chosen.server_label:
        raise MissingParameter("tool_choice.server_label")
    _one(tool_key(chosen.server_label), "tool_choice.server_label", there)
    return Choice("required", frozenset((tool_key(chosen.server_label, chosen.name),)), named=True)


def check_object(raw: Raw, place: str, most: int, *, nullable: bool = False) -> None:
    """Raises BadRequest for what is no JSON object, or is larger than `most` bytes."""
    size = len(memoryview(raw))
    if nullable and bytes(raw) == b"null":
        return
    if size > most:
        raise InvalidValue(place, f"a schema of at most {most} bytes, but got {size}")
    checked(_object, raw, place)


def _function_tool(raw: Raw, place: str) -> Raw:
    tool = checked(_function, raw, place)
    check_object(tool.parameters, f"{place}.parameters", MOST_SCHEMA, nullable=True)
    if tool.output_schema is not UNSET:
        check_object(tool.output_schema, f"{place}.output_schema", MOST_SCHEMA, nullable=True)
    return Raw(_encode(tool))


def _one(name: str, param: str, there: frozenset[str]) -> Choice:
    if name not in there:
        raise InvalidValue(param, f"a tool that is in 'tools', not '{name[:64]}'")
    return Choice("required", frozenset((name,)), named=True)


def _all_named(raws: Sequence[Raw]) -> bool:
    for index, raw in enumerate(raws):
        place = f"tool_choice.tools[{index}]"
        named = checked(_named, raw, place)
        if named.type == "function" and not named.name:
            raise MissingParameter(f"{place}.name")
    return True
