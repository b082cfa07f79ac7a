"""Looking for what was said, in one's own conversations."""

import asyncio
from typing import Final

from prosa.conversations.searching.models import Hit, HitPage, SearchQuery, Snippet
from prosa.conversations.searching.questions import Question, question_of
from prosa.conversations.searching.snippets import snippet_of
from prosa.conversations.searching.store import SearchStore
from prosa.conversations.searching.texts import Piece, texts_of
from prosa.drivers.sql import Database

_LARGE: Final = 32_768  # characters of an item that is read by itself, on a thread
_MOST: Final = 4_194_304  # bytes of large items that are read for one page; hits beyond them are told without their text


class SearchService:
    """Finds items and titles by their words. The database isn't touched before the first use."""

    def __init__(self, database: Database) -> None:
        self._store = SearchStore(database)

    async def search(self, space: str, query: SearchQuery) -> HitPage:
        """A page of hits. What is in the trash isn't found, nor what an import found deleted.

        What came within the last second may not be found yet. Raises SearchTooLong, DatabaseUnavailable.
        """
        question = question_of(query.text)
        if not question.clauses:
            return HitPage(())
        found = await self._store.find(space, question, query)
        shown = found[: query.limit]
        bodies = await self._store.items(space, [hit.number for hit in shown if hit.number is not None], _LARGE)
        hits, left = [], _MOST
        for hit in shown:
            if hit.number is None:
                hits.append(Hit(hit, snippet_of((Piece(hit.title or ""),), question)))
            elif hit.number in bodies:
                hits.append(Hit(hit, _of_item(hit.type, bodies[hit.number], question)))
            else:
                body = await self._store.item(space, hit.number) if left > 0 else b""
                left -= len(body)
                hits.append(Hit(hit, await asyncio.to_thread(_of_item, hit.type, body, question)))
        return HitPage(tuple(hits), shown[-1].place if len(found) > query.limit else None)


def _of_item(type: str, body: bytes, question: Question) -> Snippet:
    texts = texts_of(type, body)
    return snippet_of(() if texts is None else texts.pieces, question)
