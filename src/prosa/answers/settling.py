"""How an answer ends: the last events, the object that stays, and the items that it leaves."""

from dataclasses import dataclass
from typing import Final

import msgspec

from prosa.answers.assisting.pinned import signed
from prosa.answers.assisting.waiting import broken_off
from prosa.answers.models import Asked
from prosa.answers.responses import (
    CodeCall,
    Message,
    OutputItem,
    Reason,
    Response,
    ResponseRequest,
    Scribe,
    Status,
    ToolList,
    end,
    new_response,
    response_json,
    stored_form,
)
from prosa.conversations import ConversationService, Item, Landing, Margin, context_addition, with_margin
from prosa.kit.errors import ProsaError
from prosa.runs import Ending, Run, RunDefect, RunState

_STATES: Final[dict[Status, RunState]] = {
    "completed": RunState.COMPLETED,
    "failed": RunState.FAILED,
    "cancelled": RunState.CANCELLED,
    "incomplete": RunState.INCOMPLETE,
}
_NO_OUTPUT: Final = b'"output":[]'


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an answer came to its end."""

    status: Status
    reason: Reason | None = None
    error: ProsaError | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A run with what it was asked and what was said in it."""

    run: Run
    asked: Asked
    request: ResponseRequest
    scribe: Scribe
    sent: bytes | None = None  # what the model was told of what came before, where that wasn't simply all


COMPLETED: Final = Outcome("completed")
INTERRUPTED: Final = Outcome("incomplete", "interrupted")
EXPIRED: Final = Outcome("incomplete", "expired")
WAITING: Final = Outcome("in_progress")  # it isn't over: the client's functions are waited for


def response_of(run: Run, asked: Asked, request: ResponseRequest, status: Status) -> Response:
    """The response object of a run, without output."""
    return new_response(request, run.id, asked.created, asked.model, status)


def ending(conversations: ConversationService, told: Told, at: float, outcome: Outcome) -> Ending:
    """End a run with what was said, at a moment in seconds since 1970. What is in progress is cut off."""
    run, scribe = told.run, told.scribe
    events = scribe.end_all()
    response = response_of(run, told.asked, told.request, outcome.status)
    end(response, outcome.status, scribe.said, at, reason=outcome.reason, error=outcome.error)
    if told.asked.waits:
        response.output = broken_off(response.output)
    if outcome.error is not None:
        events.append(scribe.error(outcome.error))
    events.append(scribe.state(response))
    state = _STATES[outcome.status]
    items = [_item(run, at, *_stored(told, outcome, item)) for item in response.output]
    landing = Landing(run.id, run.fence, state, told.asked.anchor, run.created_at)
    told_of = conversations.news.run(run.space, "ended", run.id, run.conversation_id)
    rows = (*conversations.adding_fenced(items, landing), *told_of)
    if told.sent is not None:
        rows = (*rows, context_addition(run.id, run.space, told.sent, run.fence, state))
    response.output = []
    return Ending(state, tuple(events), response_json(response), rows)


def _stored(told: Told, outcome: Outcome, item: OutputItem) -> tuple[str, str, bytes]:
    """An item as it is kept; of an assistant's message with whose it is, and why it is incomplete."""
    id, type, body = stored_form(item)
    if isinstance(item, ToolList):
        server = told.scribe.said.listed.get(item.id)
        return id, type, body if server is None else with_margin(body, Margin(server=server))
    if isinstance(item, CodeCall):
        output = told.scribe.said.output_of(item.id)
        return id, type, body if output is None else with_margin(body, Margin(told=output))
    pinned = told.asked.assisting
    if pinned is None or not isinstance(item, Message):
        return id, type, body
    return id, type, signed(pinned, body, (outcome.reason or outcome.status) if item.status == "incomplete" else None)


def with_output(response: bytes, items: list[bytes]) -> bytes:
    """A response as `ending` left it, with its items."""
    # What stands before the field is told by strings and numbers alone, so that the first place is the right one.
    return response.replace(_NO_OUTPUT, b'"output":[' + b",".join(items) + b"]", 1)


def _item(run: Run, at: float, id: str, type: str, body: bytes) -> Item:
    return Item(run.space, type, body, at, id=id, conversation_id=run.conversation_id, run_id=run.id, made=True)


def shown_last(event: bytes) -> bytes:
    """The response that a terminal event holds. Raises RunDefect where it holds none: not even its kind could end the run."""
    try:
        return bytes(_terminal(event).response)
    except msgspec.ValidationError as error:
        raise RunDefect from error


class _Terminal(msgspec.Struct):
    response: msgspec.Raw


_terminal: Final = msgspec.json.Decoder(_Terminal).decode
