"""S's bodies (contracts: serverless, §1)."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, PlainSerializer

from prosa.interactions import Interaction, InteractionStatus, Page

UserId = Annotated[str, Field(min_length=1, max_length=100, pattern="^[A-Za-z0-9_-]+$", examples=["user123"])]
Moment = Annotated[datetime, PlainSerializer(datetime.isoformat, return_type=str)]  # with "+00:00", as the original wrote it
VERSION = "1.0.0"  # the contract's literal; prosa's own is in the header x-prosa-version


class Ask(BaseModel):
    """A question. Unknown fields are ignored."""

    userId: UserId  # noqa: N815  # the contract's name
    prompt: str = Field(min_length=1, max_length=4000, examples=["Olá!"])


class Answered(BaseModel):
    """An exchange: `id` and `interaction_id` are the same."""

    id: str = Field(examples=["7b682114-6d17-43da-97c7-64a12dd4ed93"])
    interaction_id: str = Field(examples=["7b682114-6d17-43da-97c7-64a12dd4ed93"])
    userId: str = Field(examples=["user123"])  # noqa: N815  # the contract's name
    prompt: str = Field(description="As the model saw it: cleaned and trimmed.", examples=["Olá!"])
    response: str = Field(examples=["Oi!"])
    model: str = Field(description="As the provider reported it.", examples=["google/gemini-2.5-flash"])
    timestamp: Moment = Field(description="When it was asked.", examples=["2026-01-15T10:30:00.123456+00:00"])
    cached: bool


class Kept(BaseModel):
    """An exchange of the history. One that failed, or whose server died, has no response."""

    id: str
    interaction_id: str
    userId: str  # noqa: N815  # the contract's name
    prompt: str
    response: str | None
    model: str | None
    timestamp: Moment
    cached: bool
    status: InteractionStatus


class History(BaseModel):
    """A page, newest first. `next_cursor` is null on the last one."""

    data: list[Kept]
    next_cursor: str | None


class Health(BaseModel):
    """Said by a server that runs, whatever else is away."""

    status: Literal["healthy"] = "healthy"
    timestamp: Moment
    version: str = VERSION


class Checks(BaseModel):
    """What an answer needs."""

    database: bool
    llm_provider: bool
    cache: bool


class Ready(BaseModel):
    """`ready` is the and of the checks. No model is asked for it."""

    ready: bool
    checks: Checks
    timestamp: Moment


class Failure(BaseModel):
    """An error that is no 422."""

    detail: str = Field(examples=["Rate limit exceeded"])


REASONS: dict[int, str] = {
    401: "A key is needed.",
    403: "The key is not known, or the page's origin not configured.",
    413: "The body is too large.",
    429: "`Rate limit exceeded`",
    500: "A fault of this server.",
    502: "The model failed.",
    503: "No model, or the database, is available.",
    504: "The model took too long.",
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    return {status: {"model": Failure, "description": REASONS[status]} for status in statuses}


def answered(interaction: Interaction) -> dict[str, object]:
    """A completed exchange as `/v1/chat` shows it."""
    return {
        "id": interaction.id,
        "interaction_id": interaction.id,
        "userId": interaction.user_id,
        "prompt": interaction.prompt,
        "response": interaction.response,
        "model": interaction.model,
        "timestamp": interaction.asked_at.isoformat(),
        "cached": interaction.cached,
    }


def kept(page: Page) -> dict[str, object]:
    """A page as the history shows it; why an exchange failed is not told, only that it did."""
    data = [answered(interaction) | {"status": interaction.status} for interaction in page.items]
    return {"data": data, "next_cursor": page.next_cursor}
