"""The text of a key: what one looks like, and how quickly everything else is turned away."""

import random
import string
import time
import zlib

import pytest

from prosa.drivers.vault import Keyring
from prosa.identity.api_keys import KeyText

KEYRING = Keyring.of(("a-secret-of-this-test",))


def test_a_key_is_recognised_and_found_by_its_first_part() -> None:
    made = KeyText.make()
    assert KeyText.parse(made.whole) == made
    assert made.whole.startswith(f"prosa_sk_{made.lookup}")
    assert (len(made.lookup), len(made.whole)) == (12, 70)
    assert made.whole not in repr(made)
    assert len({KeyText.make().whole for _ in range(1000)}) == 1000


def test_a_mistyped_key_is_told_without_a_look_into_the_database() -> None:
    made = KeyText.make().whole
    for place in range(len(made)):
        other = "a" if made[place] != "a" else "b"
        assert KeyText.parse(made[:place] + other + made[place + 1 :]) is None
    for place in range(len(made) - 1):
        swapped = made[:place] + made[place + 1] + made[place] + made[place + 2 :]
        assert swapped == made or KeyText.parse(swapped) is None


@pytest.mark.attack("C5")
def test_the_digest_tells_a_key_by_its_pepper() -> None:
    key, other = KeyText.make(), KeyText.make()
    digest = key.digest(KEYRING)
    assert key.matches(KEYRING, digest, KEYRING.kid)
    assert not other.matches(KEYRING, digest, KEYRING.kid)
    assert not key.matches(KEYRING, digest, "00000000")
    newer = Keyring.of(("a-newer-secret", "a-secret-of-this-test"))
    assert key.matches(newer, digest, KEYRING.kid)
    assert not key.matches(newer, digest, newer.kid)
    assert not key.matches(Keyring.of(("a-newer-secret",)), digest, KEYRING.kid)


def forms() -> list[str]:
    """1,000 forms of what is not a key, most of them nearly one, each with a right checksum where that is possible."""
    chance = random.Random(1)
    good = KeyText.make().whole
    nasty = [
        "\x00",
        "\n",
        "\r\nSet-Cookie: a=b",
        "%s%n",
        "{0.__class__}",
        "' OR '1'='1",
        "$ne",
        "\ud800",
        "é",
        "٣",
        "Ａ",
        " ",
        "\t",
    ]
    found = ["", "prosa_sk_", good * 2, good + good[-1], good[:-1], good.upper(), good.lower(), good[::-1], "x" * 10_000_000]
    found += [good.replace("prosa_sk_", prefix) for prefix in ("", "prosa_pk_", "PROSA_SK_", "prosa-sk-", "sk-", "prosa_sk ")]
    found += [f"{before}{good}{after}" for before in nasty for after in ("", *nasty)]
    while len(found) < 1000:
        place = chance.randrange(9, 64)
        text = good[:place] + chance.choice([*nasty, *string.punctuation]) + good[place + 1 :]
        begun = text[:-6]
        found.append(begun + _right_check(begun) if chance.random() < 0.5 else text)
    return found[:1000]


def _right_check(begun: str) -> str:
    number, digits = zlib.crc32(begun.encode("utf-8", "surrogatepass")), ""
    alphabet = string.digits + string.ascii_uppercase + string.ascii_lowercase
    for _ in range(6):
        number, rest = divmod(number, 62)
        digits = alphabet[rest] + digits
    return digits


@pytest.mark.attack("C1")
def test_a_thousand_forms_that_are_no_key_are_refused_at_once() -> None:
    tried = forms()
    assert len(tried) == 1000
    begun = time.thread_time()
    assert [form[:80] for form in tried if KeyText.parse(form) is not None] == []
    assert time.thread_time() - begun < 0.1
