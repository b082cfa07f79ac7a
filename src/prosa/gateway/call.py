"""One model call: plan, attempt, yield, settle. Nothing is retried once its first byte has been passed on."""

import asyncio
import logging
import secrets
from collections.abc import Coroutine
from dataclasses import dataclass, replace

from prosa.drivers.outbound import Reply, Timeouts, TotalTimeout, Transport
from prosa.gateway.beginning import first_words, refusal
from prosa.gateway.breaker import Breaker
from prosa.gateway.catalogue import Catalogue
from prosa.gateway.errors import ModelNotFound, NoProvider, NotAmongAllowed
from prosa.gateway.listing import LISTING
from prosa.gateway.models import Attachment, CallKind, ModelCall, Wire
from prosa.gateway.probing import Prober
from prosa.gateway.reply import GatewayReply, Ledger
from prosa.gateway.retry import elsewhere, opens_circuit, pause
from prosa.gateway.routing import Attempt, Candidates, Plan, ordered, permitted
from prosa.gateway.settings import GatewaySettings
from prosa.gateway.settlement import CallRecord, CallStatus, Settle, question
from prosa.gateway.stream import estimate
from prosa.gateway.stream.disguise import not_an_answer
from prosa.gateway.wires import WIRES, OpenAIResponses
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.usage import Budget, NoBudget

_log = logging.getLogger(__name__)

_ENDLESS = float("inf")


@dataclass(frozen=True, slots=True)
class Transports:
    """The way to real providers, and the mock in this process (None where it may not run)."""

    network: Transport
    mock: Transport | None = None


