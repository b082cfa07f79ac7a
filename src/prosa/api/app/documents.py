"""How the API document tells of the app's errors."""

from typing import Any, Final

from pydantic import BaseModel, Field

TYPE: Final = "application/problem+json"
SESSION: Final = {
    "type": "apiKey",
    "in": "cookie",
    "name": "__Host-prosa",
    "description": (
        "The cookie that `POST /api/v1/auth/sign-in` sets; over plain HTTP on the server's own machine `prosa_session`. "
        "With it, whatever changes something needs the header `x-prosa-csrf: 1` and has to come from one of prosa's own pages."
    ),
}
REASONS: Final = {
    400: "The request can't be understood.",
    401: "Nobody is signed in, and no key came along.",
    403: "The caller may not do this.",
    404: "There is no such thing, or it isn't yours.",
    409: "It would break a rule, or something of this name exists.",
    410: "It isn't kept any more.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    416: "No such part of the file.",
    422: "A field is missing, unknown, of the wrong kind or out of its bounds.",
    428: "Say by `If-Match` which state the change starts from.",
    429: "Too many calls; `Retry-After` says when to come again.",
    503: "The database is away, or too many sign-ins wait.",
    507: "There is no room for it.",
}


class FieldProblem(BaseModel):
    """What is wrong with one field."""

    param: str = Field(examples=["email"])
    message: str = Field(examples=["Field required"])


class Problem(BaseModel):
    """A problem document (RFC 9457)."""

    type: str = Field(examples=["urn:prosa:error:not_found"])
    title: str = Field(examples=["Not found"])
    status: int = Field(examples=[404])
    detail: str = Field(examples=["There is no such account."])
    code: str = Field(description="The error's stable name; docs/guides/errors.md lists them.", examples=["not_found"])
    request_id: str = Field(examples=["req_7b6821146d1743da97c764a12dd4ed93"])
    param: str | None = Field(None, description="The field at fault.")
    errors: list[FieldProblem] | None = Field(None, description="At 422: every field at fault.")


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """What FastAPI takes as `responses`: these errors, and those that every route may answer."""
    every = sorted({*statuses, 400, 422, 429, 503})
    return {status: {"model": Problem, "description": REASONS[status]} for status in every}


def describe(document: dict[str, Any]) -> None:
    """Say of the app's routes in a finished API document that their errors are problem documents and that a cookie opens them."""
    document["components"]["securitySchemes"]["session"] = SESSION
    for path, operations in document["paths"].items():
        for operation in operations.values() if path.startswith("/api/v1/") else ():
            operation.setdefault("security", [{"session": []}, {"bearer": []}, {"apiKey": []}])
            for status, answer in operation["responses"].items():
                if int(status) >= 400 and "application/json" in answer.get("content", {}):
                    answer["content"] = {TYPE: answer["content"]["application/json"]}
