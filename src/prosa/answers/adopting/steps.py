"""What tools did in a run, as it was saved: items that no conversation shows and no model hears; steps are made of them.

Source: `openai.types.beta.threads.runs` of the official SDK (tool_call.py and its neighbours).
"""

from collections.abc import Iterator
from typing import Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.adopting.reading import loose, members, moment
from prosa.answers.responses.items import TOOL_CALL
from prosa.conversations import SavedMessage
from prosa.kit import moments

STEP: Final = "step_"
_encode: Final = msgspec.json.Encoder().encode


class _Function(Struct):
    name: str = ""
    arguments: str = ""
    output: str | None = None


class _File(Struct):
    file_id: str = ""


class _Output(Struct):
    type: str
    logs: str = ""
    image: _File | None = None


class _Code(Struct):
    input: str = ""
    outputs: list[Raw] = []


class _Words(Struct):
    text: str | None = None


class _Result(Struct):
    file_id: str = ""
    file_name: str = ""
    score: float = 0.0
    content: list[_Words] | None = None


class _Search(Struct):
    results: list[Raw] | None = None


class _Call(Struct):
    type: str
    id: str = ""
    function: Raw = Raw()
    code_interpreter: Raw = Raw()
    file_search: Raw = Raw()


class _Details(Struct):
    tool_calls: list[Raw] = []


def is_of_tools(body: bytes) -> bool:
    """Whether a step is one of tools; the others are told by the messages that they made."""
    return bool(loose(members(body).get("type", Raw()), str) == "tool_calls")


def calls_of(key: str, body: bytes, run_id: str, now: int) -> Iterator[SavedMessage]:
    """The calls of a step, the first under the step's own id. `now` in seconds since 1970."""
    fields = members(body)
    said = (moment(fields.get("created_at")) or now) * moments.SECOND
    details = loose(fields.get("step_details", Raw()), _Details) or _Details()
    for place, raw in enumerate(details.tool_calls):
        call = loose(raw, _Call)
        kind, item = (None, {}) if call is None else _item(call)
        if call is not None and kind is not None:
            name = f"{STEP}{key}" if place == 0 else f"{STEP}{key} {place}"
            told = _encode({"type": kind, "status": "completed", "call_id": call.id, **item})
            yield SavedMessage(name, said, told, run_id, kind=kind)


def _item(call: _Call) -> tuple[str | None, dict[str, object]]:
    """The type of the item that a call becomes, and what stands in it."""
    if call.type == "function":
        function = loose(call.function, _Function) or _Function()
        return TOOL_CALL, {"name": function.name, "arguments": function.arguments, "output": function.output}
    if call.type == "code_interpreter":
        code = loose(call.code_interpreter, _Code) or _Code()
        return "code_interpreter_call", {"code": code.input, "container_id": "", "outputs": list(_outputs(code))}
    if call.type == "file_search":
        search = loose(call.file_search, _Search) or _Search()
        return "file_search_call", {"queries": [], "results": list(_results(search))}
    return None, {}


def _outputs(code: _Code) -> Iterator[dict[str, str]]:
    for raw in code.outputs:
        output = loose(raw, _Output)
        if output is not None and output.type == "logs":
            yield {"type": "logs", "logs": output.logs}
        elif output is not None and output.image is not None:
            yield {"type": "image", "url": output.image.file_id}


def _results(search: _Search) -> Iterator[dict[str, object]]:
    for raw in search.results or ():
        found = loose(raw, _Result)
        if found is not None:
            text = "\n".join(each.text or "" for each in found.content or ())
            yield {"file_id": found.file_id, "filename": found.file_name, "score": found.score, "text": text}
