"""Assistants and wallets as A's tables hold them (contracts: assistant, §4.2, §11): what the vendor said of each, as JSON."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec
from msgspec import Raw

from prosa.assistants.adopting.models import Brought, Unreadable
from prosa.assistants.shapes import (
    MOST_TOOLS,
    Definition,
    Description,
    Effort,
    FileSearchTool,
    Format,
    FunctionTool,
    Instructions,
    Metadata,
    Model,
    Name,
    Temperature,
    Tool,
    TopP,
)
from prosa.drivers.foreign import ForeignTables, loose_moment, loose_number, loose_text
from prosa.kit.moments import SECOND

Fields = Mapping[str, object]
COLUMNS: Final = ("id", "name", "description", "model", "instructions", "created_at", "raw_data", "is_deleted")
_LONGEST_ID: Final = 256
_OPTIONAL: Final[dict[str, Any]] = {  # types for the decoder
    "name": Name,
    "description": Description,
    "instructions": Instructions,
    "metadata": Metadata,
    "temperature": Temperature,
    "top_p": TopP,
    "reasoning_effort": Effort,
    "response_format": Format,
}
_FIRST_VERSION: Final = "retrieval"  # what file_search was called in v1
_BROKEN: Final = (msgspec.MsgspecError, RecursionError, UnicodeDecodeError)


class _Search(msgspec.Struct):
    vector_store_ids: list[str] = []


class _Code(msgspec.Struct):
    file_ids: list[str] = []


class _Resources(msgspec.Struct):
    file_search: _Search | None = None
    code_interpreter: _Code | None = None


class _Kind(msgspec.Struct):
    type: str


def is_deleted(row: Fields) -> bool:
    """Whether it was deleted there."""
    return loose_number(row.get("is_deleted")) == 1


def brought_assistant(row: Fields) -> Brought:
    """A row of `assistants`. Where the vendor's JSON is missing or broken, the columns beside it count. Raises Unreadable."""
    id = (loose_text(row.get("id")) or "").strip()
    if not 0 < len(id) <= _LONGEST_ID or not id.isprintable():
        raise Unreadable("its id is missing, or none")
    told = _told(row)
    model = _read(told.get("model"), Model)
    if model is None:
        raise Unreadable(f"assistant {id}: it names no model")
    notes: list[str] = []
    values: dict[str, Any] = {}
    for name, kind in _OPTIONAL.items():
        value = _read(told.get(name), kind)
        if value is not None:
            values[name] = value
        elif not _is_empty(told.get(name)):
            notes.append(f"its {name} can't be here and was left out")
    resources = _read(told.get("tool_resources"), _Resources) or _Resources()
    definition = Definition(model=model, tools=list(_tools(told.get("tools"), notes)), **values)
    stores = tuple(resources.file_search.vector_store_ids) if resources.file_search is not None else ()
    files = tuple(resources.code_interpreter.file_ids) if resources.code_interpreter is not None else ()
    return Brought(id, definition, stores, files, _made(told, row), tuple(notes))


def wallets(tables: ForeignTables) -> dict[int, list[str]]:
    """The ids of the assistants in each wallet that is in use."""
    if not tables.has("wallets") or not tables.has("wallet_assistants"):
        return {}
    columns = tables.columns("wallets", ("id",), ("is_active",))
    open_ones = {loose_number(row["id"]) for row in tables.rows("wallets", columns) if loose_number(row.get("is_active")) != 0}
    found: dict[int, list[str]] = {}
    for row in tables.rows("wallet_assistants", tables.columns("wallet_assistants", ("wallet_id", "assistant_id"))):
        number, id = loose_number(row["wallet_id"]), (loose_text(row["assistant_id"]) or "").strip()
        if number is not None and number in open_ones and id:
            found.setdefault(number, []).append(id)
    return found


def _told(row: Fields) -> dict[str, Raw]:
    whole = _read(Raw((loose_text(row.get("raw_data")) or "").encode()), dict[str, Raw])
    beside = {name: loose_text(row.get(name)) for name in ("name", "description", "model", "instructions")}
    columns = {name: Raw(msgspec.json.encode(text)) for name, text in beside.items() if text}
    return columns if whole is None else columns | {name: raw for name, raw in whole.items() if not _is_empty(raw)}


def _made(told: Mapping[str, Raw], row: Fields) -> float | None:
    seconds = _read(told.get("created_at"), float)
    moment = loose_moment(str(seconds) if seconds is not None else row.get("created_at"))
    return None if moment is None else moment / SECOND


def _tools(raw: Raw | None, notes: list[str]) -> Iterator[Tool]:
    seen = set[str]()
    every = _read(raw, list[Raw]) or []
    for one in every[:MOST_TOOLS]:
        kind = _read(one, _Kind)
        tool: Tool | None = FileSearchTool() if kind is not None and kind.type == _FIRST_VERSION else _read(one, Tool)
        name = tool.function.name if isinstance(tool, FunctionTool) else None
        if tool is None or name in seen:
            notes.append("one of its tools can't be here and was left out")
            continue
        if name is not None:
            seen.add(name)
        yield tool
    if len(every) > MOST_TOOLS:
        notes.append(f"it has more than {MOST_TOOLS} tools: the others were left out")


def _is_empty(raw: Raw | None) -> bool:
    return raw is None or bytes(raw).strip() in (b"", b"null")


def _read(raw: Raw | None, kind: Any) -> Any:  # whatever the type says, None where it isn't that
    if raw is None or _is_empty(raw):
        return None
    try:
        return msgspec.json.decode(raw, type=kind)
    except _BROKEN:
        return None
