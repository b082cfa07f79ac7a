"""What the model is asked in each step of one answer."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import msgspec

from prosa.answers.asking import Telling, chat_call, telling_of
from prosa.answers.asking.call import Described
from prosa.answers.assisting.hearing import heard_of, prompt_room
from prosa.answers.calling import offers
from prosa.answers.context import note, paired, still, weight
from prosa.answers.continuing import continuation, continuation_or_nudge
from prosa.answers.errors import ContextTooLarge
from prosa.answers.models import Asked, Before, Prepared
from prosa.answers.parts import AnswerParts
from prosa.answers.responses import ITEMS, ResponseRequest, Said, stored_form, tool_key
from prosa.answers.servers.listing import Listing
from prosa.answers.servers.policy import foreign
from prosa.answers.servers.serving import Serving, View
from prosa.files import Carried
from prosa.gateway import Attachment, GatewayReply, Heard, ModelCall, ProviderFault, StreamBroken
from prosa.kit.errors import BadRequest
from prosa.runs import Run
from prosa.usage import Payer

_NO_TOOLS: Final = msgspec.Raw(b'"none"')
PATIENCE: Final = 60.0  # seconds for which a run waits until it may carry its files
_SHORTER: Final = 2  # of what was too long, one part in so many is kept
# Providers have no common code for it.
_TOO_LONG: Final = re.compile(
    r"context.{0,24}(length|window|size|limit)|prompt is too long|too many (input )?tokens|maximum.{0,20}tokens", re.IGNORECASE
)


CONTAINER = "cntr_"


class _Function(msgspec.Struct):
    type: str
    name: str = ""


class _Contained(msgspec.Struct):
    type: str
    container: object = None


_contained: Final = msgspec.json.Decoder(_Contained).decode
_function: Final = msgspec.json.Decoder(_Function).decode


def _functions(request: ResponseRequest) -> frozenset[str]:
    """The names of the caller's functions that a request offers."""
    tools = [_function(raw) for raw in request.tools or ()]
    return frozenset(tool.name for tool in tools if tool.type == "function")


