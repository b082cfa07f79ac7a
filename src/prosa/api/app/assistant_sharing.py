"""`/api/v1/assistants/{id}/sharing`: who may use one's assistant, and who may edit it."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from prosa import assistants as feature
from prosa.api.app.account_models import EXAMPLE_USER
from prosa.api.app.assistants_desk import Reader, TheDesk, Writer
from prosa.api.app.assistants_models import AssistantId
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, Body, IfMatch, example
from prosa.assistants import Audience, GranteeKind, GrantWish, Right
from prosa.identity import Role

router = APIRouter(prefix="/api/v1/assistants/{assistant_id}/sharing", tags=["Assistants"], route_class=AppRoute)

Named = Annotated[str, Field(min_length=1, max_length=320, description="An id, or an e-mail address.", examples=[EXAMPLE_USER])]
Edits = Annotated[bool, Field(description="Whether they may edit it too.")]


class SharedPerson(Body):
    """A person who may use it."""

    user: Named
    edits: Edits = False


class SharedRole(Body):
    """All people of a role."""

    role: Role
    edits: Edits = False


class Sharing(BaseModel):
    """For whom an assistant is there beside its owner."""

    etag: str = Field(description="Which state of the assistant this is; for `If-Match`.")
    audience: Audience
    people: list[SharedPerson] = Field(description="As they were named. An address that nobody here has lets nobody in.")
    roles: list[SharedRole]


class SharingWish(Body):
    """For whom it is to be there: nobody else (`private`), those named (`chosen`), or everybody who may use assistants here
    (`everyone`); with the last, too, people and roles can be named who may edit it."""

    model_config = example(audience="chosen", people=[], roles=[{"role": "analyst", "edits": False}])

    audience: Audience
    people: list[SharedPerson] = Field(default=[], max_length=200)
    roles: list[SharedRole] = Field(default=[], max_length=10)


@router.get("", operation_id="getAssistantSharing", responses=TAGGED | problems(401, 403, 404))
async def get_sharing(caller: Reader, assistant_id: AssistantId, desk: TheDesk, response: Response) -> Sharing:
    """With whom one's own assistant is shared."""
    found, sharing = await desk.assistants.sharings.get(caller, assistant_id)
    return _shown(desk.tags(caller).of(found.id, found.state), sharing, response)


@router.put("", operation_id="shareAssistant", responses=TAGGED | problems(401, 403, 404, 409, 412, 413, 428))
async def share(
    caller: Writer,
    assistant_id: AssistantId,
    body: SharingWish,
    desk: TheDesk,
    response: Response,
    if_match: IfMatch = None,
) -> Sharing:
    """Let in those whom this names, and nobody else: who was named before and isn't now doesn't see it any more.

    Whoever uses the assistant has its knowledge searched, in its owner's stores; nothing else of the owner's is open to them.
    """
    state = await desk.state(caller, assistant_id, if_match)
    wishes = [GrantWish(GranteeKind.PERSON, each.user.strip(), each.edits) for each in body.people]
    wishes += [GrantWish(GranteeKind.ROLE, each.role.value, each.edits) for each in body.roles]
    found, sharing = await desk.assistants.sharings.put(caller, assistant_id, body.audience, wishes, state)
    return _shown(desk.tags(caller).of(found.id, found.state), sharing, response)


def _shown(tag: str, sharing: feature.Sharing, response: Response) -> Sharing:
    response.headers["etag"] = tag
    grants = sharing.grants
    people = [each for each in grants if each.kind is GranteeKind.PERSON]
    roles = [each for each in grants if each.kind is GranteeKind.ROLE]
    return Sharing(
        etag=tag,
        audience=sharing.audience,
        people=[SharedPerson(user=each.told, edits=each.right is Right.EDIT) for each in people],
        roles=[SharedRole(role=Role(each.grantee), edits=each.right is Right.EDIT) for each in roles],
    )
