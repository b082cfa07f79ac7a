"""What the stores of accounts hand to the services beside the nouns that everybody sees."""

from dataclasses import dataclass, field

from prosa.identity.accounts.models import Account


@dataclass(frozen=True, slots=True)
class LoginRow:
    """An account with its password's hash, which leaves this package nowhere. `password_at` in microseconds."""

    account: Account
    password_hash: str | None = field(repr=False)
    password_at: int | None
