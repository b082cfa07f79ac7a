"""What the mock refuses, and the bodies of errors that it plays on demand."""

import msgspec

from prosa.kit.errors import BadRequest

# Made-up secrets for `leak`: whoever redacts answers of providers can look for exactly these.
LEAKED_KEY = "sk-mock-" + "0123456789abcdef" * 2
LEAKED_URL = "http://mock-internal.example:8443/v1/chat/completions?key=" + LEAKED_KEY

_CODES: dict[int, tuple[str, str, str]] = {
    400: ("invalid_request_error", "invalid_request", "The request is not valid."),
    401: ("invalid_request_error", "invalid_api_key", "Incorrect API key provided."),
    402: ("insufficient_quota", "insufficient_quota", "The account has no credit left."),
    403: ("permission_error", "permission_denied", "This key may not use this model."),
    404: ("invalid_request_error", "model_not_found", "The model does not exist."),
    408: ("timeout_error", "request_timeout", "The request took too long."),
    409: ("conflict_error", "conflict", "The request conflicts with another one."),
    413: ("invalid_request_error", "payload_too_large", "The request is too large."),
    422: ("invalid_request_error", "unprocessable", "The request can't be processed."),
    429: ("rate_limit_error", "rate_limit_exceeded", "Rate limit reached, please try again later."),
    500: ("server_error", "internal_error", "The server had an error while processing the request."),
    502: ("server_error", "bad_gateway", "The server got a bad answer from behind."),
    503: ("server_error", "overloaded", "The engine is currently overloaded, please try again later."),
    504: ("server_error", "gateway_timeout", "The server behind did not answer in time."),
    529: ("overloaded_error", "overloaded", "Overloaded."),
}


class WrongDirection(BadRequest):
    """A directive, a `mock` field or a script says something that the mock doesn't know."""

    code = "invalid_mock_directive"


class WrongScript(BadRequest):
    """A script file can't be used; the message says where and why."""

    code = "invalid_mock_script"


def envelope(status: int, message: str | None = None, *, code: str | None = None, param: str | None = None) -> dict[str, object]:
    """OpenAI's error object for a status, with the words that are usual for it."""
    kind, usual_code, usual_message = _CODES.get(status, ("server_error", "error", f"The server answered with status {status}."))
    return {"error": {"message": message or usual_message, "type": kind, "param": param, "code": code or usual_code}}


def refused(error: BadRequest) -> bytes:
    """The body of the mock's own 400."""
    return msgspec.json.encode(envelope(400, error.message, code=error.code, param=error.param))


def shaped(error: dict[str, object], shape: str) -> bytes:
    """An error object in the form of another vendor: `openai`, `string`, `detail` (FastAPI), `list` (Gemini) or `message`."""
    inner = error["error"]
    message = inner.get("message") if isinstance(inner, dict) else inner
    forms: dict[str, object] = {
        "openai": error,
        "string": {"error": message},
        "detail": {"detail": message},
        "list": [error],
        "message": {"object": "error", "message": message},
    }
    return msgspec.json.encode(forms[shape])


def leaking(message: str, headers: dict[str, str]) -> str:
    """A message as a careless provider writes it: with the key, the inner address and the request's header in it."""
    said = "; ".join(f"{name}: {value}" for name, value in sorted(headers.items()))
    return f"{message} Key {LEAKED_KEY} was refused by {LEAKED_URL} (Authorization: Bearer {LEAKED_KEY}). Request header: {said}"
