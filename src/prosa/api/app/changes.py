"""`/api/v1/changes`: what changed in one's own space, for one's other tabs and devices, by server-sent events."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Annotated, Any, Final

import msgspec
from fastapi import APIRouter, Depends, Header, Query, Response
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.change_events import EXAMPLE_FRAMES, Page, Told, first, told
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.surroundings import TheExchange
from prosa.api.followed import Followed
from prosa.api.following import Framed, Framing, Readers
from prosa.api.scope import feed_of, readers_of
from prosa.events import PAGE, Feed, Stand
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/changes", tags=["Changes"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
TheFeed = Annotated[Feed, Depends(feed_of)]
TheReaders = Annotated[Readers, Depends(readers_of)]
LARGEST: Final = 2**53  # of JSON's numbers that every reader can tell from the next
After = Annotated[
    int | None, Query(ge=0, le=LARGEST, description="The number of the last event that was seen; without one, from now on.")
]
LastEventId = Annotated[
    int | None, Header(ge=0, le=LARGEST, description="The same, as a browser's EventSource says it when it comes back.")
]
NUMBERED: Final = Framing(ids=True, endless=True)


class ChangeShown(BaseModel):
    """Something that changed."""

    type: str = Field(examples=["conversation.updated"])
    number: int = Field(examples=[42])
    id: str | None = Field(default=None, examples=["conv_5e0c1a3e6f2b4d8c9a7b6c5d4e3f2a1b"])
    at: str | None = Field(default=None, examples=["2026-03-01T12:00:00.000000Z"])
    data: dict[str, Any] | None = Field(default=None, examples=[{"version": 3}])


class ChangePage(BaseModel):
    """What is there now."""

    number: int = Field(description="Ask after this one next.", examples=[42])
    reload: bool = Field(description="What came before isn't kept any more: fetch all that is shown anew.")
    more: bool = Field(description="Whether more may be there already.")
    data: list[ChangeShown]


STREAM: Final[dict[int | str, dict[str, Any]]] = {  # of FastAPI's own type for `responses`
    200: {
        "model": ChangePage,
        "description": "A page; or the events as they come, without end, where `Accept` names `text/event-stream`.",
        "content": {"text/event-stream": {"schema": {"type": "string"}, "example": EXAMPLE_FRAMES}},
    }
}


@router.get("", operation_id="followChanges", response_model=None, responses=STREAM | problems(401, 403))
async def follow_changes(
    caller: Reader,
    exchange: TheExchange,
    feed: TheFeed,
    readers: TheReaders,
    after: After = None,
    last_event_id: LastEventId = None,
) -> Response:
    """What happens to one's conversations, folders and whatever else is one's own, from any device and any dialect.

    Where `Accept` names `text/event-stream`, as a browser's EventSource does, that is a stream; else a page of what is there now.

    The stream's first event is `changes.ready`, with the number from which on nothing is missed; or `changes.reload` where what
    came after the number that was named isn't kept any more (a day), so that all that is shown has to be fetched anew. The others
    tell the type of a change, the object's id and, where there is one, its version; never what anybody said.
    """
    stand = await feed.stand(after if last_event_id is None else last_event_id)
    if b"text/event-stream" not in (exchange.header(b"accept") or b""):
        found = await feed.read(caller.space, stand.number)
        number = found[-1].number if found else stand.number
        page = Page(number, not stand.whole, len(found) == PAGE, [told(change) for change in found])
        return Response(msgspec.json.encode(page), media_type="application/json")
    return Followed(readers, changes(feed, caller.space, stand), NUMBERED)


async def changes(feed: Feed, space: str, stand: Stand) -> AsyncGenerator[Framed, None]:
    """Where the reader stands, and what comes after it."""
    yield first(stand)
    async with aclosing(feed.follow(space, stand.number)) as pages:
        async for page in pages:
            yield Told([told(change) for change in page])
