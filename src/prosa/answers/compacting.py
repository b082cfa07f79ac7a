"""A long conversation made shorter: what the user said stays, the rest becomes a summary that only this server can read.

Source: `openai.types.responses.CompactedResponse` ("a list of all user messages, followed by a single compaction item"); Open
Responses, "Context Compaction".
"""

from typing import Final

import msgspec

from prosa.answers.asking import Teller
from prosa.answers.models import Prepared
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import RESPONSE, ResponseRequest, Scribe, Tokens
from prosa.answers.starting import Starter
from prosa.conversations import prefix_of, without_margin
from prosa.gateway import ModelCall, ProviderFault
from prosa.identity import Caller, Door
from prosa.kit.ids import new_object_id
from prosa.usage import Payer, payer_of

_ASK: Final = (
    "Write a summary of the conversation above for somebody who has to go on with it and can't read it: what is wanted, what was "
    "decided and why, facts, names and figures that matter, what was done, what is open. Write the summary alone."
)
_messages: Final = msgspec.json.Decoder(list[msgspec.Raw]).decode
_encode: Final = msgspec.json.Encoder().encode


class _Role(msgspec.Struct):
    type: str = "message"
    role: str | None = None


_role: Final = msgspec.json.Decoder(_Role).decode


class Compacted(msgspec.Struct):
    """The object that the API shows."""

    id: str
    created_at: int
    output: list[msgspec.Raw]
    usage: Tokens | None
    object: str = "response.compaction"


class Compactor:
    """Asks a model for the summary."""

    def __init__(self, starter: Starter, parts: AnswerParts) -> None:
        self._starter = starter
        self._parts = parts

    async def compact(self, caller: Caller, request: ResponseRequest) -> bytes:
        """Summarise what the request names; nothing is stored. Raises as `Starter.begin`, and what the gateway raises."""
        bare = msgspec.structs.replace(request, tools=None, tool_choice=msgspec.Raw(), text=None, max_output_tokens=None)
        prepared = await self._starter.look(caller, bare)
        summary, usage = await self._summary(prepared, payer_of(caller, Door.OPENAI))
        kept = [item for item in prepared.items if b'"role":"user"' in item and _role(item).role == "user"]
        output = [_shown("message", item) for item in kept]
        sealed = _encode({"type": "compaction", "encrypted_content": self._parts.sealer.seal(caller.space, summary)})
        output.append(_shown("compaction", sealed))
        made = Compacted(RESPONSE + new_object_id(), int(self._parts.clock.now()), output, usage)
        return _encode(made)

    async def _summary(self, prepared: Prepared, payer: Payer) -> tuple[str, Tokens | None]:
        scribe, call = Scribe(), _with_question(prepared.call)
        call.payer = payer
        reply = await self._parts.gateway.chat(call)
        try:
            teller = Teller(scribe)
            while piece := await reply.read():
                teller.feed(piece)
        finally:
            reply.close()
        teller.finish(reply.usage)
        if teller.fault is not None:
            raise teller.fault
        text = scribe.said.text
        if not text:
            raise ProviderFault("The model gave no summary")
        return text, scribe.said.usage


def _with_question(call: ModelCall) -> ModelCall:
    messages = [*_messages(call.fields["messages"]), msgspec.Raw(_encode({"role": "user", "content": _ASK}))]
    return msgspec.structs.replace(call, fields=call.fields | {"messages": msgspec.Raw(_encode(messages))})


def _shown(type: str, body: bytes) -> msgspec.Raw:
    return msgspec.Raw(b'{"id":"' + (prefix_of(type) + new_object_id()).encode() + b'",' + without_margin(body)[1:])
