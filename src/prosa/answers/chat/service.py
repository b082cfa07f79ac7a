"""Stored chat completions: begun, read, listed, described, deleted."""

import importlib
from contextlib import suppress
from functools import cached_property
from typing import TYPE_CHECKING, Final

import msgspec
from msgspec import Raw

from prosa.answers.chat.chunks import Teller
from prosa.answers.chat.errors import CompletionFailed, CompletionNotFound, MessageNotFound
from prosa.answers.chat.kind import ChatKind
from prosa.answers.chat.models import CHAT, COMPLETION, ChatAsked, Listing, Page, Wish, stored_id
from prosa.answers.models import StillAllowed
from prosa.drivers.sql import Database
from prosa.files import FileService, names_files
from prosa.gateway import Fields, Gateway
from prosa.identity import Caller, Door
from prosa.kit.ids import new_object_id
from prosa.runs import Engine, NewRun, Run, RunDefect, RunNotFound, RunState
from prosa.usage import payer_of

if TYPE_CHECKING:
    from prosa.answers.chat.store import ChatStore

# What of the request is shown again beside the answer (OpenAI's API reference, "Get chat completion").
_SHOWN: Final = (
    *("tools", "tool_choice", "response_format", "temperature", "top_p", "presence_penalty", "frequency_penalty", "seed"),
)
_fields: Final = msgspec.json.Decoder(Fields).decode
_integer: Final = msgspec.json.Decoder(int | None).decode
_messages: Final = msgspec.json.Decoder(list[Raw]).decode
_metadata: Final = msgspec.json.Decoder(dict[str, str] | None).decode
_encode: Final = msgspec.json.Encoder().encode
_PARTS: Final = frozenset({"text", "image_url"})
_NO_PARTS: Final = Raw(b"null")
_NEVER_ENDED: Final = "null"  # the result of a run that not even its kind could end
_NOTHING: Final = Raw(b"{}")


class ChatService:
    """A space's stored completions, which are runs. Every method may raise DatabaseUnavailable."""

    def __init__(self, engine: Engine, database: Database, gateway: Gateway, files: FileService, allowed: StillAllowed) -> None:
        """`allowed`: asked before a run goes on that another process began."""
        self._engine = engine
        self._gateway = gateway
        self._files = files
        self._database = database
        engine.kinds[CHAT] = ChatKind(gateway, files, allowed)

    async def create(self, caller: Caller, wish: Wish) -> Run:
        """Begin to answer; what was asked is durable when this returns.

        Raises before anything is stored: ModelNotFound, NoProvider, and what is wrong with files that the messages name.
        """
        if wish.repeated and wish.object_id is not None:
            known = await self._known(caller.space, wish.object_id)
            if known is not None:
                return known
        call = wish.call
        plan = await self._gateway.plan(call)
        if names_files(call.fields["messages"]):
            await self._files.inlined(self._files.carry(caller.space), call.fields["messages"])
        now = self._engine.now() // 1_000_000
        asked = ChatAsked(
            fields=call.fields,
            model=call.model,
            told=plan.attempts[0].model,
            created=now,
            choices=(_integer(call.fields["n"]) if "n" in call.fields else None) or 1,
            usage=call.stream and call.usage_asked,
            allowed=None if call.allowed is None else sorted(call.allowed),
            key=payer_of(caller, Door.OPENAI).key_id,
        )
        run_id = wish.object_id or new_object_id()
        new = NewRun(
            space=caller.space,
            kind=CHAT,
            request=asked.stored(),
            events=tuple(Teller(COMPLETION + run_id, now, asked.told).first(asked.choices)),
            id=run_id,
            account_id=caller.account_id,
            credential_id=caller.credential_id,
            metadata=_encode(wish.metadata or {}),
        )
        return await self._engine.start_run(new)

    async def ended(self, run: Run) -> bytes:
        """The completion, once there is one.

        Raises CompletionFailed where nothing was said, CompletionNotFound when it is deleted meanwhile.
        """
        try:
            done = await self._engine.finished(run)
        except RunNotFound as error:
            raise CompletionNotFound from error
        return self.told(done)

    def first_word(self, run: Run) -> int:
        """The number of the first event of the run's log that may say something."""
        return ChatAsked.of(run).choices

    def told(self, run: Run) -> bytes:
        """The completion of a run that has ended. Raises CompletionFailed where nothing was said."""
        if run.result in (None, _NEVER_ENDED):
            raise RunDefect
        result = _fields(run.result or "")
        if "error" in result:
            raise _failure(result["error"])
        return (run.result or "").encode()

    async def get(self, space: str, completion_id: str) -> bytes:
        """A stored completion as JSON. Raises CompletionNotFound, also before its end."""
        run = await self._run(space, completion_id)
        return _shown(run, _fields(run.result or "{}"))

    async def list(self, space: str, listing: Listing) -> Page:
        """A page of stored completions as JSON. Raises CompletionNotFound for an `after` that is none."""
        after = None if listing.after is None else await self._run(space, listing.after, "after")
        found: list[Run] = []
        while len(found) <= listing.limit:
            some = await self._store.page(space, listing, after, listing.limit + 1)
            found += [run for run in some if _matches(run, listing.metadata)]
            if len(some) <= listing.limit:
                break
            after = some[-1]
        items = []
        for run in found[: listing.limit]:  # one after the other: each may hold megabytes of what was asked
            with suppress(CompletionNotFound):  # deleted since
                items.append((COMPLETION + run.id, await self.get(space, COMPLETION + run.id)))
        return Page(items, len(found) > listing.limit)

    async def describe(self, space: str, completion_id: str, metadata: dict[str, str]) -> bytes:
        """Replace the metadata; the completion as JSON. Raises CompletionNotFound."""
        run = await self._run(space, completion_id)
        try:
            run = await self._engine.describe(space, run.id, _encode(metadata))
        except RunNotFound as error:
            raise CompletionNotFound from error
        return _shown(run, _fields(run.result or "{}"))

    async def delete(self, space: str, completion_id: str) -> None:
        """Take a completion away; one that is still being made is cancelled. Raises CompletionNotFound."""
        try:
            run = await self._engine.get(space, stored_id(completion_id))
            if run.kind != CHAT:
                raise CompletionNotFound
            await self._engine.delete(space, run.id)
        except RunNotFound as error:
            raise CompletionNotFound from error

    async def messages(self, space: str, completion_id: str, listing: Listing) -> Page:
        """The messages that a completion answers, as JSON.

        Raises CompletionNotFound, MessageNotFound for an `after` that is none.
        """
        run = await self._run(space, completion_id)
        asked = ChatAsked.of(run)
        given = [(f"{COMPLETION}{run.id}-{index}", message) for index, message in enumerate(_messages(asked.fields["messages"]))]
        if not listing.oldest_first:
            given.reverse()
        if listing.after is not None:
            place = next((index for index, (id, _) in enumerate(given) if id == listing.after), None)
            if place is None:
                raise MessageNotFound
            given = given[place + 1 :]
        items = [(id, _message(id, message)) for id, message in given[: listing.limit]]
        return Page(items, len(given) > listing.limit)

    async def _known(self, space: str, run_id: str) -> Run | None:
        """The run that an earlier attempt began; one that failed before its first word is tried anew."""
        try:
            run = await self._engine.get(space, run_id)
            if run.state is not RunState.FAILED:
                return run
            await self._engine.delete(space, run_id)
        except RunNotFound:
            pass
        return None

    async def _run(self, space: str, completion_id: str, param: str | None = None) -> Run:
        try:
            run = await self._engine.get(space, stored_id(completion_id))
        except RunNotFound as error:
            raise CompletionNotFound(param) from error
        if run.kind != CHAT or run.open or not (run.result or "").startswith('{"model"'):
            raise CompletionNotFound(param)
        return run

    @cached_property
    def _store(self) -> "ChatStore":
        store: type[ChatStore] = importlib.import_module("prosa.answers.chat.store").ChatStore
        return store(self._database)


