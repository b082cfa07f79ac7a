"""How M's dialect words errors, those of routes to come too."""

import json

import pytest

from prosa.api.bodies import InvalidBody, finding
from prosa.api.edge import Unexpected
from prosa.api.legacy.multiuser import MultiuserDialect
from prosa.identity import (
    EmailTaken,
    InvalidEmail,
    MissingKey,
    RegistrationClosed,
    SignInFailed,
    TokenExpired,
    TokenInvalid,
    UnknownKey,
    UsernameTaken,
)
from prosa.kit.errors import NotFound, ProsaError
from prosa.usage import RateLimited


@pytest.mark.contract("M22")
@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UsernameTaken(), 400),
        (EmailTaken(), 400),
        (RegistrationClosed(), 403),
        (SignInFailed(), 401),
        (MissingKey(), 401),
        (TokenExpired(), 401),
        (TokenInvalid(), 401),
        (UnknownKey(), 401),
        (NotFound("Not Found"), 404),
        (RateLimited(3.0), 429),
        (Unexpected(), 500),
    ],
)
def test_what_a_person_can_cause_is_one_sentence(error: ProsaError, status: int) -> None:
    found, body = MultiuserDialect().render(error, "req_1")
    said = json.loads(body)
    assert (found, said.keys()) == (status, {"detail"})
    assert isinstance(said["detail"], str)


@pytest.mark.contract("M22")
def test_a_malformed_body_is_a_list_without_what_was_sent() -> None:
    findings = [finding("missing", ("body", "email"), "Field required") | {"input": {"password": "canary"}}]
    for error, place in ((InvalidBody(findings), "email"), (InvalidEmail(), "email")):
        status, body = MultiuserDialect().render(error, "req_1")
        assert status == 422
        assert b"canary" not in body
        assert [entry["loc"][-1] for entry in json.loads(body)["detail"]] == [place]


@pytest.mark.contract("M22")
def test_a_missing_and_a_wrong_token_differ_and_a_failed_sign_in_asks_for_no_token() -> None:
    dialect = MultiuserDialect()
    told = {dialect.render(error, "")[1] for error in (MissingKey(), TokenInvalid(), TokenExpired(), SignInFailed())}
    assert len(told) == 4
    assert dialect.headers(MissingKey()) == dialect.headers(TokenInvalid()) == ((b"www-authenticate", b"Bearer"),)
    assert dialect.headers(SignInFailed()) == dialect.headers(NotFound("Not Found")) == ()
