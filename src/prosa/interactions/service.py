"""An interaction is one question to a model, alone, and its answer, kept for its owner."""

import base64
import binascii
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import msgspec

from prosa.drivers.outbound import TotalTimeout
from prosa.drivers.sql import Database
from prosa.gateway import CallKind, Gateway, ModelCall, ProviderFault, Reasoning
from prosa.interactions.cache import AnswerCache
from prosa.interactions.errors import AnswerTooSlow, UnknownCursor
from prosa.interactions.masking import clean
from prosa.interactions.models import Answer, CleanPrompt, Interaction, InteractionStatus, Page, PageRequest, Question
from prosa.interactions.settings import InteractionSettings
from prosa.kit.clock import Clock
from prosa.kit.errors import ProsaError
from prosa.kit.ids import new_uuid

if TYPE_CHECKING:
    from prosa.interactions.store import InteractionStore, Position

# What the original sent with every prompt.
TEMPERATURE: Final = msgspec.Raw(b"0.7")
MAX_TOKENS: Final = msgspec.Raw(b"1000")
# Of the time that is left, a model may use this part while another one is still to be tried.
SHARE: Final = 2 / 3


class InteractionService:
    """Asks, keeps, and lists exchanges. The database, and the library for it, are not touched before the first use."""

    def __init__(self, database: Database, gateway: Gateway, settings: InteractionSettings, clock: Clock) -> None:
        self._database = database
        self._gateway = gateway
        self._settings = settings
        self._clock = clock
        self._cache = AnswerCache(clock, settings.cache_seconds) if settings.cache else None
        self._opened: InteractionStore | None = None

    def clean(self, prompt: str) -> CleanPrompt:
        """The prompt as it may go on. Raises PromptRefused, PromptEmpty."""
        return clean(prompt, strict=self._settings.strict)

    async def ask(self, question: Question) -> Interaction:
        """Ask a model and keep the exchange: a row before the model is called, completed after, also when it failed.

        Raises what the gateway raises, AnswerTooSlow, and DatabaseUnavailable (before the model is called: nothing is asked
        that could not be kept).
        """
        store = await self._store()
        begun = Interaction(
            id=question.id or new_uuid(),
            space=question.space,
            user_id=question.user_id,
            prompt=question.prompt,
            asked_at=datetime.fromtimestamp(self._clock.now(), UTC),
            trace_id=question.trace_id,
        )
        started = self._clock.monotonic()
        known = await _begin(store, begun, again=question.id is not None)
        if known is not None:
            return known
        try:
            answer = await self._answer(question)
        except ProsaError as error:
            failed = replace(begun, model="error", error=error.code, latency_ms=self._milliseconds_since(started))
            await store.complete(failed)
            raise
        done = replace(
            begun,
            response=answer.text,
            model=answer.model,
            cached=answer.cached,
            tokens=answer.tokens,
            latency_ms=self._milliseconds_since(started),
        )
        await store.complete(done)
        return done

    async def history(self, space: str, user_id: str, page: PageRequest) -> Page:
        """A user's exchanges within a space, newest first. Raises UnknownCursor, DatabaseUnavailable."""
        before = _position(page.cursor) if page.cursor is not None else None
        store = await self._store()
        found = await store.newest(space, user_id, page.limit + 1, before)
        more = len(found) > page.limit
        found = found[: page.limit]
        return Page(tuple(item for item, _ in found), _cursor(found[-1][1]) if more else None)

    async def database_ready(self) -> bool:
        """Whether the database can be used now; writes nothing."""
        return await self._database.ready()

    def model_ready(self) -> bool:
        """Whether a model is configured whose circuit is closed; costs nothing, for no model is asked."""
        return any(any(self._circuits(model)) for model in self._models)

    async def aclose(self) -> None:
        """Let go of the database."""
        await self._database.aclose()

    @property
    def _models(self) -> tuple[str | None, ...]:
        return (self._settings.model, *self._settings.fallback_models)

    def _circuits(self, model: str | None) -> list[bool]:
        """For each target that may answer as this model, whether its circuit is closed; empty where no target is known."""
        try:
            plan = self._gateway.catalogue.explain(model, CallKind.CHAT)
        except ProsaError:
            return []
        return [self._gateway.breaker.closed(attempt.key) for attempt in plan.attempts]

    async def _store(self) -> "InteractionStore":
        if self._opened is None:
            await self._database.open()  # loads SQLAlchemy in a thread, so that the import below is cheap
            from prosa.interactions.store import InteractionStore

            self._opened = InteractionStore(self._database)
        return self._opened

    async def _answer(self, question: Question) -> Answer:
        if self._cache is not None:
            kept = self._cache.get(question.space, question.user_id, question.prompt)
            if kept is not None:
                return kept
        answer = await self._first_that_answers(question)
        if self._cache is not None:
            self._cache.put(question.space, question.user_id, question.prompt, answer)
        return answer

    async def _first_that_answers(self, question: Question) -> Answer:
        # A model that rests is passed over, unless all do: the gateway sees one model a call, and would try it all the same.
        resting = {model for model in self._models if (circuits := self._circuits(model)) and not any(circuits)}
        models = tuple(model for model in self._models if model not in resting) or self._models
        until = self._clock.monotonic() + self._settings.answer_seconds
        failure: ProsaError = AnswerTooSlow()
        for left, model in zip(range(len(models) - 1, -1, -1), models, strict=True):
            remaining = until - self._clock.monotonic()
            if remaining <= 0:
                break
            try:
                return await self._ask_model(model, question, remaining * SHARE if left else remaining)
            except ProsaError as error:
                failure = error
        raise failure

    async def _ask_model(self, model: str | None, question: Question, seconds: float) -> Answer:
        messages = msgspec.Raw(msgspec.json.encode([{"role": "user", "content": question.prompt}]))
        fields = {"messages": messages, "temperature": TEMPERATURE, "max_tokens": MAX_TOKENS}
        # The gateway keeps the time itself, so that a model which is always too slow opens its circuit.
        call = ModelCall(CallKind.CHAT, model, fields, reasoning=Reasoning.DROP, seconds=seconds, allowed=question.models)
        call.payer = question.payer
        try:
            reply = await self._gateway.chat(call)
        except TotalTimeout as error:
            raise AnswerTooSlow from error
        try:
            completion = _COMPLETION.decode(reply.body)
        except msgspec.MsgspecError as error:
            raise ProviderFault("The model's answer can't be read.") from error
        text = completion.choices[0].message.content if completion.choices else None
        tokens = reply.usage.prompt_tokens + reply.usage.completion_tokens if reply.usage is not None else None
        return Answer(text if isinstance(text, str) else "", completion.model or reply.model, tokens)

    def _milliseconds_since(self, started: float) -> int:
        return round((self._clock.monotonic() - started) * 1000)


