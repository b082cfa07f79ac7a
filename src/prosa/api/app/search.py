"""`GET /api/v1/search`: one's own messages and titles by their words."""

from dataclasses import astuple, replace
from typing import Annotated

from fastapi import APIRouter, Depends

from prosa.api.access import needs
from prosa.api.app.cursors import Cursors
from prosa.api.app.documents import problems
from prosa.api.app.errors import UnknownCursor
from prosa.api.app.routing import AppRoute
from prosa.api.app.search_models import SearchHit, Sort, SpokenBy, Text, Where, hit_shown
from prosa.api.app.shapes import Cursor, Limit, ListOf
from prosa.api.app.surroundings import People, cursors_of
from prosa.api.scope import search_of
from prosa.conversations import Place, Ranking, SearchQuery, SearchService
from prosa.identity import Caller, Permission

router = APIRouter(prefix="/api/v1/search", tags=["Conversations"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
TheSearch = Annotated[SearchService, Depends(search_of)]


async def asked(q: Text, where: Where, role: SpokenBy = None, order: Sort = Ranking.BEST) -> SearchQuery:
    """What is looked for, and where."""
    return replace(where, text=q, speaker=role, ranking=order)


@router.get("", operation_id="search", responses=problems(401, 403))
async def search(
    caller: Reader,
    service: TheSearch,
    people: People,
    query: Annotated[SearchQuery, Depends(asked)],
    limit: Limit = 20,
    cursor: Cursor = None,
) -> ListOf[SearchHit]:
    """What was said in one's own conversations, in every version of them, and their titles; nothing that is in the trash.

    What came within the last second may not be found yet.
    """
    cursors = cursors_of(people, caller, "search", *(str(value) for value in astuple(query)))
    page = await service.search(caller.space, replace(query, limit=limit, after=_place(cursors, cursor)))
    further = None if page.further is None else (page.further.moment, f"{page.further.score}.{page.further.id}")
    return ListOf(data=[hit_shown(hit) for hit in page.hits], next_cursor=cursors.give(further))


def _place(cursors: Cursors, cursor: str | None) -> Place | None:
    """Where the page before ended. Raises UnknownCursor."""
    position = cursors.moment(cursor)
    if position is None:
        return None
    score, _, id = position[1].partition(".")
    if not score.isdecimal():
        raise UnknownCursor
    return Place(int(score), position[0], id)
