"""The app's errors are problem documents, and no error repeats what was sent."""

import json

import pytest

from prosa.api.app import AppDialect
from prosa.api.app.errors import PreconditionRequired, UnknownCursor
from prosa.api.bodies import InvalidBody
from prosa.identity import MissingKey


def rendered(error: MissingKey | InvalidBody | UnknownCursor | PreconditionRequired) -> tuple[int, dict[str, object]]:
    status, body = AppDialect().render(error, "req_1")
    return status, json.loads(body)


def test_an_error_is_a_problem_document_with_a_stable_code() -> None:
    assert AppDialect().content_type == b"application/problem+json"
    status, told = rendered(MissingKey())
    assert status == told["status"] == 401
    assert (told["type"], told["title"]) == ("urn:prosa:error:missing_api_key", "Missing api key")
    assert (told["code"], told["request_id"]) == ("missing_api_key", "req_1")
    assert told["detail"] and "param" not in told and "errors" not in told


def test_the_field_at_fault_is_named() -> None:
    assert rendered(UnknownCursor())[1]["param"] == "cursor"
    assert rendered(PreconditionRequired())[1]["param"] == "If-Match"


@pytest.mark.attack("M4", "A7")
def test_every_wrong_field_is_named_and_nothing_that_was_sent_is_repeated() -> None:
    details: list[dict[str, object]] = [
        {
            "type": "string_type",
            "loc": ["body", "profile", "sector"],
            "msg": "Input should be a valid string",
            "input": "canary-1",
        },
        {"type": "extra_forbidden", "loc": ["body", "role"], "msg": "Extra inputs are not permitted", "input": "canary-2"},
    ]
    status, told = rendered(InvalidBody(details))
    assert status == 422 and told["param"] == "profile.sector" and "canary" not in json.dumps(told)
    assert told["errors"] == [
        {"param": "profile.sector", "message": "Input should be a valid string"},
        {"param": "role", "message": "Extra inputs are not permitted"},
    ]
    assert "role: Extra inputs" in str(told["detail"])


def test_a_body_that_is_no_document_names_no_field() -> None:
    told = rendered(InvalidBody([{"type": "missing", "loc": ["body"], "msg": "Field required"}]))[1]
    assert told["detail"] == "Field required" and told["errors"] == [{"param": "", "message": "Field required"}]
    many: list[dict[str, object]] = [{"type": "x", "loc": ["body", str(number)], "msg": "no"} for number in range(1000)]
    assert len(json.dumps(rendered(InvalidBody(many))[1])) < 5000
