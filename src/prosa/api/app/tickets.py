"""`/api/v1/auth/tickets`: for sockets and downloads, which can't send a header."""

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import Body, example
from prosa.api.app.surroundings import People
from prosa.identity import TICKET_SECONDS, Caller, Permission

router = APIRouter(prefix="/api/v1/auth", tags=["Sign-in"], route_class=AppRoute)


class TicketWish(Body):
    """Where the ticket shall be good."""

    model_config = example(path="/api/v1/me")

    path: Annotated[str, Field(max_length=2000, description="A path of this server, without a query.", examples=["/api/v1/me"])]


class TicketText(BaseModel):
    """Put it behind the address as `?ticket=…`. It is good for one GET request to that path."""

    ticket: str = Field(repr=False)
    path: str = Field(examples=["/api/v1/me"])
    expires_in: int = Field(description="Seconds.", examples=[TICKET_SECONDS])


@router.post("/tickets", operation_id="createTicket", status_code=201, responses=problems(401, 403, 413))
async def create_ticket(caller: Annotated[Caller, needs(Permission.READ_ME)], body: TicketWish, people: People) -> TicketText:
    """A ticket in the name of whatever credential asks for it; it is worth what that one is worth when it is used."""
    text = await people.tickets.issue(caller, body.path)
    return TicketText(ticket=text, path=body.path, expires_in=TICKET_SECONDS)
