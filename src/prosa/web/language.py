"""Which of the two languages of the pages a browser prefers."""

from typing import Literal

from prosa.web.negotiation import weight_of

Language = Literal["en", "pt-BR"]


def preferred(accept_language: bytes | None) -> Language:
    """The language with the highest weight in an Accept-Language field (RFC 9110, 12.5.4); English where none is told."""
    best: tuple[float, Language] = (0.0, "en")
    for element in (accept_language or b"")[:500].decode("latin-1").lower().split(","):
        tag, _, parameter = element.strip().partition(";")
        language: Language | None = "pt-BR" if tag.startswith("pt") else "en" if tag.startswith("en") else None
        weight = weight_of(parameter)
        if language is not None and weight > best[0]:
            best = (weight, language)
    return best[1]
