"""What was said, read back from a run's log: the events are applied to an empty output as they were written."""

from collections.abc import Callable, Iterable
from typing import Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.responses.content import Logprob, OutputPart, OutputText, ReasoningText, SummaryText
from prosa.answers.responses.hosted import Source
from prosa.answers.responses.items import OutputItem
from prosa.answers.responses.said import Said
from prosa.answers.responses.usage import Tokens

_ABSENT: Final = Raw()


class _Told(Struct):
    """Any event, as far as folding needs it."""

    type: str
    output_index: int = 0
    item: Raw = _ABSENT
    part: Raw = _ABSENT
    delta: str = ""
    logprobs: list[Logprob] | None = None
    annotation: Raw = _ABSENT
    arguments: str = ""
    output: str = ""
    sources: list[Source] = []
    item_id: str = ""
    server: str = ""
    usage: Tokens | None = None


_told: Final = msgspec.json.Decoder(_Told).decode
_item: Final = msgspec.json.Decoder(OutputItem).decode
_part: Final = msgspec.json.Decoder(OutputPart | ReasoningText).decode
_summary: Final = msgspec.json.Decoder(SummaryText).decode


def fold(log: Iterable[bytes]) -> Said:
    """The output that these events (the data of a log, from its first on) tell of; a log that was cut anywhere included."""
    said = Said()
    for data in log:
        told = _told(data)
        apply = _TABLE.get(told.type)
        if apply is not None:
            apply(said, told)
    return said


def _added(said: Said, told: _Told) -> None:
    said.add(_item(told.item))


def _done(said: Said, told: _Told) -> None:
    said.end(told.output_index, _item(told.item))


def _part_added(said: Said, told: _Told) -> None:
    said.add_part(told.output_index, _part(told.part))


def _summary_added(said: Said, told: _Told) -> None:
    said.add_part(told.output_index, _summary(told.part))


def _grew(said: Said, told: _Told) -> None:
    growth = said.growth(told.output_index)
    if growth is None:
        return
    growth.pieces.append(told.delta)
    if told.logprobs and isinstance(growth.leaf, OutputText):
        growth.leaf.logprobs.extend(told.logprobs)


def _annotated(said: Said, told: _Told) -> None:
    growth = said.growth(told.output_index)
    if growth is not None and isinstance(growth.leaf, OutputText):
        growth.leaf.annotations.append(told.annotation)


def _whole(said: Said, told: _Told) -> None:
    said.end_part(told.output_index)


def _arguments_whole(said: Said, told: _Told) -> None:
    said.wanted(told.output_index, told.arguments)
    said.end_part(told.output_index)


def _answered(said: Said, told: _Told) -> None:
    said.answered(told.output_index, told.output, told.sources)


def _text_whole(said: Said, told: _Told) -> None:
    growth = said.growth(told.output_index)
    if growth is not None:
        growth.told = True


def _started(said: Said, told: _Told) -> None:
    said.started.add(told.output_index)


def _listed(said: Said, told: _Told) -> None:
    said.listed[told.item_id] = told.server


def _served(said: Said, _told: _Told) -> None:
    said.served = True


def _called(said: Said, told: _Told) -> None:
    said.calls += 1
    if told.usage is not None:
        said.spent(told.usage)


_TABLE: Final[dict[str, Callable[[Said, _Told], None]]] = {
    "response.output_item.added": _added,
    "response.output_item.done": _done,
    "response.content_part.added": _part_added,
    "response.content_part.done": _whole,
    "response.reasoning_summary_part.added": _summary_added,
    "response.reasoning_summary_part.done": _whole,
    "response.output_text.done": _text_whole,
    "response.refusal.done": _text_whole,
    "response.reasoning_text.done": _text_whole,
    "response.reasoning_summary_text.done": _text_whole,
    "response.output_text.delta": _grew,
    "response.refusal.delta": _grew,
    "response.reasoning_text.delta": _grew,
    "response.reasoning_summary_text.delta": _grew,
    "response.function_call_arguments.delta": _grew,
    "response.function_call_arguments.done": _whole,
    "response.output_text.annotation.added": _annotated,
    "prosa:tool_call_arguments.delta": _grew,
    "prosa:tool_call_arguments.done": _arguments_whole,
    "prosa:tool_call.started": _started,
    "prosa:tool_call.answered": _answered,
    "prosa:tool_server.listed": _listed,
    "prosa:tool_servers.ready": _served,
    "response.mcp_call_arguments.delta": _grew,
    "response.mcp_call_arguments.done": _whole,
    "response.file_search_call.searching": _started,
    "response.code_interpreter_call.interpreting": _started,
    "prosa:model_call.completed": _called,
}
