"""What people did, by day: the same before and after it is summed up, and whatever is deleted later."""

import pytest

from prosa.conversations import ConversationService
from prosa.drivers.sql import Database
from prosa.usage import DayOfActivity, Payer, erase_usage
from tests.conversations.desk import message
from tests.usage.desk import ANA, BIA, DAY, call, desk

FIRST = 20_000


async def never(_space: str, _run_id: str) -> None:
    """Ends a run; there is none."""


@pytest.mark.contract("C45")
async def test_conversations_messages_and_people_are_counted_by_day(database: Database) -> None:
    async with desk(database) as made:
        talk = ConversationService(database, made.journal, made.clock)
        first = await talk.create(ANA, items=[message("one"), message("two")])
        await talk.create(BIA, items=[message("three")])
        made.clock.at += DAY
        await talk.add_items(ANA, first.id, [message("four")])
        made.clock.at -= DAY
        await made.settle(call(Payer(ANA, "openai")), call(Payer(ANA, "openai", "key")), call(Payer("settings-1", "openai")))
        everybody = [DayOfActivity(FIRST, 2, 3, 1), DayOfActivity(FIRST + 1, 0, 1, 1)]
        own = [DayOfActivity(FIRST, 1, 2, 1), DayOfActivity(FIRST + 1, 0, 1, 1)]
        await made.settle(call(Payer(ANA, "openai")), day=1)
        assert await made.service.activity(None, FIRST, FIRST + 5) == everybody
        assert await made.service.activity(ANA, FIRST, FIRST + 5) == own
        assert await made.service.roll_up() > 0
        assert await made.service.activity(None, FIRST, FIRST + 5) == everybody
        await made.settle(call(Payer(ANA, "openai")), call(Payer(BIA, "openai")))
        await talk.delete(ANA, first.id, never)
        assert await made.service.activity(ANA, FIRST, FIRST + 5) == own
        assert (await made.service.activity(None, FIRST, FIRST))[0].people == 2
        async with database.writing() as connection:
            await erase_usage(connection, ANA)
        assert await made.service.activity(ANA, FIRST, FIRST + 5) == []
        assert [(day.conversations, day.messages) for day in await made.service.activity(None, FIRST, FIRST + 5)] == [
            (2, 3),
            (0, 1),
        ]
