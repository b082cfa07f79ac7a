"""How C's dialect words errors, those of routes to come too."""

import json

import pytest

from prosa.api.bodies import InvalidBody, finding
from prosa.api.edge import MethodNotAllowed, Unexpected
from prosa.api.legacy.chatai import ChataiDialect
from prosa.identity import MissingKey, SignInFailed, TokenExpired, TokenInvalid, TwoCredentials, UnknownKey
from prosa.kit.errors import NotFound, ProsaError
from prosa.usage import RateLimited


@pytest.mark.contract("C55")
@pytest.mark.parametrize(
    ("error", "status", "told"),
    [
        (MissingKey(), 401, "Token is missing!"),
        (TokenExpired(), 401, "Token has expired!"),
        (TokenInvalid(), 401, "Token is invalid!"),
        (UnknownKey(), 401, "Token is invalid!"),
        (SignInFailed(), 401, "Could not verify"),
        (TwoCredentials(), 400, "Send one credential only"),
        (NotFound("Not Found"), 404, "Not Found"),
        (MethodNotAllowed(("GET",)), 405, "Method Not Allowed"),
        (RateLimited(3.0), 429, "Muitas tentativas"),
        (Unexpected(), 500, "Internal server error"),
        (InvalidBody([finding("missing", ("body", "talk_id"), "Field required")]), 422, "talk_id: Field required"),
    ],
)
def test_every_error_is_one_message(error: ProsaError, status: int, told: str) -> None:
    found, body = ChataiDialect().render(error, "req_1")
    said = json.loads(body)
    assert (found, said.keys()) == (status, {"message"})
    assert said["message"].startswith(told)
