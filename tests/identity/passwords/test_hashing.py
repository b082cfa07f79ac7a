"""Hashes: our own, and those that came from C, M and A."""

import hashlib

import bcrypt
import pytest

from prosa.identity.passwords import Cost, Passwords, UnusableHash, Verdict, require_usable
from prosa.identity.passwords.hashing import check_hash, make_decoy, make_hash, wrap_sha256

CHEAP = Cost(memory_kib=64, passes=1)
# contracts: multiuser, §4
SENTENCE = "$scrypt$ln=16,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$8KI+jEdkn3mtbIqGha4bTo+U2YuDMU0/OL1A2M0idIg"
LONG = "$scrypt$ln=16,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$DfcicXo6aSw9Dx1KrorYssHcbJc2oSGONUIFRys7ycc"
BAD = Verdict(False)


@pytest.mark.contract("M09")
def test_scrypt_hashes_of_the_original_are_checked_with_every_byte() -> None:
    assert check_hash(SENTENCE, "senha-de-exemplo", CHEAP) == Verdict(True, upgrade=True)
    assert not check_hash(SENTENCE, "senha-de-exempl0", CHEAP).good
    assert check_hash(LONG, "x" * 72 + "A", CHEAP).good
    assert not check_hash(LONG, "x" * 72 + "B", CHEAP).good


@pytest.mark.contract("C04")
@pytest.mark.parametrize("variant", [b"$2a$", b"$2b$", b"$2y$"])
def test_bcrypt_hashes_of_the_original_are_checked(variant: bytes) -> None:
    made = (variant + bcrypt.hashpw("maçã verde".encode(), bcrypt.gensalt(4))[4:]).decode()
    assert check_hash(made, "maçã verde", CHEAP) == Verdict(True, upgrade=True)
    assert not check_hash(made, "maca verde", CHEAP).good


@pytest.mark.attack("B17")
@pytest.mark.contract("M09")
def test_bcrypt_saw_seventy_two_bytes_and_our_own_hash_sees_all() -> None:
    password = "ã" * 36 + "and more"
    made = bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4)).decode()
    assert check_hash(made, password, CHEAP).good
    upgraded = make_hash(password, CHEAP)
    assert check_hash(upgraded, password, CHEAP).good
    assert not check_hash(upgraded, password[:-1] + "!", CHEAP).good
    assert not check_hash(upgraded, "ã" * 36, CHEAP).good


@pytest.mark.attack("B17")
@pytest.mark.contract("M09")
def test_a_password_of_a_thousand_bytes_counts_whole_and_so_does_nul() -> None:
    password = "x" * 999 + "a"
    made = make_hash(password, CHEAP)
    assert check_hash(made, password, CHEAP).good
    assert not check_hash(made, "x" * 999 + "b", CHEAP).good
    nul = make_hash("before\0after", CHEAP)
    assert check_hash(nul, "before\0after", CHEAP).good
    assert not check_hash(nul, "before\0other", CHEAP).good


@pytest.mark.attack("B17")
def test_the_same_text_from_another_keyboard_is_the_same_password() -> None:
    assert check_hash(make_hash("café da manhã", CHEAP), "cafe\u0301 da manha\u0303", CHEAP).good


def test_a_hash_with_less_cost_than_todays_is_made_anew() -> None:
    made = make_hash("um burro verde canta", CHEAP)
    assert check_hash(made, "um burro verde canta", CHEAP) == Verdict(True)
    assert check_hash(made, "um burro verde canta", Cost(128, 1)) == Verdict(True, upgrade=True)
    assert make_hash("um burro verde canta", Cost()).startswith("$argon2id$v=19$m=32768,t=3,p=1$")


@pytest.mark.parametrize(
    "stored",
    [
        *(
            "",
            "x",
            "plain text",
            "$argon2id$v=19$m=64,t=1,p=1$",
            "$argon2id$v=19$m=262145,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
            "$argon2id$v=19$m=9999999,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43,
        ),
        *("$argon2i$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$" + "A" * 43, "$2b$12$tooshort", "$2b$99$" + "a" * 53),
        *("$scrypt$ln=40,r=8,p=1$MDEyMzQ1Njc4OWFiY2RlZg$" + "A" * 43, "$scrypt$ln=0,r=8,p=1$MDEy$" + "A" * 43),
        *(
            "$scrypt$ln=16,r=33,p=1$MDEy$" + "A" * 43,
            "$scrypt$ln=16,r=99,p=1$MDEy$" + "A" * 43,
            "$scrypt$ln=4,r=8,p=1$MDEyM$" + "A" * 43,
            "$scrypt$",
        ),
    ],
)
def test_a_text_that_is_no_hash_fits_no_password_and_is_not_taken_over(stored: str) -> None:
    assert check_hash(stored, "x", CHEAP) == BAD
    with pytest.raises(UnusableHash):
        require_usable(stored)


@pytest.mark.contract("A67")
def test_a_hash_around_a_bare_sha256_knows_the_password_and_not_its_digest() -> None:
    digest = hashlib.sha256("Pão de queijo 42".encode()).hexdigest()
    stored = wrap_sha256(digest, CHEAP)
    assert digest not in stored and stored != wrap_sha256(digest, CHEAP)
    assert check_hash(stored, "Pão de queijo 42", CHEAP) == Verdict(True, upgrade=True)
    for wrong in (digest, "pão de queijo 42", "", "Pão de queijo 42 ", "\ud800"):
        assert not check_hash(stored, wrong, CHEAP).good
    assert check_hash("$sha256" + digest, "Pão de queijo 42", CHEAP) == Verdict(False, upgrade=True)
    for none in (digest.upper(), digest[:-1], "", "é" * 64):
        with pytest.raises(UnusableHash):
            wrap_sha256(none, CHEAP)


def test_hashes_of_known_schemes_are_taken_over() -> None:
    for stored in (SENTENCE, make_hash("x", CHEAP), "$2b$12$" + "a" * 53, wrap_sha256("0" * 64, CHEAP)):
        require_usable(stored)


def test_nobody_knows_the_decoys_password() -> None:
    assert make_decoy(CHEAP) != make_decoy(CHEAP)
    assert check_hash(make_decoy(CHEAP), "", CHEAP) == BAD


async def test_no_password_at_all_costs_a_check_and_fits_nothing() -> None:
    passwords = Passwords(cost=CHEAP)
    made = await passwords.hash("um burro verde canta")
    assert await passwords.verify(made, "um burro verde canta") == Verdict(True)
    assert await passwords.verify(None, "um burro verde canta") == BAD
    assert await passwords.verify(made, "x" * 4097) == BAD
    await passwords.aclose()
