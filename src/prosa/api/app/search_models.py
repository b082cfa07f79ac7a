"""How the app's API shows what was found."""

from datetime import datetime
from typing import Annotated

from fastapi import Depends, Query
from pydantic import AfterValidator, BaseModel, Field

from prosa.api.app.run_models import CONVERSATION
from prosa.api.app.shapes import EXAMPLE_ID, Moment, bare, in_utc
from prosa.conversations import FOLDER, LONGEST_TAG, MOST_LETTERS, Hit, Ranking, SearchQuery, Speaker, prefix_of
from prosa.kit import moments

Text = Annotated[
    str,
    Query(
        min_length=1,
        max_length=MOST_LETTERS,
        description=(
            'Words that all have to be there, in any form; "words in quotes" as they stand, in this order; `beginning*`. '
            "Accents and case don't count, and nothing else is an operator."
        ),
        examples=["relatório vendas"],
    ),
]
When = Annotated[datetime, AfterValidator(in_utc)]
Since = Annotated[When | None, Query(alias="from", description="Only what was said then or later.")]
Until = Annotated[When | None, Query(alias="to", description="Only what was said before.")]
TagText = Annotated[str | None, Query(max_length=LONGEST_TAG, description="Only in conversations with this tag.")]
FolderId = Annotated[str | None, Query(max_length=100, description="Only in conversations of this folder.")]
ConversationId = Annotated[str | None, Query(max_length=100, description="Only in this conversation.")]
SpokenBy = Annotated[Speaker | None, Query(description="Only what was said by these; titles aren't found then.")]
Sort = Annotated[Ranking, Query(description="The best first (titles, then the words as you typed them), or the newest.")]


class FoundConversation(BaseModel):
    """Where something was found."""

    id: str = Field(examples=[CONVERSATION + EXAMPLE_ID])
    title: str | None = Field(examples=["Relatório de vendas"])


class Excerpt(BaseModel):
    """What stands around the words that were found: plain text, never HTML."""

    text: str = Field(examples=["o relatório de vendas está pronto"])
    marks: list[tuple[int, int]] = Field(
        description="Where what was found begins and ends in `text`, counted in characters (code points, from 0 on).",
        examples=[[[2, 11], [15, 21]]],
    )
    start: int = Field(description="Where `text` begins in the whole text, counted so too.", examples=[0])
    content_index: int | None = Field(
        description="In which part of the item's content that is; null: it is one text.", examples=[0]
    )


class SearchHit(BaseModel):
    """A message, a tool's answer, or a conversation's title, in which all was found that was looked for."""

    conversation: FoundConversation
    item_id: str | None = Field(description="null: it is the conversation's title.", examples=["msg_" + EXAMPLE_ID])
    created_at: Moment
    excerpt: Excerpt


async def searched_where(
    since: Since = None,
    until: Until = None,
    tag: TagText = None,
    folder_id: FolderId = None,
    conversation_id: ConversationId = None,
) -> SearchQuery:
    """Where is looked; the text comes from elsewhere."""
    return SearchQuery(
        "",
        since=None if since is None else moments.of(since),
        until=None if until is None else moments.of(until),
        tag=tag,
        folder_id=None if folder_id is None else bare(folder_id, FOLDER),
        conversation_id=None if conversation_id is None else bare(conversation_id, CONVERSATION),
    )


Where = Annotated[SearchQuery, Depends(searched_where)]


def hit_shown(hit: Hit) -> SearchHit:
    """A hit as the API shows it."""
    found, snippet = hit.found, hit.snippet
    return SearchHit(
        conversation=FoundConversation(id=CONVERSATION + found.conversation_id, title=found.title),
        item_id=None if found.number is None else prefix_of(found.type) + found.place.id,
        created_at=moments.shown(found.place.moment),
        excerpt=Excerpt(text=snippet.text, marks=list(snippet.marks), start=snippet.start, content_index=snippet.index),
    )