class Gateway:
    """Model calls over any configured provider."""

    def __init__(
        self, settings: GatewaySettings, transports: Transports, clock: Clock, settle: Settle, budget: Budget | None = None
    ) -> None:
        self._settings = settings
        self._transports = transports
        self._clock = clock
        self._settle = settle
        self._budget = budget or NoBudget()
        self.breaker = Breaker(clock, settings.breaker_threshold, settings.breaker_seconds)
        self.catalogue = Catalogue(settings, transports.network, clock)
        self.prober = Prober(transports.network, transports.mock)

    def configure(self, settings: GatewaySettings) -> tuple[str, ...]:
        """Go on with other providers, names and defaults; who is being asked now is asked to the end as it began.

        Returns the names of providers that are gone, or aren't what they were. Raises BadRequest, and changes nothing then.
        """
        before, after = self.catalogue.providers, Catalogue(settings, self._transports.network, self._clock, self.catalogue)
        others = tuple(name for name, provider in before.items() if after.providers.get(name) != provider)
        for name in others:
            self.breaker.forget(name)
        self._settings, self.catalogue = settings, after
        return others

    def chat(self, call: ModelCall) -> Coroutine[None, None, GatewayReply]:
        """Ask for a chat completion.

        With `call.attached` nothing is asked: the answer that a provider makes in its background is listened to again, without
        what of it was `heard`. Raises, before the first byte only: ModelNotFound, NoProvider, BadRequest (what a wire can't
        carry), ProviderFault, OutboundError.
        """
        return self._run(call)

    def embed(self, call: ModelCall) -> Coroutine[None, None, GatewayReply]:
        """Ask for embeddings; a plain answer. Raises as `chat` does."""
        return self._run(call)

    async def let_go(self, attachment: Attachment, *, cancel: bool) -> None:
        """Stop an answer in a provider's background (`cancel`), or have the provider forget one that is over.

        Best effort, within a few seconds: what can't be reached now keeps it for as long as it keeps anything.
        """
        provider = self.catalogue.providers.get(attachment.provider)
        wire = WIRES.get(provider.wire) if provider is not None else None
        if provider is None or not isinstance(wire, OpenAIResponses):
            return
        try:
            request = wire.ending(attachment, provider, cancel=cancel)
            reply = await self._transports.network.open(provider.target, request, LISTING)
            reply.close()
            _log.info("a background answer was let go: %s", reply.status)
        except ProsaError as error:
            _log.warning("a background answer could not be let go: %s", error.code)

    async def discover(self) -> None:
        """Refresh the lists of models from the providers, at most once in five minutes."""
        await self.catalogue.discover()

    async def _run(self, call: ModelCall) -> GatewayReply:
        plan = await self.plan(call)
        if call.reasoning is None:
            call.reasoning = plan.reasoning
        attempts = plan.attempts if call.fallback else plan.attempts[:1]
        held = await self._budget.reserve(call.payer, call.kind, call.model)
        record = CallRecord(call.kind, attempts[0].model, attempts[0].provider.name)
        record.asked, record.payer, record.held = call.model, call.payer, held
        ledger = Ledger(record, _asked_bytes(call), self._settled, self._clock)
        if call.heard is not None:
            record.counted_before = question(ledger.asked_bytes), estimate(call.heard.text + call.heard.reasoning)
        try:
            if len(attempts) == 1:  # nearly every call
                return await self._persist(call, attempts[0], ledger)
            return await self._through(call, attempts, ledger)
        except ProsaError as error:
            ledger.failed(error)
            raise
        except asyncio.CancelledError:
            ledger.close(CallStatus.CANCELLED)
            raise
        except Exception:
            # A defect of our own: the request's edge tells of it, but the call is settled like any other.
            ledger.close(CallStatus.FAILED)
            raise

    def _settled(self, record: CallRecord) -> None:
        self._budget.settle(record.held, record)
        self._settle(record)

    async def plan(self, call: ModelCall) -> Plan:
        """Who would be asked, without asking. Raises ModelNotFound, NoProvider: what a call fails with by its name alone."""
        try:
            found = self.catalogue.candidates(call.kind, call.model)
        except NoProvider as error:
            if call.allowed is not None and call.model is not None and call.model not in call.allowed:
                raise NotAmongAllowed from error  # what is configured here is nothing to a key that may not use it
            # A server that is known by its URL alone has no default until it was asked what it serves.
            await self.catalogue.discover()
            found = self.catalogue.candidates(call.kind, call.model)
        except ModelNotFound as error:
            raise error if call.allowed is None else NotAmongAllowed() from error
        if call.allowed is not None and not permitted(call.model, found, call.allowed):
            raise NotAmongAllowed
        if call.attached is not None:
            return Plan(found.asked, (self._attached(call.attached),), found.dropped, found.reasoning)
        return ordered(found, self.breaker.closed, _draw(found))

    def _attached(self, attachment: Attachment) -> Attempt:
        provider = self.catalogue.providers.get(attachment.provider)
        if provider is None or not provider.background:
            raise NoProvider("the provider that makes this answer is not configured any more")
        return Attempt(provider, attachment.model, "it makes this answer already", f"{provider.name}/{attachment.model}")

    async def _through(self, call: ModelCall, attempts: tuple[Attempt, ...], ledger: Ledger) -> GatewayReply:
        for index, attempt in enumerate(attempts):
            try:
                return await self._persist(call, attempt, ledger)
            except ProsaError as error:
                if index + 1 == len(attempts) or not elsewhere(error) or self._left(call, ledger) <= 0:
                    raise
        raise NoProvider("no target is left to try")

    async def _persist(self, call: ModelCall, attempt: Attempt, ledger: Ledger) -> GatewayReply:
        """Try one target, again where a pause may help."""
        turn = 0
        while True:
            ledger.record.attempts += 1
            ledger.record.model, ledger.record.provider = attempt.model, attempt.provider.name
            before = self.breaker.begin(attempt.key)
            try:
                reply = await self._try(call, attempt, ledger)
            except ProsaError as error:
                if opens_circuit(error) and not (isinstance(error, TotalTimeout) and ledger.record.attempts > 1):
                    self.breaker.failed(attempt.key)
                else:
                    # Of the call's time others had used up a part, or the target isn't to blame.
                    self.breaker.spared(attempt.key, before)
                wait = pause(error, turn, self._settings.retries)
                if wait is None or wait >= self._left(call, ledger):
                    raise
                turn += 1
                await asyncio.sleep(wait)
            except BaseException:
                self.breaker.spared(attempt.key, before)
                raise
            else:
                self.breaker.succeeded(attempt.key)
                return reply

    def _left(self, call: ModelCall, ledger: Ledger) -> float:
        """Seconds that the whole call still has, all its tries together."""
        bounds = (call.seconds, (call.timeouts or self._settings.timeouts).total)
        most = min((bound for bound in bounds if bound is not None), default=_ENDLESS)
        return ledger.begun + most - self._clock.monotonic()

    def _timeouts(self, call: ModelCall, ledger: Ledger) -> Timeouts:
        """The time-outs of one try."""
        timeouts = call.timeouts or self._settings.timeouts
        if timeouts.total is None and call.seconds is None:  # nearly every call
            return timeouts
        return replace(timeouts, total=max(0.0, self._left(call, ledger)))

    async def _try(self, call: ModelCall, attempt: Attempt, ledger: Ledger) -> GatewayReply:
        provider = attempt.provider
        wire = WIRES["openai_chat" if provider.wire == "mock" else provider.wire]
        request = wire.request(call, attempt.model, provider)
        transport = self._transports.network if provider.wire != "mock" else self._transports.mock
        if transport is None:
            raise NoProvider("the mock doesn't run here")
        reply = await transport.open(provider.target, request, self._timeouts(call, ledger))
        try:
            if reply.status != 200:
                raise await refusal(reply, provider.api_key)
            if not call.stream:
                return await self._whole(reply, call, attempt, wire, ledger)
            relay = wire.relay(call, attempt.model, provider)
            held = await first_words(reply, relay)
        except (ProsaError, asyncio.CancelledError):
            reply.close()
            raise
        except Exception as error:
            # The provider-attempt edge: an answer that a wire can't read is a failed try like any other.
            reply.close()
            _log.exception("a provider's answer could not be read")
            raise not_an_answer() from error
        ledger.first_byte()
        return GatewayReply.stream(ledger, reply, relay, held)

    async def _whole(self, reply: Reply, call: ModelCall, attempt: Attempt, wire: Wire, ledger: Ledger) -> GatewayReply:
        body = await reply.body(self._settings.answer_bytes)
        ledger.first_byte()
        answer = wire.plain(body, call, attempt.model, attempt.provider.api_key)
        reply.close()
        return GatewayReply.whole(ledger, answer)


def _draw(found: Candidates) -> float:
    return secrets.randbelow(1 << 30) / (1 << 30) if len(found.targets) > 1 else 0.0


def _asked_bytes(call: ModelCall) -> int:
    asked = call.fields.get("messages" if call.kind is CallKind.CHAT else "input")
    return len(bytes(asked)) if asked is not None else 0
