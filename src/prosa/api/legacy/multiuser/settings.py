"""What M's dialect is told at start."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MultiuserSettings:
    """`new_title`: what a conversation is called that has no title yet; `model`: the one that answers, None for the default."""

    new_title: str = "Novo Chat"  # MULTIUSER_NEW_TITLE
    model: str | None = None
