"""M's bodies and answers on people (contracts: multiuser, §1)."""

from typing import Any

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


class Failure(BaseModel):
    """Every error that a person can cause: one sentence."""

    detail: str = Field(examples=["Nome de usuário ou senha incorretos."])


REASONS: dict[int, str] = {
    400: "The name or the e-mail address is taken, or the password isn't good enough.",
    401: "Unknown name or wrong password: the same for both.",
    403: "Registration is not open.",
    413: "The body is too large.",
    429: "Too many attempts; `Retry-After` says how long to wait.",
    503: "The server is too busy, or its database is away.",
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
