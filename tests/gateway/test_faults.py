"""A provider's "no", translated."""

import time
from email.utils import formatdate

import pytest

from prosa.gateway.faults import retry_after, translate
from prosa.gateway.redaction import redact

KEY = "sk-proj-SECRETsecretSECRETsecret1234"


@pytest.mark.parametrize(
    ("status", "expected", "code", "retriable"),
    [
        (400, 400, "invalid_request", False),
        (401, 503, "provider_auth", True),
        (402, 503, "provider_quota", True),
        (403, 503, "provider_auth", True),
        (404, 404, "model_not_found", False),
        (408, 504, "upstream_timeout", True),
        (413, 413, "payload_too_large", False),
        (418, 400, "invalid_request", False),
        (422, 400, "invalid_request", False),
        (429, 429, "provider_rate_limited", True),
        (500, 502, "provider_error", True),
        (502, 502, "provider_error", True),
        (503, 503, "provider_unavailable", True),
        (504, 504, "upstream_timeout", True),
        (529, 503, "provider_unavailable", True),
        (302, 502, "provider_error", True),
    ],
)
def test_every_status_of_a_provider_has_its_own_meaning(status: int, expected: int, code: str, retriable: bool) -> None:
    fault = translate(status, {}, b"", None)
    assert (fault.status, fault.code, fault.retriable) == (expected, code, retriable)


@pytest.mark.attack("C8")
@pytest.mark.contract("B52")
def test_a_providers_text_reaches_the_caller_without_keys_addresses_or_headers() -> None:
    body = (
        f'{{"error":{{"message":"bad key {KEY} at https://10.0.0.7/v1 Authorization: Bearer {KEY}","param":"model"}}}}'.encode()
    )
    fault = translate(400, {}, body, KEY)
    assert fault.param == "model"
    for leak in (KEY, KEY[-8:], "10.0.0.7", "https://", "Bearer sk"):
        assert leak not in fault.message
    # About the operator's own trouble nothing of the provider's text is told at all.
    assert "bad key" not in translate(401, {}, body, KEY).message


@pytest.mark.parametrize("body", [b'{"error":"no"}', b'{"message":"no"}', b'{"detail":"no"}', b'{"error":{"message":"no"}}'])
def test_the_message_is_found_in_every_usual_form(body: bytes) -> None:
    assert translate(400, {}, body, None).message.endswith(": no")


@pytest.mark.parametrize("body", [b"", b"<html>", b"[1]", b'{"error":{"message":7}}', b"\xff\xfe", b"[" * 5000])
def test_a_body_that_says_nothing_leaves_our_own_words(body: bytes) -> None:
    assert translate(400, {}, body, None).message == "The model provider refused the request"


def test_retry_after_is_read_as_seconds_date_and_milliseconds() -> None:
    assert retry_after({"retry-after": "7"}) == 7
    assert retry_after({"retry-after": "0.5"}) == 0.5
    assert retry_after({"retry-after-ms": "1500", "retry-after": "7"}) == 1.5
    at = retry_after({"retry-after": formatdate(time.time() + 30, usegmt=True)})
    assert at is not None and 25 < at <= 31
    assert retry_after({"retry-after": "soon"}) is None
    assert retry_after({"retry-after-ms": "NaN"}) is None
    assert retry_after({"retry-after": "999999999"}) == 3600
    assert retry_after({}) is None


@pytest.mark.attack("C8")
def test_a_key_of_no_known_form_is_found_by_what_it_is_and_by_its_ends() -> None:
    short, odd = "quartz9x", "Maple.Syrup!on*the^table"
    assert redact(f"no such key: {short}", short) == "no such key: [redacted]"
    assert redact(f"the key {odd} is wrong", odd) == "the key [redacted] is wrong"
    for shown in (f"{odd[:8]}…", f"…{odd[-8:]}", f"{odd[:8]}****{odd[-8:]}"):
        told = redact(f"the key {shown} is wrong", odd)
        assert odd[:8] not in told and odd[-8:] not in told and told.endswith(" is wrong")


def test_redaction_is_bounded_and_keeps_plain_words() -> None:
    assert redact("The field 'temperature' must be between 0 and 2.") == "The field 'temperature' must be between 0 and 2."
    assert len(redact("word " * 10_000)) <= 501
    assert "\n" not in redact("a\nb\x1b[31m\u202ec")
