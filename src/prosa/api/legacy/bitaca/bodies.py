"""B's request bodies as pydantic models: the words of its 422, and its part of the API document (contracts: bitaca, §2, §3)."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, field_validator

from prosa.api.legacy.bitaca.settings import MOST_CHARACTERS, MOST_INPUTS, MOST_MESSAGES


class Message(BaseModel):
    """One turn of the conversation that the page keeps."""

    role: str
    content: str


class ChatBody(BaseModel):
    """A chat call. Unknown fields are ignored."""

    messages: list[Message] = Field(max_length=MOST_MESSAGES, examples=[[{"role": "user", "content": "Olá!"}]])
    temperature: float = Field(0.7, ge=0.0, le=2.0)
    max_tokens: int = Field(500, ge=1, le=4096)
    top_p: float = Field(0.9, ge=0.0, le=1.0)
    stream: bool = True
    model: object = Field(None, description="A wish: a name that the operator doesn't offer runs on the default model.")

    @field_validator("messages")
    @classmethod
    def _bounded(cls, messages: list[Message]) -> list[Message]:
        if sum(len(message.content) for message in messages) > MOST_CHARACTERS:
            raise ValueError(f"the messages hold more than {MOST_CHARACTERS} characters together")
        return messages


Text = Annotated[str, Field(min_length=1)]


class EmbeddingsBody(BaseModel):
    """An embeddings call. Unknown fields are ignored."""

    input: Text | Annotated[list[Text], Field(min_length=1, max_length=MOST_INPUTS)] = Field(examples=["Quem dirigiu o filme?"])
    model: object = Field("nvidia/nv-embedqa-e5-v5", description="Taken as the default model, whatever it says.")
    input_type: object = Field("passage", description="`query` or `passage`; anything else counts as `passage`.")

    @field_validator("input")
    @classmethod
    def _bounded(cls, texts: str | list[str]) -> str | list[str]:
        if sum(map(len, [texts] if isinstance(texts, str) else texts)) > MOST_CHARACTERS:
            raise ValueError(f"the input holds more than {MOST_CHARACTERS} characters")
        return texts


class Detail(BaseModel):
    """An error in B's form."""

    detail: str = Field(examples=["Rate limit exceeded"])


class AnswerMessage(BaseModel):
    """What the model said; the content is always a string."""

    role: Literal["assistant"]
    content: str


class Choice(BaseModel):
    """The answer."""

    index: int
    message: AnswerMessage
    finish_reason: str | None


class ChatAnswer(BaseModel):
    """A whole answer, as the provider gave it."""

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str = Field(description="Which model ran.")
    choices: list[Choice]


class Vector(BaseModel):
    """One text's vector."""

    object: Literal["embedding"]
    index: int
    embedding: list[float]


class EmbeddingsAnswer(BaseModel):
    """The vectors, in the order of the texts."""

    object: Literal["list"]
    data: list[Vector]
    model: str
