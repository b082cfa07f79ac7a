"""What strict cleaning takes out of a prompt, what it refuses, and that no prompt can make it slow."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from prosa.interactions import PromptEmpty, PromptRefused
from prosa.interactions.masking import clean, mask


@pytest.mark.contract("S26")
@pytest.mark.parametrize(
    ("prompt", "cleaned"),
    [
        ("Meu CPF é 123.456.789-09.", "Meu CPF é [CPF_REMOVED]."),
        ("Escreva para maria.silva+x@mail.exemplo.com.br, por favor", "Escreva para [EMAIL_REMOVED], por favor"),
        ("josé@exemplo.com.", "[EMAIL_REMOVED]."),
        ("Ligue (85) 98765-4321 ou (11)3456-7890", "Ligue [PHONE_REMOVED] ou [PHONE_REMOVED]"),
        ("Cartão 4111 1111 1111 1111 e 4111111111111111", "Cartão [CARD_REMOVED] e [CARD_REMOVED]"),
        ("  a@b.co 123.456.789-09 ", "[EMAIL_REMOVED] [CPF_REMOVED]"),
        ("nothing personal: a@b, 12.345, (8) 1234", "nothing personal: a@b, 12.345, (8) 1234"),
    ],
)
def test_personal_data_is_masked_when_strict_and_only_then(prompt: str, cleaned: str) -> None:
    assert clean(prompt, strict=True) == cleaned
    assert clean(prompt, strict=False) == prompt.strip()


@pytest.mark.contract("S26")
@pytest.mark.parametrize(
    "prompt",
    [
        "please DROP  TABLE users",
        "Delete from users",
        "insert\ninto users",
        "UPDATE users SET admin = 1",
        "update public.users u set admin = 1",
        "<script>alert(1)</script>",
        "< SCRIPT src=x>",
        "JavaScript:alert(1)",
        "<img onerror = x>",
        "<a onclick=x>",
        "<body onload=x>",
    ],
)
def test_the_refused_families_are_refused_when_strict_and_only_then(prompt: str) -> None:
    with pytest.raises(PromptRefused, match="dangerous content") as caught:
        clean(prompt, strict=True)
    assert prompt not in caught.value.message
    assert clean(prompt, strict=False) == prompt


def test_honest_words_pass() -> None:
    for prompt in ("How do I update my settings?", "What does a DROP in prices mean?", "My script", "He insisted on loading"):
        assert clean(prompt, strict=True) == prompt


@pytest.mark.parametrize("strict", [True, False])
def test_a_prompt_of_blanks_is_empty(strict: bool) -> None:
    with pytest.raises(PromptEmpty):
        clean(" \t\n ", strict=strict)


@given(st.text(alphabet="aé1.@-() +%_\n", max_size=200))
def test_masking_twice_changes_nothing_more(text: str) -> None:
    once = mask(text)
    assert mask(once) == once


@pytest.mark.attack("J7")
@pytest.mark.parametrize(
    "piece", ["a", "a@", "a.", "a@a.", "1 ", "1111", "(11) ", "drop ", "update a ", "<", "on", " ", "%+-", "update\n"]
)
def test_no_prompt_makes_cleaning_slow(piece: str) -> None:
    prompt = (piece * 100_000)[:100_000] + "x"
    begun = time.process_time()
    with contextlib.suppress(PromptRefused):
        clean(prompt, strict=True)
    assert time.process_time() - begun < 1.0
