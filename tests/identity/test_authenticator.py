"""Who is let in, by door, credential, place and page."""

import random
import string

import pytest

from prosa.identity import (
    Authenticator,
    CallerKind,
    ConfiguredKey,
    Door,
    ForeignOrigin,
    IdentitySettings,
    MissingKey,
    OriginKind,
    Signs,
    TwoCredentials,
    UnknownKey,
)
from prosa.kit.errors import ProsaError

SECRET = "sk-prosa-0123456789abcdef"
KEYS = (ConfiguredKey("settings-1", SECRET), ConfiguredKey("settings-2", "another-key-of-ours"))
WITH_KEYS = Authenticator(IdentitySettings(keys=KEYS))
WITHOUT = Authenticator(IdentitySettings())
OPEN = Authenticator(IdentitySettings(anonymous=frozenset({"bitaca", "serverless"})))
OPEN_WITH_KEYS = Authenticator(IdentitySettings(keys=KEYS, anonymous=frozenset({"bitaca", "serverless"})))
STRICT_S = Authenticator(IdentitySettings(keys=KEYS, serverless_requires_key=True))


def signs(
    *credentials: tuple[bytes, bytes], loopback: bool = False, origin: OriginKind = OriginKind.NONE, address: str = "203.0.113.9"
) -> Signs:
    return Signs(credentials, "127.0.0.1" if loopback else address, loopback, origin)


async def outcome(authenticator: Authenticator, shown: Signs, door: Door) -> str | int:
    try:
        return str((await authenticator.caller(shown, door)).kind)
    except ProsaError as error:
        return error.status


@pytest.mark.contract("A19", "S21", "S06")
@pytest.mark.parametrize("door", Door)
@pytest.mark.parametrize(
    "form", [(b"authorization", b"Bearer %s"), (b"authorization", b"bearer   %s"), (b"x-api-key", b"%s"), (b"api-key", b" %s ")]
)
async def test_a_key_opens_every_door_in_every_header(door: Door, form: tuple[bytes, bytes]) -> None:
    shown = signs((form[0], form[1] % SECRET.encode()), origin=OriginKind.FOREIGN)
    caller = await WITH_KEYS.caller(shown, door)
    assert (caller.kind, caller.space, caller.key_id) == (CallerKind.KEY, "settings-1", "settings-1")


@pytest.mark.attack("C2")
@pytest.mark.parametrize("door", Door)
async def test_two_credentials_are_refused_even_when_both_are_good(door: Door) -> None:
    pair = ((b"authorization", b"Bearer " + SECRET.encode()), (b"x-api-key", SECRET.encode()))
    for authenticator in (WITH_KEYS, WITHOUT, OPEN):
        with pytest.raises(TwoCredentials):
            await authenticator.caller(signs(*pair, loopback=True), door)


@pytest.mark.attack("C2")
async def test_a_ticket_beside_a_credential_is_a_second_one() -> None:
    shown = Signs(((b"x-api-key", SECRET.encode()),), "203.0.113.9", False, OriginKind.NONE, ticket="of-somebody-else", path="/")
    for authenticator in (WITH_KEYS, WITHOUT, OPEN):
        with pytest.raises(TwoCredentials):
            await authenticator.caller(shown, Door.OPENAI)


NONE, OWN, ALLOWED, FOREIGN = OriginKind.NONE, OriginKind.OWN, OriginKind.ALLOWED, OriginKind.FOREIGN
BAD = (b"authorization", b"Bearer wrong")
FILLER = (b"authorization", b"Bearer EMPTY")
TABLE: list[tuple[Authenticator, Door, bool, OriginKind, tuple[bytes, bytes] | None, str | int]] = [
    # without any key, on loopback: local, with any key or none, but not for foreign pages
    (WITHOUT, Door.OPENAI, True, NONE, None, "local"),
    (WITHOUT, Door.OPENAI, True, NONE, BAD, "local"),
    (WITHOUT, Door.OPENAI, True, OWN, BAD, "local"),
    (WITHOUT, Door.OPENAI, True, FOREIGN, None, 403),
    (WITHOUT, Door.OPENAI, True, FOREIGN, BAD, 403),
    (WITHOUT, Door.BITACA, True, ALLOWED, None, "local"),
    (WITHOUT, Door.BITACA, True, FOREIGN, None, 403),
    (WITHOUT, Door.SERVERLESS, True, NONE, BAD, "local"),
    (WITHOUT, Door.SERVERLESS, True, FOREIGN, BAD, 403),
    # without any key, elsewhere: nobody, unless the dialect is opened
    (WITHOUT, Door.OPENAI, False, NONE, None, 401),
    (WITHOUT, Door.OPENAI, False, ALLOWED, BAD, 401),
    (WITHOUT, Door.BITACA, False, ALLOWED, None, 401),
    (WITHOUT, Door.SERVERLESS, False, NONE, None, 401),
    (OPEN, Door.OPENAI, False, NONE, None, 401),
    (OPEN, Door.BITACA, False, ALLOWED, None, "visitor"),
    (OPEN, Door.BITACA, False, NONE, None, 401),
    (OPEN, Door.BITACA, False, FOREIGN, None, 403),
    (OPEN, Door.SERVERLESS, False, NONE, None, "visitor"),
    (OPEN, Door.SERVERLESS, False, FOREIGN, None, 403),
    # once a key exists /v1 needs one, B and S on loopback still don't
    (WITH_KEYS, Door.OPENAI, True, NONE, None, 401),
    (WITH_KEYS, Door.OPENAI, True, NONE, BAD, 401),
    (WITH_KEYS, Door.OPENAI, True, FOREIGN, None, 403),
    (WITH_KEYS, Door.BITACA, True, NONE, None, "visitor"),
    (WITH_KEYS, Door.BITACA, True, NONE, BAD, 401),
    (WITH_KEYS, Door.BITACA, True, NONE, FILLER, "visitor"),
    (WITH_KEYS, Door.SERVERLESS, True, NONE, BAD, "visitor"),
    (OPEN_WITH_KEYS, Door.BITACA, False, ALLOWED, None, "visitor"),
    (OPEN_WITH_KEYS, Door.SERVERLESS, False, NONE, BAD, "visitor"),
    # S that asks for keys always needs one: missing 401, unknown 403
    (STRICT_S, Door.SERVERLESS, True, NONE, None, 401),
    (STRICT_S, Door.SERVERLESS, True, NONE, BAD, 403),
    (STRICT_S, Door.SERVERLESS, False, NONE, (b"x-api-key", b"wrong"), 403),
]