def _shown(run: Run, result: Fields) -> bytes:
    """A completion as OpenAI shows a stored one."""
    given = ChatAsked.of(run).fields
    shown = {name: given[name] for name in _SHOWN if name in given}
    return _encode({**result, "metadata": Raw(run.metadata.encode()) if run.metadata else _NOTHING, **shown})


def _matches(run: Run, wanted: dict[str, str]) -> bool:
    if not wanted:
        return True
    found = _metadata(run.metadata or "null") or {}
    return all(found.get(name) == value for name, value in wanted.items())


def _message(id: str, raw: Raw) -> bytes:
    """A message as OpenAI shows it: its text, or its parts beside it where it came in parts."""
    try:
        message = _fields(raw)
    except msgspec.MsgspecError:
        message = {}
    content = message.get("content", _NO_PARTS)
    text, parts = content, _NO_PARTS
    if bytes(memoryview(content)[:1]) == b"[":
        text, parts = _in_parts(content)
    rest = {name: value for name, value in message.items() if name not in ("id", "content", "content_parts")}
    rest.setdefault("name", _NO_PARTS)
    return _encode({"id": id, **rest, "content": text, "content_parts": parts})


class _Part(msgspec.Struct):
    type: str | None = None
    text: str | None = None


_parts: Final = msgspec.json.Decoder(list[Raw]).decode
_part: Final = msgspec.json.Decoder(_Part).decode


def _in_parts(content: Raw) -> tuple[Raw, Raw]:
    """The text of a message that came in parts, and those of the parts that OpenAI shows."""
    texts, shown = [], []
    for raw in _parts(content):
        try:
            part = _part(raw)
        except msgspec.MsgspecError:
            continue
        if part.type in _PARTS:
            shown.append(raw)
        if part.text is not None:
            texts.append(part.text)
    return Raw(_encode("".join(texts) if texts else None)), Raw(_encode(shown))


class _Kept(msgspec.Struct):
    message: str
    status: int
    code: str
    param: str | None = None
    retry_after: float | None = None


_kept: Final = msgspec.json.Decoder(_Kept).decode


def _failure(raw: Raw) -> CompletionFailed:
    kept = _kept(raw)
    return CompletionFailed(kept.message, kept.status, kept.code, kept.param, kept.retry_after)
