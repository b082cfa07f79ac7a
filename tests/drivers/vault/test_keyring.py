"""Keys by purpose and secret, and fields that open in their place alone."""

import base64
import random
import string

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from prosa.drivers.vault import Keyring, Place, UnknownSecret, Unsealable

OLD, NEW = "the first secret of this server", "the one that came after it"
PLACE = Place("accounts", "cpf", "8c2f")


def ring(*secrets: str) -> Keyring:
    return Keyring.of(secrets or (NEW, OLD))


def refused(keyring: Keyring, sealed: str, place: Place = PLACE) -> bool:
    try:
        keyring.open(sealed, place)
    except Unsealable:
        return True
    return False


def test_keys_are_those_of_hkdf() -> None:
    expected = HKDF(hashes.SHA256(), 32, b"prosa/1", b"key/tokens").derive(NEW.encode())
    assert ring().derive("tokens") == expected


def test_the_newest_secret_is_used_unless_another_is_named() -> None:
    both, old = ring(NEW, OLD), ring(OLD)
    assert both.kids == (both.kid, old.kid)
    assert both.derive("keys", old.kid) == old.derive("keys") != both.derive("keys")
    assert both.mac("keys", b"text", old.kid) == old.mac("keys", b"text") != both.mac("keys", b"text")
    assert both.macs("keys", b"text") == (both.mac("keys", b"text"), old.mac("keys", b"text"))
    assert len(both.mac("keys", b"text")) == 64


def test_purposes_have_nothing_in_common() -> None:
    purposes = ("tokens", "keys", "sessions", "fields", "cpf-index", "cursors", "setup-code", "devices", "check")
    assert len({ring().derive(purpose) for purpose in purposes}) == len(purposes)
    assert len({ring().mac(purpose, b"") for purpose in purposes}) == len(purposes)


def test_a_secret_that_is_not_there_is_named_as_such() -> None:
    with pytest.raises(UnknownSecret):
        ring(NEW).derive("keys", ring(OLD).kid)
    with pytest.raises(UnknownSecret):
        ring(NEW).mac("keys", b"", "ffffffff")


def test_no_secret_is_no_keyring_and_the_same_twice_is_one() -> None:
    with pytest.raises(ValueError, match="expected a secret"):
        Keyring.of(())
    assert ring(NEW, NEW).kids == ring(NEW).kids


@pytest.mark.attack("M3")
def test_nothing_secret_shows_in_the_text_of_a_keyring() -> None:
    keyring = ring(NEW)
    keyring.seal("x", PLACE)
    shown = f"{keyring!r} {keyring}"
    assert NEW not in shown
    assert keyring.derive("fields").hex() not in shown


@pytest.mark.parametrize("text", ["", "529.982.247-25", "ção \U0001f511 \x00", "x" * 100_000])
def test_what_was_sealed_opens_in_its_place_with_any_of_the_secrets(text: str) -> None:
    sealed = ring(OLD).seal(text, PLACE)
    assert ring(NEW, OLD).open(sealed, PLACE) == text
    assert sealed.startswith(ring(OLD).prefix) and not sealed.startswith(ring().prefix)
    assert ring(OLD).prefix == f"v1:{ring(OLD).kid}:"
    assert text == "" or text not in sealed
    assert ring(NEW, OLD).seal(text, PLACE) != ring(NEW, OLD).seal(text, PLACE)


@pytest.mark.attack("C9")
@pytest.mark.parametrize(
    "elsewhere",
    [
        Place("invites", "cpf", "8c2f"),
        Place("accounts", "email", "8c2f"),
        Place("accounts", "cpf", "8c30"),
        Place("accountsc", "pf", "8c2f"),
        Place("accounts", "cpf8", "c2f"),
        Place("accounts:cpf", "", "8c2f"),
        Place("", "accountscpf8c2f", ""),
    ],
)
def test_a_sealed_field_that_was_moved_does_not_open(elsewhere: Place) -> None:
    sealed = ring().seal("529.982.247-25", PLACE)
    assert refused(ring(), sealed, elsewhere)


@pytest.mark.attack("C9")
def test_another_secret_or_another_kid_does_not_open() -> None:
    sealed = ring(OLD).seal("x", PLACE)
    assert refused(ring(NEW), sealed)
    assert refused(ring(NEW, OLD), sealed.replace(ring(OLD).kid, ring(NEW).kid))


def test_every_flipped_bit_and_every_cut_is_noticed() -> None:
    keyring = ring()
    version, kid, text = keyring.seal("529.982.247-25", PLACE).split(":")
    box = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for bit in range(len(box) * 8):
        changed = bytearray(box)
        changed[bit // 8] ^= 1 << bit % 8
        spelt = base64.urlsafe_b64encode(changed).rstrip(b"=").decode()
        assert refused(keyring, f"{version}:{kid}:{spelt}")
    sealed = f"{version}:{kid}:{text}"
    assert all(refused(keyring, sealed[:length]) for length in range(len(sealed)))
    assert all(refused(keyring, sealed[length:]) for length in range(1, len(sealed)))


def test_a_second_spelling_of_the_same_bytes_is_none() -> None:
    keyring = ring()
    for length in range(6):
        sealed = keyring.seal("x" * length, PLACE)
        last = [sealed[:-1] + letter for letter in string.ascii_letters + string.digits + "-_" if letter != sealed[-1]]
        for other in (*last, sealed + "=", sealed + "==", sealed + "\n", sealed + "A", " " + sealed, sealed.upper()):
            assert refused(keyring, other), other


def test_no_text_but_a_sealed_one_opens() -> None:
    chance = random.Random(7)
    keyring = ring()
    letters = string.printable + "é\U0001f511\x00:"
    for _ in range(3000):
        text = "".join(chance.choices(letters, k=chance.randrange(80)))
        assert refused(keyring, text)
        assert refused(keyring, f"v1:{keyring.kid}:{text}")
