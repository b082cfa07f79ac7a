"""What the routes of assistants depend on, as one thing."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response

from prosa import assistants as feature
from prosa.answers import check_depth
from prosa.api.access import needs
from prosa.api.app.assistants_models import Assistant, AssistantLine, assistant_shown, line_shown
from prosa.api.app.cursors import Cursors
from prosa.api.app.routing import AppRoute
from prosa.api.app.surroundings import cursors_of, tags_of
from prosa.api.app.tags import Tags
from prosa.api.bodies import parsed
from prosa.api.edge import Exchange
from prosa.assistants import AssistantService
from prosa.gateway import Gateway
from prosa.identity import OPERATOR, AccountNotFound, Caller, IdentityParts, Permission

MOST_BYTES: Final = 3 * 1024 * 1024  # of a body: instructions may have 256,000 characters, each of several bytes
_FIELDS: Final = 40  # of a body; more than there are

Reader = Annotated[Caller, needs(Permission.READ_ASSISTANTS)]
Writer = Annotated[Caller, needs(Permission.WRITE_ASSISTANTS)]


class LargeRequest(Request):
    """A request whose body holds instructions, tools and a picture."""

    async def body(self) -> bytes:
        """The whole body. Raises PayloadTooLarge, ClientLeft."""
        exchange: Exchange = self.scope["prosa.exchange"]
        return await exchange.body(MOST_BYTES)

    async def json(self) -> Any:  # as the framework's own
        """The document in it, of which no more fields are told than there could be. Raises InvalidBody."""
        raw = await self.body()
        check_depth(raw)
        document = parsed(raw)
        if isinstance(document, dict) and len(document) > _FIELDS:
            return dict(list(document.items())[:_FIELDS])
        return document


class LargeRoute(AppRoute):
    """A route that takes an assistant."""

    reading = LargeRequest


@dataclass(frozen=True, slots=True)
class Desk:
    """Assistants, and whose they are."""

    people: IdentityParts
    assistants: AssistantService
    gateway: Gateway

    def tags(self, caller: Caller) -> Tags:
        """The entity tags that this caller is given."""
        return tags_of(self.people, caller)

    def cursors(self, caller: Caller, *scope: str | None) -> Cursors:
        """The cursors that this caller is given of a list with these filters."""
        return cursors_of(self.people, caller, *scope)

    async def shown(self, caller: Caller, found: feature.Assistant, response: Response) -> Assistant:
        """An assistant as it is shown, with its tag in the answer's header."""
        tags = self.tags(caller)
        response.headers["etag"] = tags.of(found.id, found.state)
        return assistant_shown(found, tags, (await self.owners(caller, [found])).get(found.space))

    async def lines(self, caller: Caller, found: Iterable[feature.Assistant]) -> list[AssistantLine]:
        """Assistants as a list shows them."""
        tags, each = self.tags(caller), list(found)
        owners = await self.owners(caller, each)
        return [line_shown(one, tags, owners.get(one.space)) for one in each]

    async def owners(self, caller: Caller, found: Iterable[feature.Assistant]) -> dict[str, str]:
        """The names of those whose they are, by space, but for the caller's own."""
        return await self.names({one.space for one in found} - {caller.space})

    async def names(self, spaces: Iterable[str]) -> dict[str, str]:
        """The names of the people behind these spaces."""
        names = {}
        for space in spaces:
            try:
                names[space] = (await self.people.accounts.get(OPERATOR, space)).name
            except AccountNotFound:
                continue  # a program of the settings, or nobody who signed in
        return names

    async def state(self, caller: Caller, id: str, if_match: str | None) -> int | None:
        """The state that a change starts from; None for any. Raises AssistantNotFound, PreconditionRequired, EditConflict."""
        found = await self.assistants.usable(caller, id)
        tags = self.tags(caller)
        tags.demand(if_match, found.id, found.state)
        return tags.version(if_match, found.state)


async def desk_of(request: Request) -> Desk:
    """The parts, found where the application factory put them."""
    parts = request.app.state.parts
    features = parts.features
    return Desk(parts.identity, features.assistants, features.gateway)


TheDesk = Annotated[Desk, Depends(desk_of)]
