"""Token counts: as a provider tells them, and our estimate where it tells none."""

import msgspec

from prosa.gateway.models import Usage

# No model answers with more; a larger figure is a mistake or an attack on somebody's budget (J3).
_MOST = 1_000_000_000


class _Told(msgspec.Struct, gc=False):
    prompt_tokens: int | float | None = None
    completion_tokens: int | float | None = None
    total_tokens: int | float | None = None


_DECODER = msgspec.json.Decoder(_Told)


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
    return counted(prompt, completion)


def counted(prompt: float | None, completion: float | None) -> Usage | None:
    """Usage of these counts, None where both are missing or one is impossible (negative, absurd)."""
    if prompt is None and completion is None:
        return None
    asked, answered = prompt or 0, completion or 0
    if not (0 <= asked <= _MOST and 0 <= answered <= _MOST):
        return None
    return Usage(int(asked), int(answered))
