"""How the app's API shows sessions."""

from typing import Final

from pydantic import BaseModel, Field

from prosa import identity
from prosa.api.app.shapes import EXAMPLE_ID, Moment

SESSION: Final = "sess_"
EXAMPLE_SESSION: Final = SESSION + EXAMPLE_ID


class Session(BaseModel):
    """A browser that is signed in."""

    id: str = Field(examples=[EXAMPLE_SESSION])
    current: bool = Field(description="Whether it is the one that asks.")
    created_at: Moment
    last_used_at: Moment = Field(description="To the minute.")
    expires_at: Moment
    address: str = Field(description="Of its last use.", examples=["203.0.113.7"])
    agent: str = Field(
        description="The browser's name at sign-in; of a link, what it is for.", examples=["Mozilla/5.0 (X11; Linux x86_64)"]
    )
    is_link: bool = Field(
        False, description="No browser, but a lasting link by which one is signed in from another system; ending it revokes it."
    )


def session_shown(session: identity.Session, current: str | None) -> Session:
    """A session as the API shows it; `current` is the id of the one that asks."""
    return Session(
        id=SESSION + session.id,
        current=session.id == current,
        created_at=session.created_at,
        last_used_at=session.last_used_at,
        expires_at=session.expires_at,
        address=session.address,
        agent=session.agent,
        is_link=session.is_link,
    )
