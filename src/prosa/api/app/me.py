"""`/api/v1/me`: one's own account."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.account_models import EmailWish, MyChanges, PasswordChange, WholeUser, changes_of, whole_user_shown
from prosa.api.app.cookies import drop_session, set_session
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import TAGGED, IfMatch, Proof
from prosa.api.app.surroundings import People, TheExchange, own, tags_of
from prosa.api.scope import privacy_of
from prosa.identity import Caller, Permission
from prosa.privacy import PersonalData

router = APIRouter(prefix="/api/v1/me", tags=["My account"], route_class=AppRoute)

Reader = Annotated[Caller, needs(Permission.READ_ME)]
Writer = Annotated[Caller, needs(Permission.WRITE_ME)]
Eraser = Annotated[Caller, needs(Permission.ERASE_DATA)]
Privacy = Annotated[PersonalData, Depends(privacy_of)]


class EmailOutcome(BaseModel):
    """What became of the wish for another address."""

    email: str = Field(examples=["ana@example.com"])
    confirmed: bool = Field(description="False: a link went to that address, and the change waits for its opening.")


@router.get("", operation_id="getMe", responses=TAGGED | problems(401, 403, 404))
async def get_me(caller: Reader, people: People, response: Response) -> WholeUser:
    """The account behind the credential."""
    account = await people.accounts.get(own(caller), caller.account_id or "")
    response.headers["etag"] = tags_of(people, caller).of(account.id, account.version)
    return whole_user_shown(account)


@router.patch("", operation_id="changeMe", responses=TAGGED | problems(401, 403, 404, 409, 412, 413))
async def change_me(caller: Writer, body: MyChanges, people: People, response: Response, if_match: IfMatch = None) -> WholeUser:
    """Change one's name, language, time zone or profile. The role, the address and the password have ways of their own."""
    tags, account_id = tags_of(people, caller), caller.account_id or ""
    before = await people.accounts.get(own(caller), account_id)
    tags.check(if_match, account_id, before.version)
    await people.accounts.change(own(caller), account_id, changes_of(body), tags.version(if_match, before.version))
    account = await people.accounts.get(own(caller), account_id)
    response.headers["etag"] = tags.of(account_id, account.version)
    return whole_user_shown(account)


@router.delete("", operation_id="deleteMe", status_code=204, responses=problems(401, 403, 409, 413, 404))
async def delete_me(
    caller: Eraser, body: Proof, exchange: TheExchange, people: People, privacy: Privacy, response: Response
) -> None:
    """Erase one's own account and all that is kept of oneself (LGPD, article 18). It can't be undone, and no backup undoes it."""
    await people.accounts.prove(caller.account_id or "", body.current_password)
    await privacy.erase(caller.account_id or "", own(caller))
    drop_session(response, exchange)


@router.post("/password", operation_id="changePassword", status_code=204, responses=problems(401, 403, 413))
async def change_password(
    caller: Writer, body: PasswordChange, exchange: TheExchange, people: People, response: Response
) -> None:
    """Set another password. Every other session ends, and this one gets a new cookie."""
    account_id, session_id = caller.account_id or "", caller.credential_id or ""
    await people.accounts.change_password(account_id, body.current_password, body.new_password, keep=session_id)
    set_session(response, exchange, await people.sessions.rotate(own(caller), session_id))


@router.post("/email", operation_id="changeEmail", status_code=202, responses=problems(401, 403, 409, 413))
async def change_email(caller: Writer, body: EmailWish, people: People) -> EmailOutcome:
    """Ask for another address to sign in with. Where mail is sent, it never tells whether somebody else has it."""
    done = await people.accounts.request_email_change(caller.account_id or "", body.current_password, body.email)
    return EmailOutcome(email=done.email, confirmed=done.confirmed)
