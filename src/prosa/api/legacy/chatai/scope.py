"""What the handlers of C's talks depend on: the caller, within the dialect's own limit, and the parts that they talk with."""

from typing import Annotated

from fastapi import Depends, Request

from prosa.api.access import needs
from prosa.api.edge import Exchange, charge
from prosa.api.legacy.chatai.asking import Talkers
from prosa.api.legacy.chatai.settings import ChataiSettings
from prosa.api.scope import answers_of, conversations_of, exchange_of, runs_of, shelf_of, talking_of, talks_of
from prosa.conversations import Shelf
from prosa.identity import Caller, Door, Permission

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS, Door.CHATAI)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS, Door.CHATAI)]
Asker = Annotated[Caller, needs(Permission.CALL_MODELS, Door.CHATAI)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
TheShelf = Annotated[Shelf, Depends(shelf_of)]


async def settings_of(request: Request) -> ChataiSettings:
    """What the dialect was told at start."""
    settings: ChataiSettings = request.app.state.parts.chatai
    return settings


async def talkers_of(request: Request) -> Talkers:
    """What the dialect talks with."""
    return Talkers(
        await talking_of(request),
        await talks_of(request),
        await conversations_of(request),
        await runs_of(request),
        await answers_of(request),
        await settings_of(request),
    )


Parts = Annotated[Talkers, Depends(talkers_of)]


def pace(exchange: Exchange, caller: Caller, settings: ChataiSettings) -> None:
    """Charge a call of this dialect to its person (C39). Raises RateLimited, LimiterUnavailable."""
    charge(exchange, f"chatai|{caller.space}", settings.per_minute, Door.CHATAI)
