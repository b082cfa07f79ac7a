"""Runs as they were saved: over, without a log, and shown again as they stood."""

from typing import Any, Final

import msgspec
from msgspec import Raw, Struct

from prosa.answers.adopting.reading import loose, members, metadata_of, moment
from prosa.answers.assisting.pinned import AUTO, Pinned, Truncation
from prosa.answers.models import ANSWER, Asked
from prosa.answers.responses import ResponseRequest
from prosa.kit import moments
from prosa.runs import Run, RunState

_STATES: Final = {"completed": RunState.COMPLETED, "failed": RunState.FAILED, "cancelled": RunState.CANCELLED}
_REASONS: Final = {"max_completion_tokens": "max_output_tokens", "max_prompt_tokens": "max_prompt_tokens"}
_CODES: Final = ("server_error", "rate_limit_exceeded", "invalid_prompt")
_ASKED: Final = ("instructions", "temperature", "top_p", "parallel_tool_calls")
_LONGEST: Final = 256  # of a model's name
_encode: Final = msgspec.json.Encoder().encode


class _Error(Struct):
    code: str | None = None
    message: str = ""


class _Details(Struct):
    reason: str = ""


class _Usage(Struct):
    prompt_tokens: int = 0
    completion_tokens: int = 0
    total_tokens: int = 0


def run_of(id: str, body: bytes, place: tuple[str, str], now: int) -> Run:
    """A run by its stored id; what was open when it was saved has expired since. `place`: space and conversation; `now` in
    seconds since 1970."""
    space, conversation_id = place
    fields = members(body)
    created = moment(fields.get("created_at")) or now
    status = loose(fields.get("status", AUTO), str) or ""
    ended = next((at for name in ("completed_at", "failed_at", "cancelled_at") if (at := moment(fields.get(name)))), created)
    model = (loose(fields.get("model", Raw()), str) or "unknown")[:_LONGEST]
    asked = Asked(
        Raw(_request(fields, model).stored()),
        model,
        created,
        name=model,
        dialect="openai",
        assisting=_pinned(fields, space),
    )
    return Run(
        id=id,
        space=space,
        kind=ANSWER,
        state=_STATES.get(status, RunState.INCOMPLETE),
        fence=1,
        driver=None,
        attempts=1,
        conversation_id=conversation_id,
        previous_id=None,
        account_id=None,
        credential_id=None,
        request=asked.stored().decode(),
        result=_encode(_result(fields, status)).decode(),
        metadata=_encode(metadata_of(fields)).decode(),
        created_at=created * moments.SECOND,
        ended_at=ended * moments.SECOND,
        trimmed=True,
    )


def _request(fields: dict[str, Raw], model: str) -> ResponseRequest:
    """What was asked, as much of it as a request may say."""
    given = {name: fields[name] for name in _ASKED if name in fields}
    kept = {name: raw for name, raw in given.items() if loose(_encode({name: raw}), ResponseRequest) is not None}
    return ResponseRequest.from_stored(_encode({"model": model, **kept}))


def _pinned(fields: dict[str, Raw], space: str) -> Pinned:
    def get(name: str, kind: Any) -> Any:  # as `loose`
        return loose(fields.get(name, Raw()), kind)

    return Pinned(
        assistant_id=get("assistant_id", str) or "",
        version=0,
        owner=space,
        tools=fields["tools"] if get("tools", list[dict[str, Raw]]) is not None else Raw(b"[]"),
        tool_choice=_word_or_object(fields.get("tool_choice")),
        response_format=_word_or_object(fields.get("response_format")),
        truncation=get("truncation_strategy", Truncation) or Truncation(),
        max_prompt_tokens=get("max_prompt_tokens", int),
        max_completion_tokens=get("max_completion_tokens", int),
    )


def _word_or_object(raw: Raw | None) -> Raw:
    return AUTO if raw is None or loose(raw, str | dict[str, Raw]) is None else raw


def _result(fields: dict[str, Raw], status: str) -> dict[str, object]:
    """The end in the words of the Responses API."""
    usage = loose(fields.get("usage", Raw()), _Usage)
    told: dict[str, object] = {"status": status if status in _STATES else "incomplete"}
    if usage is not None:
        counts = (usage.prompt_tokens, usage.completion_tokens, usage.total_tokens)
        told["usage"] = dict(zip(("input_tokens", "output_tokens", "total_tokens"), counts, strict=True))
    if status == "failed":
        error = loose(fields.get("last_error", Raw()), _Error) or _Error()
        code = error.code if error.code in _CODES else "server_error"
        told["error"] = {"code": code, "message": error.message or "The run failed."}
    elif status not in _STATES:
        details = loose(fields.get("incomplete_details", Raw()), _Details) or _Details()
        reason = _REASONS.get(details.reason, "expired") if status == "incomplete" else "expired"
        told["incomplete_details"] = {"reason": reason}
    return told
