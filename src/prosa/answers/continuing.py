"""Letting a model go on with an answer that stands unfinished, where its provider is known to do that."""

from typing import Final

import msgspec

from prosa.gateway import Gateway, ModelCall, Provider, continued
from prosa.kit.errors import ProsaError

_messages: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode
# What is said to a model whose provider takes no beginning; nothing of it is stored.
_NUDGE: Final = msgspec.Raw(
    _encode(
        {
            "role": "user",
            "content": "Go on exactly where your last message ends, even in the middle of a sentence. Repeat nothing.",
        }
    )
)


async def continuation(gateway: Gateway, call: ModelCall) -> ModelCall | None:
    """The call for the rest of the answer that stands last in its messages, to a provider that is known to go on from there; None
    where no provider of the model is. Raises what the call itself would fail with by its model's name."""
    for attempt in (await gateway.plan(call)).attempts:
        if attempt.provider.continues:
            # The caller may use the name that was asked for; what it stands for has been judged by that.
            return msgspec.structs.replace(
                call,
                model=_public(attempt.provider, attempt.model),
                fields=continued(call.fields, attempt.provider),
                fallback=False,
                allowed=None,
            )
    return None


async def continuation_or_nudge(gateway: Gateway, call: ModelCall) -> ModelCall:
    """The same; where no provider goes on from a beginning, the model is told to go on, in words."""
    found = await continuation(gateway, call)
    if found is not None:
        return found
    messages = [*_messages(call.fields["messages"]), _NUDGE]
    return msgspec.structs.replace(call, fields=call.fields | {"messages": msgspec.Raw(_encode(messages))})


async def can_continue(gateway: Gateway, call: ModelCall) -> bool:
    """Whether a provider of the model is known to go on from a beginning."""
    try:
        return await continuation(gateway, call) is not None
    except ProsaError:
        return False


def _public(provider: Provider, model: str) -> str:
    return model if provider.wire == "mock" else f"{provider.name}/{model}"
