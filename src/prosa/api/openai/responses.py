"""`POST /v1/responses`, without a framework: an answer that is durable before its first word is shown."""

from functools import partial
from typing import Final

from prosa.answers import AnswerService, CreateOptions, Given, ResponseNotFound, ResponseRequest
from prosa.api.edge import Exchange
from prosa.api.following import Framing, Readers
from prosa.api.presence import ClientPresent
from prosa.identity import Caller
from prosa.runs import Engine

RESPONSE: Final = "resp_"
# OpenAI ends a stream with the terminal event; Open Responses wants this behind it, and no `id` in any frame. SDKs take both.
STREAMED: Final = Framing(end=b"data: [DONE]\n\n")
# Nobody can come again for a response that isn't stored: its reader hears that this is not the end.
PASSING: Final = Framing(
    end=STREAMED.end,
    farewell=b'data: {"error":{"message":"The connection ends before the response, which is not stored: ask again.",'
    b'"type":"server_error","param":null,"code":"stream_broken"}}\n\n' + STREAMED.end,
)


class Responses:
    """Responses as they are asked for."""

    def __init__(self, answers: AnswerService, runs: Engine, readers: Readers) -> None:
        self._answers = answers
        self._runs = runs
        self._readers = readers

    async def create(self, exchange: Exchange) -> None:
        """Ask a model; told whole, as a stream, or (`background`) at once, to be read later.

        Who leaves cancels nothing but a response that isn't stored: nobody could read that any more.
        """
        request = ResponseRequest.from_json(await exchange.body(), self._answers.offered)
        exchange.record.model = request.model
        given = await self._given(exchange, request)
        if given.stored and (request.stream or not request.background):
            await exchange.made()
        if request.stream:
            await self._readers.tell(exchange, given.follow(), STREAMED if given.stored else PASSING)
        elif request.background:
            await exchange.respond(200, await self._answers.shown(given.run))
        else:
            with ClientPresent(exchange):
                await exchange.respond(200, await self._whole(given))

    async def _given(self, exchange: Exchange, request: ResponseRequest) -> Given:
        caller = exchange.caller
        assert caller is not None
        if exchange.repeated:
            known = await self._known(caller, exchange.object_id or "")
            if known is not None:
                return known
        options = CreateOptions(exchange.object_id, replace=request.when_busy == "replace")
        return await self._answers.create(caller, request, options)

    async def _known(self, caller: Caller, run_id: str) -> Given | None:
        """What an earlier attempt of this request has begun."""
        try:
            run = await self._answers.get(caller.space, RESPONSE + run_id)
        except ResponseNotFound:
            return None
        return Given(run, True, partial(self._runs.follow, run))

    async def _whole(self, given: Given) -> bytes:
        if given.stored and not given.run.open:
            return await self._answers.shown(given.run)
        return await given.response()
