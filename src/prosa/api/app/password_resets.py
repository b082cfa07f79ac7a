"""`/api/v1/auth/password-reset`: a new password for who forgot theirs."""

from typing import Annotated, Final

from fastapi import APIRouter
from pydantic import Field

from prosa.api.app.account_models import Email
from prosa.api.app.cookies import device_of
from prosa.api.app.documents import problems
from prosa.api.app.routing import AppRoute
from prosa.api.app.shapes import EXAMPLE_ID, Accepted, Body, Password, example
from prosa.api.app.surroundings import Anybody, People, TheExchange

router = APIRouter(prefix="/api/v1/auth", tags=["Sign-in"], route_class=AppRoute)

EXAMPLE_TOKEN: Final = EXAMPLE_ID + "k3TMd0xQbZ7wk3TMd0xQbZ7wk3TMd0xQbZ7wk3TMd0x"

Token = Annotated[str, Field(max_length=200, examples=[EXAMPLE_TOKEN], repr=False)]


class ResetWish(Body):
    """Whose password was forgotten."""

    model_config = example(email="ana@example.com")

    email: Email


class Reset(Body):
    """The link's token, and what the password shall be."""

    model_config = example(token=EXAMPLE_TOKEN, password="a quiet river at noon")  # noqa: S106  # an example

    token: Token
    password: Password


class EmailProof(Body):
    """The token of the link that was mailed to the new address."""

    model_config = example(token=EXAMPLE_TOKEN)

    token: Token


@router.post("/password-reset", operation_id="requestPasswordReset", status_code=202, responses=problems(413))
async def request_reset(_anybody: Anybody, body: ResetWish, exchange: TheExchange, people: People) -> Accepted:
    """Ask for a link by mail. The answer never tells whether there is such an account."""
    await people.accounts.request_reset(body.email, device_of(exchange))
    return Accepted()


@router.post("/password-reset/confirm", operation_id="resetPassword", status_code=204, responses=problems(413))
async def reset(_anybody: Anybody, body: Reset, exchange: TheExchange, people: People) -> None:
    """Set a new password with a link's token. It works once, and every session of the account ends."""
    await people.accounts.reset(body.token, body.password, device_of(exchange))


@router.post("/email/confirm", operation_id="confirmEmail", status_code=204, responses=problems(409, 413))
async def confirm_email(_anybody: Anybody, body: EmailProof, people: People) -> None:
    """Make the address to which the link was mailed the one to sign in with."""
    await people.accounts.confirm_email(body.token)