class Questions:
    """Holds what the model is to hear before its own words, and makes calls of it."""

    def __init__(self, parts: AnswerParts, asked: Asked, request: ResponseRequest) -> None:
        self._parts = parts
        self._asked = asked
        self._request = request
        self._context: list[bytes] = []
        self._carried: Carried | None = None  # the files in it
        self.payer: Payer | None = None
        self._before: Before | None = None
        self._first: ModelCall | None = None
        own = [offer.tool for offer in offers(parts.tools, request)]
        self._own = {tool.type: (tool,) for tool in own}
        self._served = View()
        telling = telling_of(request, frozenset(tool.name for tool in own), {tool.type: tool.name for tool in own})
        if asked.assisting is not None and telling.allowed is None:
            # Its clients call whatever function a run asks for: never one that the run wasn't given (attacks.md I1, I6).
            telling = replace(telling, allowed=_functions(request) | telling.hosted)
        items = {tool.name: ITEMS[tool.type] for tool in own if tool.type in ITEMS}
        self.telling: Telling = replace(telling, items=items, cites=bool(items), marks=asked.waits)
        self._plainly = self.telling  # without tools of other servers

    def contain(self, run: Run) -> None:
        """Name the container in which this run's code runs, where it may run any: the one that the request names, or its own."""
        if "code_interpreter_call" in self.telling.items.values():
            tools = [_contained(raw) for raw in self._request.tools or ()]
            named = [tool.container for tool in tools if tool.type == "code_interpreter" and isinstance(tool.container, str)]
            own = CONTAINER + (run.conversation_id or run.id)
            self.telling = self._plainly = replace(self.telling, container=str(named[0]) if named else own)

    def serve(self, serving: Serving) -> None:
        """Let the model know of what other servers offer, as far as it may be called now."""
        untrusted = foreign(self._context) or (self._before is not None and self._before.summary is not None)
        plain = self._plainly
        self._served = view = serving.view(foreign=untrusted, taken=_functions(self._request) | plain.hosted)
        names = frozenset(view.names)
        allowed = plain.allowed | names if plain.allowed is not None else None
        self.telling = replace(plain, served=view.names, hosted=plain.hosted | names, allowed=allowed)
        self._first = None

    @property
    def listings(self) -> Sequence[Listing]:
        """Lists of other servers' tools that stand before the answer."""
        return self._before.listings if self._before is not None else ()

    def sent(self) -> bytes | None:
        """What the model was sent of what came before; None where it was simply all."""
        return self._before.sent() if self._before is not None else None

    @property
    def weight(self) -> int:
        """Tokens of what is asked, about."""
        return sum(map(weight, self._context))

    def take(self, prepared: Prepared) -> None:
        """Go on from what was worked out when the request was taken."""
        self._context, self._first, self._carried = prepared.context, prepared.call, prepared.carried
        self._before = prepared.before

    async def read(self, run: Run) -> None:
        """Go on from what is stored. Raises what `Contexts` raises."""
        contexts, cut = self._parts.contexts, self._request.truncation == "auto"
        self._before = before = await contexts.told_to(run, self._asked, cut=cut)
        pinned = self._asked.assisting
        items = contexts.bounded(heard_of(pinned, before.bodies), cut=cut, tokens=prompt_room(pinned, None))
        items = paired(items, strict=False)
        self._still(before.bodies, items)
        found = await contexts.filled(run.space, contexts.audible(run.space, items), PATIENCE)
        self._context, self._carried = found, found.carried

    def plain(self, said: Said, *, tools: bool = True) -> ModelCall:
        """The call for what comes after what was said, as it would be for any provider. Raises BadRequest."""
        request = self._request
        if not tools:
            request = msgspec.structs.replace(request, tool_choice=_NO_TOOLS)
        if request.max_output_tokens is not None and said.usage is not None:
            request = msgspec.structs.replace(request, max_output_tokens=request.max_output_tokens - said.usage.output_tokens)
        items = [*self._context, *(stored_form(item)[2] for item in said.heard())]
        if self._served.note is not None:
            items.insert(0, note(self._served.note))
        hosted: dict[str, Sequence[Described]] = {
            **self._own,
            **{tool_key(label): tools for label, tools in self._served.tools.items()},
        }
        return self._addressed(chat_call(items, request, hosted, further=said.calls > 0))

    async def prepare(self, context: list[bytes], before: Before | None = None) -> tuple[list[bytes], ModelCall]:
        """The context, cut where it may be and has to, and the first call.

        Raises BadRequest, ModelNotFound, NoProvider: all that can be known before the model is asked.
        """
        self._context, self._before = context, before
        call = self.plain(Said())
        plan = await self._parts.gateway.plan(call)
        known = plan.attempts[0].provider.context_length
        room = known - (self._request.max_output_tokens or 0) if known is not None else None
        room = prompt_room(self._asked.assisting, room)
        if self._request.truncation == "auto" and room is not None:
            self._context = self._parts.contexts.bounded(context, cut=True, tokens=room)
            self._still(context, self._context)
            call = self.plain(Said()) if len(self._context) < len(context) else call
        return self._context, call

    async def ask(self, said: Said, *, tools: bool = True) -> GatewayReply | None:
        """Ask for what comes next; None where no token of the request's bound is left. Raises what the gateway raises, and
        ContextTooLarge where the model can't hear so much and nothing may be left out."""
        bound = self._request.max_output_tokens
        if bound is not None and said.usage is not None and said.usage.output_tokens >= bound:
            return None
        while True:
            try:
                call = await self._next(said, tools=tools)
                call.payer = self.payer
                return await self._parts.gateway.chat(call)
            except (ProviderFault, BadRequest) as error:
                if not _too_long(error):
                    raise
                if self._request.truncation != "auto" or not self._shorten():
                    raise ContextTooLarge("the model can't hear so much at once") from error

    async def listen(self, said: Said, attachment: Attachment, heard: Heard) -> GatewayReply:
        """Listen again to an answer that a provider makes in its background. Raises what the gateway raises."""
        call = msgspec.structs.replace(self.plain(said), attached=attachment, heard=heard, payer=self.payer)
        return await self._parts.gateway.chat(call)

    async def _next(self, said: Said, *, tools: bool) -> ModelCall:
        first, self._first = self._first, None
        if len(said):
            call = self.plain(said, tools=tools)
            if not said.continuable():
                return call
            rest = await continuation(self._parts.gateway, call)
            if rest is None:
                raise StreamBroken("The answer broke off, and no provider of the model goes on with it")
            return rest
        call = first or self.plain(said, tools=tools)
        if self._asked.continues and self._context and b'"role":"assistant"' in self._context[-1]:
            return await continuation_or_nudge(self._parts.gateway, call)
        return call

    def _addressed(self, call: ModelCall) -> ModelCall:
        call.model = self._asked.name
        call.allowed = self._asked.names
        call.background = self._request.stored_after
        return call

    def _shorten(self) -> bool:
        """Leave the older half out; False where there is nothing more to leave out."""
        fewer = self._parts.contexts.bounded(self._context, cut=True, tokens=self.weight // _SHORTER)
        if len(fewer) == len(self._context):
            return False
        self._still(self._context, fewer)
        self._context = fewer
        return True

    def _still(self, had: list[bytes], left: list[bytes]) -> None:
        if self._before is not None and len(left) < len(had):
            self._before.ids[:] = still(self._before.ids, had, left)
            self._before = replace(self._before, cut=True)


def _too_long(error: ProviderFault | BadRequest) -> bool:
    return error.status in (400, 413) and _TOO_LONG.search(error.message) is not None
