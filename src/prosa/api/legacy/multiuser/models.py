"""M's bodies and answers (contracts: multiuser, §1)."""

from typing import Any, Literal

from pydantic import BaseModel, Field


class RegisterBody(BaseModel):
    """A new person. Unknown fields are ignored."""

    username: str = Field(examples=["ana"])
    email: str = Field(examples=["ana@exemplo.br"])
    password: str = Field(examples=["uma frase que só eu sei"])
    password_confirm: str = Field(examples=["uma frase que só eu sei"])


class Registered(BaseModel):
    """The new person; there is no token, signing in comes next."""

    username: str = Field(examples=["ana"])
    email: str = Field(examples=["ana@exemplo.br"])


class LoginBody(BaseModel):
    """A sign-in, by name only. Unknown fields are ignored."""

    username: str = Field(examples=["ana"])
    password: str = Field(examples=["uma frase que só eu sei"])


class SignedIn(BaseModel):
    """The token, and whose it is."""

    access_token: str = Field(examples=["eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.…"])
    token_type: str = Field(default="bearer", examples=["bearer"])
    user_id: int = Field(examples=[7])
    username: str = Field(examples=["ana"])


class NewSession(BaseModel):
    """A new conversation."""

    session_id: str = Field(alias="sessionId", examples=["30eec382-1295-43c0-8e99-e8294d5bc73a"])
    title: str = Field(examples=["Novo Chat"])


class ChatBody(BaseModel):
    """A question. Unknown fields are ignored, `userId` too."""

    conversation_id: str = Field(alias="conversationId", examples=["30eec382-1295-43c0-8e99-e8294d5bc73a"])
    message: str = Field(examples=["Qual é a capital do Ceará?"])


class AnswerGiven(BaseModel):
    """All that the model said, as plain text or Markdown."""

    answer: str = Field(examples=["Fortaleza."])


class Listed(BaseModel):
    """A conversation in the list."""

    id: str = Field(examples=["30eec382-1295-43c0-8e99-e8294d5bc73a"])
    title: str = Field(examples=["Qual é a..."])


class Turn(BaseModel):
    """Something that was said."""

    role: Literal["human", "ai"]
    content: str = Field(examples=["Fortaleza."])


class Conversation(BaseModel):
    """What was said in a conversation, oldest first."""

    session_id: str = Field(alias="sessionId", examples=["30eec382-1295-43c0-8e99-e8294d5bc73a"])
    history: list[Turn]


class TitleBody(BaseModel):
    """What a conversation shall be called. Unknown fields are ignored."""

    title: str = Field(examples=["Capitais"])


class Renamed(BaseModel):
    """What it is called now."""

    message: str = Field(examples=["Título atualizado."])
    title: str = Field(examples=["Capitais"])


class Failure(BaseModel):
    """Every error that a person can cause: one sentence."""

    detail: str = Field(examples=["Nome de usuário ou senha incorretos."])


REASONS: dict[int, str] = {
    400: "It breaks a rule: a name or an address that is taken, a password that isn't good enough, too long a message.",
    401: "Unknown name or wrong password, the same for both; or nobody is signed in.",
    403: "Registration is not open, or the caller may not do this.",
    404: "There is no such conversation or list, or it isn't yours.",
    413: "The body is too large.",
    429: "Too many attempts; `Retry-After` says how long to wait.",
    502: "The model failed; the conversation is as it was.",
    503: "The server is too busy, its database is away, or no model is configured.",
}
FINDINGS: dict[int | str, dict[str, Any]] = {  # FastAPI's own type for `responses`
    422: {
        "description": "A field is missing or malformed, or the two passwords differ; what was sent is not repeated.",
        "content": {"application/json": {"schema": {"$ref": "#/components/schemas/HTTPValidationError"}}},
    }
}


def failures(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`."""
    return {**{status: {"model": Failure, "description": REASONS[status]} for status in statuses}, **FINDINGS}


def body_of(model: type[BaseModel]) -> dict[str, Any]:
    """What FastAPI takes as `openapi_extra` of a route that reads its body itself."""
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": model.model_json_schema()}}}}