class _Message(msgspec.Struct):
    content: object = None


class _Choice(msgspec.Struct):
    message: _Message = msgspec.field(default_factory=_Message)


class _Completion(msgspec.Struct):
    choices: list[_Choice] = []
    model: str | None = None


_COMPLETION = msgspec.json.Decoder(_Completion)


def _cursor(position: "Position") -> str:
    return base64.urlsafe_b64encode(f"{position[0]}.{position[1]}".encode()).decode().rstrip("=")


async def _begin(store: "InteractionStore", begun: Interaction, *, again: bool) -> Interaction | None:
    """Write down that it was asked; `again`: an earlier attempt may have done so, and may even have had the answer."""
    if not again:
        await store.add(begun)
        return None
    if not await store.add_missing([begun]):
        known = await store.one(begun.space, begun.id)
        if known is not None and known.status is InteractionStatus.COMPLETED:
            return known
    return None


def _position(cursor: str) -> "Position":
    """Where a page ended. A cursor only places a reader inside a list that is its own, so it needs no signature."""
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode("ascii")
        moment, number = text.split(".")
        position = int(moment), int(number)
    except (ValueError, binascii.Error) as error:
        raise UnknownCursor from error
    if max(map(abs, position)) >= 2**63:
        raise UnknownCursor
    return position
