"""Asking a model to go on with an answer that it has begun, in each vendor's way."""

from typing import Final

import msgspec

from prosa.gateway.models import Fields, Provider

_TRUE: Final = msgspec.Raw(b"true")
_FALSE: Final = msgspec.Raw(b"false")
_messages: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_message: Final = msgspec.json.Decoder(Fields).decode
_encode: Final = msgspec.json.Encoder().encode


def continued(fields: Fields, provider: Provider) -> Fields:
    """The fields of a chat call whose last message is the answer's beginning, marked as this provider wants it.

    Mistral: `prefix` of the assistant's message (docs.mistral.ai, "Prefix"); vLLM: `continue_final_message` without a
    generation prompt (docs.vllm.ai, "Extra parameters"); Groq, llama.cpp and Anthropic go by the message's place.
    """
    if provider.continued_by == "fields":
        return fields | {"continue_final_message": _TRUE, "add_generation_prompt": _FALSE}
    if provider.continued_by != "prefix":
        return fields
    messages = _messages(fields["messages"])
    messages[-1] = msgspec.Raw(_encode(_message(messages[-1]) | {"prefix": _TRUE}))
    return fields | {"messages": msgspec.Raw(_encode(messages))}
