"""A small question of the server's own to a model, and its whole answer as text."""

from typing import Final

import msgspec

from prosa.answers.asking import Teller, chat_call
from prosa.answers.responses import ResponseRequest, Scribe
from prosa.gateway import Gateway, ProviderFault
from prosa.usage import Payer

_encode: Final = msgspec.json.Encoder().encode


class SmallQuestion(msgspec.Struct):
    """`told`: items of a conversation, JSON; `task` is said after them. `names`: the only models that may be used, if told."""

    model: str | None
    told: list[bytes]
    task: str
    most_tokens: int
    names: frozenset[str] | None = None


async def asked(gateway: Gateway, question: SmallQuestion, payer: Payer) -> str:
    """What the model says. Raises what the gateway raises, and ProviderFault where it says nothing."""
    task = _encode({"type": "message", "role": "user", "content": [{"type": "input_text", "text": question.task}]})
    request = ResponseRequest(model=question.model, max_output_tokens=question.most_tokens)
    call = chat_call([*question.told, task], request)
    call.payer, call.allowed = payer, question.names
    scribe = Scribe()
    reply = await gateway.chat(call)
    teller = Teller(scribe)
    try:
        while piece := await reply.read():
            teller.feed(piece)
    finally:
        reply.close()
    teller.finish(reply.usage)
    if teller.fault is not None:
        raise teller.fault
    if not scribe.said.text.strip():
        raise ProviderFault("The model said nothing")
    return scribe.said.text.strip()
