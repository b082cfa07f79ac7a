"""The nouns of sign-in links."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BroughtLink:
    """A link of another installation: its token, whose it is here, what it is for. Moments in microseconds since 1970."""

    account_id: str
    token: str = field(repr=False)
    label: str = ""
    created_at: int | None = None
    last_used_at: int | None = None
