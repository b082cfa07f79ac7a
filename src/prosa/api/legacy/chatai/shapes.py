"""C's talks and messages as the API document tells them (contracts: chatai, §1, §2)."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

EXAMPLE_ID = "6750b1a1f4e2d3a4b5c6d7e8"
EXAMPLE_NAME = "Quais são os 10 maiores…"
EXAMPLE_DATE = "2025-09-30T12:34:56.789Z"


class Oid(BaseModel):
    """An ObjectId in extended JSON."""

    model_config = ConfigDict(populate_by_name=True)

    oid: str = Field(alias="$oid", description="24 hexadecimal digits.", examples=[EXAMPLE_ID])


class Date(BaseModel):
    """A date in extended JSON."""

    model_config = ConfigDict(populate_by_name=True)

    date: str = Field(alias="$date", description="UTC; milliseconds where there are any.", examples=[EXAMPLE_DATE])


class _Record(BaseModel):
    model_config = ConfigDict(populate_by_name=True)

    id: Oid = Field(alias="_id")
    user_id: Oid
    create_at: Date
    update_at: Date
    is_deleted: bool = Field(examples=[False])


class TalkRecord(_Record):
    """A talk."""

    name: str = Field(examples=[EXAMPLE_NAME])


class MessageRecord(_Record):
    """A message; a bot's carries the person whom it answers."""

    content: str = Field(min_length=1, examples=["Olá! Em que posso ajudar?"])
    type: Literal["user", "bot"]
    talk_id: Oid


class FirstBody(BaseModel):
    """The first message of a talk."""

    message: str = Field(max_length=100_000, examples=["Quais são os 10 maiores clientes?"])


class MessageBody(BaseModel):
    """A message for a talk."""

    talk_id: str = Field(examples=[EXAMPLE_ID])
    content: str = Field(max_length=100_000, examples=["E no ano passado?"])
    type: Literal["user"] = "user"


class NameBody(BaseModel):
    """A talk and its new name."""

    talk_id: str = Field(examples=[EXAMPLE_ID])
    name: str = Field(examples=["Maiores clientes"])


class StreamBody(BaseModel):
    """A question that belongs to no talk; `conversationId` is the browser's own and counts for nothing."""

    message: str = Field(max_length=100_000, examples=["Quais são os 10 maiores clientes?"])
    conversation_id: str | None = Field(default=None, alias="conversationId")


class Begun(BaseModel):
    """The talk that a message began."""

    talk_id: str = Field(examples=[EXAMPLE_ID])
    name: str = Field(examples=[EXAMPLE_NAME])
    created_at: str = Field(examples=[EXAMPLE_DATE])


class Messages(BaseModel):
    """All messages of the talk, oldest first."""

    messages: list[MessageRecord]
    n8n_status: Literal["success", "error"] = Field(
        description="`error`: the model didn't answer, or not yet, and the last message is a sentence that says so."
    )


class NewTalk(Messages):
    """A new talk with its messages."""

    talk: Begun


class Named(BaseModel):
    """A talk under its new name."""

    talk_id: str = Field(examples=[EXAMPLE_ID])
    name: str = Field(examples=["Maiores clientes"])
    updated_at: str = Field(examples=[EXAMPLE_DATE])


class Told(BaseModel):
    """What was done."""

    message: str = Field(examples=["Talk and its messages deleted successfully"])


class Renamed(Told):
    """The talk's new name."""

    talk: Named
