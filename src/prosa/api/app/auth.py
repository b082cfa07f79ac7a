"""`/api/v1/auth`: registering, signing in and out."""

from contextlib import suppress
from typing import Annotated, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from prosa.api.access import needs
from prosa.api.app.account_models import Email, Language, Name, TimeZone, User, user_shown
from prosa.api.app.cookies import device_of, drop_session, set_device, set_session, way_in
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.session_models import Session, session_shown
from prosa.api.app.shapes import EXAMPLE_PASSWORD, Accepted, Body, Password, example
from prosa.api.app.surroundings import Anybody, People, TheAdministration, TheExchange, own
from prosa.identity import (
    LANGUAGES,
    LONGEST_PASSWORD,
    RECOMMENDED_PASSWORD,
    SHORTEST_PASSWORD,
    Caller,
    Permission,
    Registration,
    SignIn,
)
from prosa.kit.errors import NotFound

router = APIRouter(prefix="/api/v1/auth", tags=["Sign-in"], route_class=AppRoute)

SignedOut = Annotated[Caller, needs(Permission.WRITE_SESSIONS)]


class PasswordBounds(BaseModel):
    """Lengths in characters. There is no rule of composition."""

    least: int = Field(examples=[SHORTEST_PASSWORD])
    recommended: int = Field(examples=[RECOMMENDED_PASSWORD])
    most: int = Field(examples=[LONGEST_PASSWORD])


class Options(BaseModel):
    """What a page needs to know before anybody signs in."""

    registration: Literal["open", "invite", "domain", "closed"]
    set_up_needed: bool = Field(description="There is no admin yet: the code that the server printed makes the first one.")
    password: PasswordBounds
    mail: bool = Field(description="Whether a forgotten password can be replaced by mail.")
    languages: list[str] = Field(examples=[list(LANGUAGES)])
    name: str = Field(description="What this installation is called.", examples=["prosa"])
    support: str | None = Field(description="Whom to turn to: a mail address, or a page's.", examples=["help@example.com"])
    language: Literal["auto", "en", "pt-BR"] = Field(description="For who has chosen none; `auto`: the browser's.")
    mock: bool = Field(description="Whether there is a mock model to try things with.")


class Register(Body):
    """Somebody new. `code` makes the first admin, `invite` is the text of an invitation."""

    model_config = example(email="caio@example.com", password=EXAMPLE_PASSWORD, name="Caio Dias", language="pt-BR")

    email: Email
    password: Password
    name: Name = ""
    code: Annotated[str, Field(max_length=200)] | None = None
    invite: Annotated[str, Field(max_length=200)] | None = None
    language: Language | None = None
    time_zone: TimeZone | None = None


class Credentials(Body):
    """`login` is the e-mail address or the user name."""

    model_config = example(login="ana@example.com", password=EXAMPLE_PASSWORD)

    login: Annotated[str, Field(max_length=1000, examples=["ana@example.com"])]
    password: Password


class SignedInUser(BaseModel):
    """Who signed in, and the session whose cookie came along."""

    user: User
    session: Session


@router.get("/options", operation_id="signInOptions", responses=problems())
async def options(_anybody: Anybody, people: People, administration: TheAdministration) -> Options:
    """How people get in here. Tells nothing of anybody."""
    settings, value = people.settings, administration.values.value
    return Options(
        registration=settings.people.registration.value,
        set_up_needed=await people.accounts.setup_needed(),
        password=PasswordBounds(least=SHORTEST_PASSWORD, recommended=RECOMMENDED_PASSWORD, most=LONGEST_PASSWORD),
        mail=people.mailing and settings.public_url is not None,
        languages=list(LANGUAGES),
        name=str(value("installation.name")),
        support=value("installation.support"),  # type: ignore[arg-type]  # a text or nothing, by its kind
        language=value("installation.language"),  # type: ignore[arg-type]  # one of these, by its choices
        mock=administration.providers.mock,
    )


@router.post("/register", operation_id="register", status_code=202, responses=problems(403, 413))
async def register(_anybody: Anybody, body: Register, exchange: TheExchange, people: People) -> Accepted:
    """Make an account. Signing in afterwards tells whether it is there: this answer is the same for an address that is taken."""
    wish = Registration(
        email=body.email,
        password=body.password,
        name=body.name,
        code=body.code,
        invite=body.invite,
        language=body.language,
        time_zone=body.time_zone,
    )
    await people.accounts.register_unseen(wish, device_of(exchange))
    return Accepted()


@router.post("/sign-in", operation_id="signIn", responses=problems(401, 403, 413))
async def sign_in(
    _anybody: Anybody, body: Credentials, exchange: TheExchange, people: People, response: Response
) -> SignedInUser:
    """Begin a session in this browser: the answer sets its cookie. A failure says the same for whatever reason."""
    way_in(exchange)
    device = device_of(exchange)
    done = await people.accounts.sign_in(SignIn(body.login, body.password, device))
    session, token = await people.sessions.start(done.account.id, device, done.proved_at)
    await end_former(exchange, people)
    set_session(response, exchange, token)
    set_device(response, exchange, done.device_cookie)
    return SignedInUser(user=user_shown(done.account), session=session_shown(session, session.id))


async def end_former(exchange: TheExchange, people: People) -> None:
    """End the session whose cookie this browser gives up for the new one: nobody could end it from here any more."""
    former = await people.stored.session(exchange.session, exchange.client) if exchange.session else None
    if former is not None:
        with suppress(NotFound):  # it ended meanwhile
            await people.sessions.end(own(former.caller), former.caller.credential_id or "")


@router.post("/sign-out", operation_id="signOut", status_code=204, responses=problems(401, 403))
async def sign_out(caller: SignedOut, exchange: TheExchange, people: People, response: Response) -> None:
    """End this browser's session."""
    await people.sessions.end(own(caller), caller.credential_id or "")
    drop_session(response, exchange)


@router.post("/sign-out-everywhere", operation_id="signOutEverywhere", status_code=204, responses=problems(401, 403))
async def sign_out_everywhere(caller: SignedOut, exchange: TheExchange, people: People, response: Response) -> None:
    """End every session and every token of the account, this one too. API keys stay valid."""
    await people.sessions.end_all(caller.account_id or "")
    drop_session(response, exchange)
