"""What the routes of conversations depend on, as one thing."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from prosa.answers import AnswerService, Speakers
from prosa.api.access import needs
from prosa.api.app.conversation_models import Conversation, conversation_shown
from prosa.api.app.conversations_assistants import Assisting
from prosa.api.app.cursors import Cursors
from prosa.api.app.surroundings import cursors_of, tags_of
from prosa.api.app.tags import Tags
from prosa.api.following import Readers
from prosa.conversations import CONVERSATION, ConversationService, Nodes, Shelf, Shelved
from prosa.identity import Caller, IdentityParts, Permission
from prosa.kit.ids import without_prefix
from prosa.runs import Engine
from prosa.usage import UsageService

JSON: Final = "application/json"
Responses = dict[int | str, dict[str, Any]]
"""What FastAPI takes as `responses`."""

Reader = Annotated[Caller, needs(Permission.READ_CONVERSATIONS)]
Writer = Annotated[Caller, needs(Permission.WRITE_CONVERSATIONS)]


@dataclass(frozen=True, slots=True)
class Desk:
    """Conversations from every side."""

    people: IdentityParts
    shelf: Shelf
    conversations: ConversationService
    nodes: Nodes
    engine: Engine
    answers: AnswerService
    readers: Readers
    usage: UsageService
    assisting: Assisting

    def tags(self, caller: Caller) -> Tags:
        """The entity tags that this caller is given."""
        return tags_of(self.people, caller)

    def cursors(self, caller: Caller, *scope: str | None) -> Cursors:
        """The cursors that this caller is given of a list with these filters."""
        return cursors_of(self.people, caller, *scope)

    async def tagged(self, caller: Caller, shelved: Shelved, response: Response) -> Conversation:
        """A conversation as it is shown, with its tag in the answer's header."""
        told = shelved.conversation
        response.headers["etag"] = self.tags(caller).of(told.id, told.version)
        return (await self.all_shown(caller, [shelved]))[0]

    async def all_shown(self, caller: Caller, found: Sequence[Shelved]) -> list[Conversation]:
        """Conversations as they are shown, each with who answers in it."""
        tags, present = self.tags(caller), await self.assisting.of(caller, [each.conversation for each in found])
        return [conversation_shown(each, tags, present.get(each.conversation.id)) for each in found]

    async def shown(self, caller: Caller, id: str, response: Response) -> Conversation:
        """The same of a conversation by its stored id. Raises ConversationNotFound."""
        return await self.tagged(caller, await self.shelf.get(caller.space, id), response)


async def desk_of(request: Request) -> Desk:
    """The parts, found where the application factory put them."""
    parts = request.app.state.parts
    features = parts.features
    return Desk(
        people=parts.identity,
        shelf=features.shelf,
        conversations=features.conversations,
        nodes=features.nodes,
        engine=features.runs,
        answers=features.answers,
        readers=parts.readers,
        usage=features.usage,
        assisting=Assisting(features.assistants, Speakers(features.runs)),
    )


TheDesk = Annotated[Desk, Depends(desk_of)]


def stored(conversation_id: str) -> str:
    """The stored id behind `conv_…`; "", which nothing has, for what can't be one."""
    return without_prefix(conversation_id, CONVERSATION) or ""
