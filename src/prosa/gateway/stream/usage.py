"""Token counts: as a provider tells them, and our estimate where it tells none."""

import msgspec

from prosa.gateway.models import Usage

# No model answers with more; a larger figure is a mistake or an attack on somebody's budget (J3).
_MOST = 1_000_000_000


_ABSENT = msgspec.Raw()


class _Told(msgspec.Struct, gc=False):
    prompt_tokens: int | float | None = None
    completion_tokens: int | float | None = None
    total_tokens: int | float | None = None
    prompt_tokens_details: msgspec.Raw = _ABSENT
    completion_tokens_details: msgspec.Raw = _ABSENT
    prompt_cache_hit_tokens: msgspec.Raw = _ABSENT  # DeepSeek's


class _Details(msgspec.Struct, gc=False):
    cached_tokens: int | float | None = None
    reasoning_tokens: int | float | None = None


_DECODER = msgspec.json.Decoder(_Told)
_details = msgspec.json.Decoder(_Details | None).decode
_number = msgspec.json.Decoder(int | float | None).decode


def estimate(chars: int) -> int:
    """Tokens that `chars` characters are likely to be: one for four, rounded up.

    Four is the usual ratio for English in current vocabularies; other languages need more tokens, so this is a floor.
    """
    return -(-chars // 4)


def usage_of(raw: msgspec.Raw | bytes) -> Usage | None:
    """A `usage` object of OpenAI's form; None where it is null, or tells nothing that can be true."""
    try:
        told = _DECODER.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return None
    prompt, completion = told.prompt_tokens, told.completion_tokens
    if completion is None and told.total_tokens is not None:
        completion = told.total_tokens - (prompt or 0)
    if told.prompt_tokens_details is _ABSENT and told.completion_tokens_details is _ABSENT:
        return counted(prompt, completion, _cache_hits(told.prompt_cache_hit_tokens))
    cached = _detail(told.prompt_tokens_details).cached_tokens
    return counted(prompt, completion, cached, _detail(told.completion_tokens_details).reasoning_tokens)


def _detail(raw: msgspec.Raw) -> _Details:
    """What one of the details says; nothing where it can't be read: the counts themselves may be true all the same."""
    try:
        return (_details(raw) if raw is not _ABSENT else None) or _NONE
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return _NONE


_NONE = _Details()


def _cache_hits(raw: msgspec.Raw) -> float | None:
    try:
        return _number(raw) if raw is not _ABSENT else None
    except msgspec.MsgspecError:
        return None


def counted(
    prompt: float | None, completion: float | None, cached: float | None = None, reasoning: float | None = None
) -> Usage | None:
    """Usage of these counts, None where both are missing or one is impossible (negative, absurd).

    Of the question no more can be `cached` than there is, of the answer no more be `reasoning`.
    """
    if prompt is None and completion is None:
        return None
    asked, answered = prompt or 0, completion or 0
    if not (0 <= asked <= _MOST and 0 <= answered <= _MOST):
        return None
    if not cached and not reasoning:  # nearly always
        return Usage(int(asked), int(answered))
    parts = (int(min(max(0, part or 0), whole)) for part, whole in ((cached, asked), (reasoning, answered)))
    return Usage(int(asked), int(answered), False, *parts)
