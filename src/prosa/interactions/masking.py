"""Personal data out of a prompt, and words that are refused (contracts: serverless, section 1; mission.md, decision 16)."""

import re
from typing import Final

from prosa.interactions.errors import PromptEmpty, PromptRefused
from prosa.interactions.models import CleanPrompt

# Each pattern is linear in the prompt's length: a run of characters is entered at its first one only, and runs that
# could be split in several ways are possessive. The order is the contract's: a CPF is no phone, a card is neither.
MASKS: Final = (
    (re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}"), "[CPF_REMOVED]"),
    (re.compile(r"(?<![\w.%+-])[\w.%+-]++@(?:[\w-]++\.)+[^\W\d_]{2,}"), "[EMAIL_REMOVED]"),
    (re.compile(r"\(\d{2}\) ?\d{4,5}-\d{4}"), "[PHONE_REMOVED]"),
    (re.compile(r"(?<!\d)(?:\d{4}[ -]?){3}\d{4}(?!\d)"), "[CARD_REMOVED]"),
)

REFUSED: Final = (
    re.compile(r"drop\s+table", re.IGNORECASE),
    re.compile(r"delete\s+from", re.IGNORECASE),
    re.compile(r"insert\s+into", re.IGNORECASE),
    re.compile(r"\bupdate\s+(?:\S+\s+){1,3}?set\b", re.IGNORECASE),
    re.compile(r"<\s*script", re.IGNORECASE),
    re.compile(r"javascript:", re.IGNORECASE),
    re.compile(r"on(?:click|error|load)\s*=", re.IGNORECASE),
)


def clean(prompt: str, *, strict: bool) -> CleanPrompt:
    """The prompt as model, store and echo see it: trimmed, and under the strict policy judged and masked first.

    Raises PromptRefused (the strict policy's words) and PromptEmpty (nothing but blanks).
    """
    if strict:
        if any(pattern.search(prompt) for pattern in REFUSED):
            raise PromptRefused
        prompt = mask(prompt)
    prompt = prompt.strip()
    if not prompt:
        raise PromptEmpty
    return CleanPrompt(prompt)


def mask(text: str) -> str:
    """The text without CPF, e-mail address, Brazilian phone and card numbers."""
    for pattern, replacement in MASKS:
        text = pattern.sub(replacement, text)
    return text
