"""The app's errors: problem documents (RFC 9457)."""

from typing import Final

import msgspec

from prosa.api.bodies import Detail, InvalidBody
from prosa.kit.errors import ProsaError

_encode: Final = msgspec.json.Encoder().encode
_PLACES: Final = frozenset({"body", "query", "path", "header"})
_MOST_FINDINGS: Final = 20


class Finding(msgspec.Struct):
    """What is wrong with one field. What was sent is not repeated: it may be a password."""

    param: str
    message: str


class _Problem(msgspec.Struct, omit_defaults=True):
    type: str
    title: str
    status: int
    detail: str
    code: str
    request_id: str
    param: str | None = None
    errors: list[Finding] = []


class AppDialect:
    """Renders errors as problem documents; `code` is the stable name, `param` the field at fault, `errors` all of them at 422."""

    name = "app"
    content_type = b"application/problem+json"

    def render(self, error: ProsaError, request_id: str) -> tuple[int, bytes]:
        """Status and body."""
        problem = _Problem(
            type=f"urn:prosa:error:{error.code}",
            title=error.code.replace("_", " ").capitalize(),
            status=error.status,
            detail=error.message,
            code=error.code,
            request_id=request_id,
            param=error.param,
        )
        if isinstance(error, InvalidBody):
            problem.errors = [_finding(found) for found in error.details[:_MOST_FINDINGS]]
            problem.param = next((found.param for found in problem.errors if found.param), None)
            problem.detail = _sentence(problem.errors)
        return error.status, _encode(problem)


def _finding(found: Detail) -> Finding:
    location = found["loc"]
    assert isinstance(location, list)
    inside = location[1:] if location and location[0] in _PLACES else location
    if found["type"] == "json_invalid":
        inside = []  # a place in the text, and no field
    return Finding(".".join(str(part) for part in inside)[:200], str(found["msg"]))


def _sentence(errors: list[Finding]) -> str:
    """All findings in one line, for who reads no list."""
    told = [f"{found.param}: {found.message}" if found.param else found.message for found in errors]
    return "; ".join(told) or "The request is not valid."
