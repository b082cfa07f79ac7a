"""What all of the app's resources have in common: strict bodies, moments, ids, lists."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Generic, Literal, TypeVar

from fastapi import Header, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from prosa.kit.ids import without_prefix

Item = TypeVar("Item")

EXAMPLE_ID: Final = "7b6821146d1743da97c764a12dd4ed93"
EXAMPLE_MOMENT: Final = "2026-11-21T10:30:00Z"
EXAMPLE_PASSWORD: Final = "correct horse battery staple"  # noqa: S105  # of the API document


class Body(BaseModel):
    """A request's body. A field that it doesn't name is an error, never a wish (attacks.md A7)."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


def example(**fields: JsonValue) -> ConfigDict:
    """A body's whole example, which is good as it stands: the tests of the guard send it."""
    return ConfigDict(json_schema_extra={"examples": [fields]})


class ListOf(BaseModel, Generic[Item]):
    """A page of a list; `next_cursor` is null on the last one."""

    data: list[Item]
    next_cursor: str | None = Field(description="Send it as `cursor` for the next page.")


class Accepted(BaseModel):
    """The same answer whether or not there was something to do."""

    status: Literal["accepted"] = "accepted"


def in_utc(moment: datetime) -> datetime:
    """A moment that was sent, which has to name its zone."""
    if moment.tzinfo is None:
        raise ValueError("Expected a moment with its zone, such as 2027-01-31T12:00:00Z")
    return moment.astimezone(UTC)


Moment = Annotated[datetime, Field(examples=[EXAMPLE_MOMENT])]
FutureMoment = Annotated[datetime, AfterValidator(in_utc), Field(examples=["2099-01-31T12:00:00Z"])]
Password = Annotated[str, Field(max_length=8192, examples=[EXAMPLE_PASSWORD], json_schema_extra={"format": "password"})]
CurrentPassword = Annotated[
    str,
    Field(
        max_length=8192,
        description="Of the person who asks: this change needs it once more.",
        examples=[EXAMPLE_PASSWORD],
        json_schema_extra={"format": "password"},
    ),
]
Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
Cursor = Annotated[str | None, Query(max_length=512, description="`next_cursor` of the page before.")]
IfMatch = Annotated[
    str | None, Header(max_length=1000, description="The `ETag` of what was read, or `*`.", examples=["*"], alias="If-Match")
]


class Proof(Body):
    """Who signed in shows the password once more."""

    model_config = example(current_password=EXAMPLE_PASSWORD)

    current_password: CurrentPassword


def bare(shown: str, prefix: str) -> str:
    """The stored id behind a shown one. What can't be one becomes "", which nothing has: the two read the same."""
    return without_prefix(shown, prefix) or ""


TAGGED: Final[dict[int | str, dict[str, Any]]] = {  # of FastAPI's own type for `responses`
    200: {"headers": {"ETag": {"description": "Which state this is; for `If-Match`.", "schema": {"type": "string"}}}}
}
