"""Each rule of stored completions by itself: whose they are, what is one, which models they may ask."""

import msgspec
import pytest
from msgspec import Raw

from prosa.answers import ChatService, Listing, Wish
from prosa.answers.chat.errors import CompletionNotFound
from prosa.answers.chat.models import ChatAsked
from prosa.answers.chat.store import ChatStore
from prosa.drivers.sql import Database
from prosa.gateway import CallKind, ModelCall
from prosa.runs import Run
from tests.answers.house import ANA, BEN, House, a_house
from tests.databases import database

__all__ = ["database"]


def chats(house: House, database: Database) -> ChatService:
    """The service beside the house's own."""

    async def allowed(_run: Run) -> bool:
        return True

    return ChatService(house.engine, database, house.gateway, house.files, allowed)


def wish(text: str, models: frozenset[str] | None = None, model: str = "mock") -> Wish:
    """A completion of one message."""
    messages = Raw(msgspec.json.encode([{"role": "user", "content": text}]))
    return Wish(ModelCall(CallKind.CHAT, model, {"messages": messages}, allowed=models))


async def test_each_space_sees_its_own_completions(database: Database) -> None:
    async with a_house(database) as house:
        service = chats(house, database)
        run = await house.engine.finished(await service.create(ANA, wish("Hi")))
        mine = "chatcmpl-" + run.id
        response = await house.ask(input="Hi")
        other = "chatcmpl-" + response["id"].removeprefix("resp_")
        assert [id for id, _ in (await service.list("ana", Listing())).items] == [mine]
        page = await service.list("ben", Listing())
        assert page.items == [] and not page.more
        assert await ChatStore(database).page("ben", Listing(), None, 9) == []
        assert [found.id for found in await ChatStore(database).page("ana", Listing(), None, 9)] == [run.id]
        for space, id in (("ben", mine), ("ana", other)):
            for attempt in (
                service.get(space, id),
                service.describe(space, id, {}),
                service.messages(space, id, Listing()),
                service.list(space, Listing(after=id)),
                service.delete(space, id),
            ):
                with pytest.raises(CompletionNotFound):
                    await attempt
        assert await service.get("ana", mine)
        assert await house.answers.get("ana", response["id"])


async def test_what_has_not_ended_or_failed_is_no_completion(database: Database) -> None:
    async with a_house(database) as house:
        service = chats(house, database)
        going = await service.create(ANA, wish("[[mock text='one two' delay=5]]"))
        failed = await house.engine.finished(await service.create(ANA, wish("[[mock status=400]]")))
        for run in (going, failed):
            with pytest.raises(CompletionNotFound):
                await service.get("ana", "chatcmpl-" + run.id)
        assert (await service.list("ana", Listing())).items == []


async def test_a_key_s_models_are_kept_and_judged_again(database: Database) -> None:
    async with a_house(database) as house:
        service = chats(house, database)
        run = await service.create(ANA, wish("Hi", frozenset({"mock-echo", "mock"}), "mock-echo"))
        assert ChatAsked.of(run).call().allowed == frozenset({"mock", "mock-echo"})
        free = await service.create(BEN, wish("Hi"))
        assert ChatAsked.of(free).call().allowed is None
