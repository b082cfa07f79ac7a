"""Trying a provider as it will be asked, for whoever sets it up: its list of models, and the first word of one of them.

Nothing is settled or counted, nothing is retried, and no other provider is asked instead. Unlike a caller, who sets it up hears
what the provider said to its key; never the key itself.
"""

import logging

import msgspec

from prosa.drivers.outbound import Reply, Timeouts, Transport
from prosa.gateway.beginning import first_words, words_of
from prosa.gateway.errors import NoProvider, ProviderFault
from prosa.gateway.faults import quoted
from prosa.gateway.listing import LIST_BYTES, list_request, names_in
from prosa.gateway.models import CallKind, ModelCall, Provider, Wire
from prosa.gateway.stream.disguise import not_an_answer
from prosa.gateway.wires import WIRES
from prosa.kit.errors import ProsaError

_log = logging.getLogger(__name__)
_LIST = Timeouts(connect=4.0, first_byte=8.0, silence=8.0, total=10.0)
_WORD = Timeouts(connect=4.0, first_byte=15.0, silence=15.0, total=15.0)
_WORD_BYTES = 1024 * 1024
_QUESTION = msgspec.Raw(msgspec.json.encode([{"role": "user", "content": "Answer with the word ok."}]))
_YES = msgspec.Raw(b"true")
_TEXT = msgspec.Raw(b'"ok"')


class Prober:
    """Asks providers outside the ordinary way."""

    def __init__(self, network: Transport, mock: Transport | None) -> None:
        self._network = network
        self._mock = mock

    async def names(self, provider: Provider) -> tuple[str, ...]:
        """Its list of models. Raises ProviderFault, OutboundError."""
        reply = await self._of(provider).open(provider.target, list_request(provider), _LIST)
        try:
            await _require_ok(reply, provider)
            body = await reply.body(LIST_BYTES)
        finally:
            reply.close()
        try:
            return names_in(body)
        except ProsaError as error:
            raise ProviderFault(error.message) from error

    async def word(self, provider: Provider, model: str, kind: CallKind) -> None:
        """The first word of an answer, or a vector. Raises ProviderFault, OutboundError, BadRequest."""
        chat = kind is CallKind.CHAT
        fields = {"messages": _QUESTION, "stream": _YES} if chat else {"input": _TEXT}
        call = ModelCall(kind, model, fields, stream=chat)
        wire = WIRES["openai_chat" if provider.wire == "mock" else provider.wire]
        reply = await self._of(provider).open(provider.target, wire.request(call, model, provider), _WORD)
        try:
            await _require_ok(reply, provider)
            await _heard(reply, call, provider, wire)
        except (msgspec.MsgspecError, ValueError, TypeError, LookupError) as error:
            _log.exception("a provider's answer could not be read")
            raise not_an_answer() from error
        finally:
            reply.close()

    def _of(self, provider: Provider) -> Transport:
        transport = self._network if provider.wire != "mock" else self._mock
        if transport is None:
            raise NoProvider("the mock doesn't run here")
        return transport


async def _heard(reply: Reply, call: ModelCall, provider: Provider, wire: Wire) -> None:
    model = call.model or ""
    if not call.stream:
        wire.plain(await reply.body(_WORD_BYTES), call, model, provider.api_key)
        return
    relay = wire.relay(call, model, provider)
    await first_words(reply, relay)
    if relay.figures.fault is not None and not relay.figures.text_chars:
        raise relay.figures.fault


async def _require_ok(reply: Reply, provider: Provider) -> None:
    if reply.status != 200:
        raise quoted(reply.status, reply.headers, await words_of(reply), provider.api_key)