@pytest.mark.contract("B14", "S06", "S21")
@pytest.mark.parametrize(("authenticator", "door", "loopback", "origin", "credential", "expected"), TABLE)
async def test_who_may_come_in(
    authenticator: Authenticator,
    door: Door,
    loopback: bool,
    origin: OriginKind,
    credential: tuple[bytes, bytes] | None,
    expected: str | int,
) -> None:
    shown = signs(*([credential] if credential else []), loopback=loopback, origin=origin)
    assert await outcome(authenticator, shown, door) == expected


async def test_errors_say_which_way_out_there_is_and_never_what_was_sent() -> None:
    for error in (TwoCredentials(), MissingKey(), UnknownKey(), ForeignOrigin()):
        assert error.message.endswith(".") and SECRET not in error.message


async def test_visitors_of_two_addresses_share_nothing_and_none_is_named() -> None:
    one = await OPEN.caller(signs(address="203.0.113.9"), Door.SERVERLESS)
    two = await OPEN.caller(signs(address="203.0.113.10"), Door.SERVERLESS)
    assert one.space != two.space and "203" not in one.space
    neighbour = await OPEN.caller(signs(address="2001:db8:1:2::7"), Door.SERVERLESS)
    assert neighbour.space == (await OPEN.caller(signs(address="2001:db8:1:2:ffff::1"), Door.SERVERLESS)).space


def fuzz(seed: int, count: int) -> list[tuple[bytes, bytes]]:
    """Credentials as an attacker writes them: injections, format strings, NUL, near misses of a key, no real schemes."""
    draw = random.Random(seed)
    bites = ["'", '"', ";--", "%s%n", "${jndi:ldap://x}", "\x00", "\\", "{{7*7}}", "\x1b[31m", "../", "$ne", "\x7f", "\u00e9"]
    schemes = [
        "Bearer",
        "bearer",
        "BEARER",
        "Basic",
        "Token",
        "Bearer\t",
        "Bearer ",
        "bearer:",
        "",
        "Digest",
        "Negotiate",
        "Bear er",
    ]
    forms: list[tuple[bytes, bytes]] = []
    while len(forms) < count:
        near = SECRET[: draw.randrange(len(SECRET))] + draw.choice(["", " ", "\x00", SECRET, "%", "A"])
        junk = "".join(draw.choice(string.printable) for _ in range(draw.randrange(40)))
        token = draw.choice([near, junk, draw.choice(bites) + near, SECRET.upper(), SECRET[::-1], SECRET + draw.choice(bites)])
        name = draw.choice([b"authorization", b"x-api-key", b"api-key"])
        text = f"{draw.choice(schemes)} {token}" if name == b"authorization" else token
        if text.split() not in (["bearer", SECRET], [SECRET]) and text.lower().split() != ["bearer", SECRET]:
            forms.append((name, text.encode("latin-1", "replace")))
    return forms


@pytest.mark.attack("C1")
async def test_a_thousand_forms_of_credentials_open_nothing() -> None:
    forms = [form for form in fuzz(20260101, 1000) if form[1].strip()]
    forms += [(b"authorization", b"Bearer " + b"A" * 10_000_000), (b"x-api-key", b"A" * 10_000_000), (b"api-key", b"'" * 100_000)]
    for form in forms:
        for door in (Door.OPENAI, Door.BITACA):
            assert await outcome(WITH_KEYS, signs(form, address="203.0.113.9"), door) == 401
        assert await outcome(STRICT_S, signs(form), Door.SERVERLESS) in (401, 403)
