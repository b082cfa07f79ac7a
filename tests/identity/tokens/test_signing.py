"""Signed tokens against everything that was ever done to JSON Web Tokens; PyJWT is the forger and the second opinion."""

import base64
import json
import time
import warnings
from typing import Any

import jwt
import msgspec
import pytest

from prosa.identity.tokens import Claims, Dialect, TokenInvalid, TokenType
from prosa.identity.tokens.signing import LONGEST, read, sign

KEY = b"k" * 32
CLAIMS = Claims(
    issuer="prosa",
    dialect=Dialect.CHATAI,
    type=TokenType.ACCESS,
    family="f" * 32,
    generation=1,
    subject="a" * 24,
    issued_at=1_700_000_000,
    expires_at=4_000_000_000,
    id="j" * 32,
    user="ana@example.org",
    name="Ana Conceição",
)
PUBLIC_KEY = b"""-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKj34GkxFhD90vcNLYLInFEX6Ppy1tPf
9Cnzj4p4WGeKLs1Pt8QuKUpRKfFLfRYC9AIKjbJTWit+CqvjWYzvQwECAwEAAQ==
-----END PUBLIC KEY-----"""


def segment(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def payload() -> dict[str, Any]:
    found: dict[str, Any] = jwt.decode(sign(CLAIMS, KEY), KEY, algorithms=["HS256"], audience="chatai", issuer="prosa")
    return found


def forged(header: dict[str, object], key: bytes = KEY, algorithm: str = "HS256") -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that a key is short for its algorithm doesn't hinder a forger
        return jwt.encode(payload(), key, algorithm=algorithm, headers=header)


def attacks() -> dict[str, str]:
    """Tokens that must not pass, by what is wrong with them."""
    return wrong_headers() | wrong_signatures() | wrong_forms()


def wrong_headers() -> dict[str, str]:
    _, body, signature = sign(CLAIMS, KEY).split(".")
    return {
        "none": f"{segment({'alg': 'none', 'typ': 'JWT'})}.{body}.",
        "none with the old signature": f"{segment({'alg': 'none', 'typ': 'JWT'})}.{body}.{signature}",
        "None": f"{segment({'alg': 'None', 'typ': 'JWT'})}.{body}.",
        "nOnE with the old signature": f"{segment({'alg': 'nOnE', 'typ': 'JWT'})}.{body}.{signature}",
        "RS256 named, HMAC made": f"{segment({'alg': 'RS256', 'typ': 'JWT'})}.{body}.{signature}",
        "HS384": forged({}, KEY, "HS384"),
        "HS512": forged({}, KEY, "HS512"),
        "kid path": forged({"kid": "../../../../dev/null"}),
        "kid sql": forged({"kid": "x' UNION SELECT 'k' --"}),
        "jku": forged({"jku": "https://evil.example/keys"}),
        "x5u": forged({"x5u": "https://evil.example/cert"}),
        "jwk": forged({"jwk": {"kty": "oct", "k": "eHh4"}}),
        "crit": forged({"crit": ["exp"], "exp": 1}),
        "b64": forged({"b64": False, "crit": ["b64"]}),
        "zip": forged({"zip": "DEF"}),
    }


def wrong_signatures() -> dict[str, str]:
    header, body, signature = sign(CLAIMS, KEY).split(".")
    admin = segment(payload() | {"sub": "admin"})
    return {
        "empty signature": f"{header}.{body}.",
        "no signature": f"{header}.{body}",
        "another body": f"{header}.{admin}.{signature}",
        "signed with a public key": sign(CLAIMS, PUBLIC_KEY),
        "another key": sign(CLAIMS, b"x" * 32),
        "an empty key": sign(CLAIMS, b""),
        "signature backwards": f"{header}.{body}.{signature[::-1]}",
        "other case": f"{header}.{body}.{signature.swapcase()}",
        "padded": f"{header}.{body}.{signature}=",
        "standard alphabet": f"{header}.{body}+.{signature}",
        "non-ASCII": f"{header}.{body}.{signature[:-1]}é",
    }


def wrong_forms() -> dict[str, str]:
    good = sign(CLAIMS, KEY)
    header, body, signature = good.split(".")
    return {
        "empty": "",
        "words": "not a token",
        "two dots": "..",
        "three dots": f"{good}.x",
        "four parts": f"{header}.{body}.{signature}.{signature}",
        "spaced": f" {good}",
        "line end": f"{good}\n",
        "NUL": f"{good}\x00",
        "a megabyte": f"{header}.{'A' * 1_000_000}.{signature}",
        "a megabyte of dots": "." * 1_000_000,
        "deep nesting": f"{header}.{base64.urlsafe_b64encode(b'[' * 2000).decode()}.{signature}",
        "jwe bomb": "eyJhbGciOiJkaXIiLCJlbmMiOiJBMjU2R0NNIiwiemlwIjoiREVGIn0.." + "A" * 200 + "." + "A" * 2000 + ".AAAA",
    }


@pytest.mark.contract("M23")
def test_a_token_is_an_ordinary_signed_one_that_others_can_check() -> None:
    token = sign(CLAIMS, KEY)
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT"}
    assert payload()["sub"] == "a" * 24
    assert payload()["name"] == "Ana Conceição"
    assert read(token, [KEY]) == CLAIMS


def test_every_key_is_tried() -> None:
    assert read(sign(CLAIMS, KEY), [b"newer" * 8, KEY]) == CLAIMS
    with pytest.raises(TokenInvalid):
        read(sign(CLAIMS, KEY), [])


@pytest.mark.attack("B1")
@pytest.mark.parametrize("attack", attacks())
def test_a_forged_token_is_refused_at_once(attack: str) -> None:
    token = attacks()[attack]
    best = min(refusal(token) for _ in range(3))
    assert best < 0.005


def refusal(token: str) -> float:
    """CPU seconds that it takes to refuse the token."""
    begun = time.thread_time()
    with pytest.raises(TokenInvalid):
        read(token, [KEY, KEY[::-1] + b"2", KEY + b"3"])
    return time.thread_time() - begun


@pytest.mark.attack("B1")
def test_no_changed_character_passes() -> None:
    token = sign(CLAIMS, KEY)
    for place, sign_there in enumerate(token):
        other = "A" if sign_there != "A" else "B"
        with pytest.raises(TokenInvalid):
            read(token[:place] + other + token[place + 1 :], [KEY])


@pytest.mark.attack("B1")
@pytest.mark.parametrize(
    "changed",
    [
        *({"exp": "4000000000"}, {"exp": 4e9}, {"exp": None}, {"aud": ["chatai", "x"]}, {"aud": "widget"}, {"typ": "id"}),
        *({"gen": "1"}, {"gen": True}, {"fam": 7}, {"sub": None}, {"iat": "now"}, {"nbf": "later"}),
    ],
)
def test_claims_of_another_kind_are_refused_even_when_well_signed(changed: dict[str, object]) -> None:
    with pytest.raises(TokenInvalid):
        read(jwt.encode(payload() | changed, KEY, algorithm="HS256"), [KEY])


def test_a_token_without_one_of_the_claims_is_refused() -> None:
    for name in ("iss", "aud", "typ", "fam", "gen", "sub", "iat", "exp", "jti"):
        left = {key: value for key, value in payload().items() if key != name}
        with pytest.raises(TokenInvalid):
            read(jwt.encode(left, KEY, algorithm="HS256"), [KEY])


def test_our_own_tokens_are_far_from_the_bound() -> None:
    assert len(sign(CLAIMS, KEY)) < LONGEST / 4


@pytest.mark.attack("B1")
def test_what_is_longer_is_not_even_checked() -> None:
    for name in ("a" * LONGEST, "a" * 1_000_000):
        with pytest.raises(TokenInvalid):
            read(sign(msgspec.structs.replace(CLAIMS, name=name), KEY), [KEY])
